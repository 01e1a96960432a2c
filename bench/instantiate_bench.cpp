// Making and dropping an instance of hello with WASI: from a prepared component, and with its
// imports resolved each time.
#include <benchmark/benchmark.h>

#include <fstream>
#include <iterator>
#include <vector>

#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "jit/engine.h"
#include "wasi/context.h"
#include "wasi/imports.h"

namespace wisp::wasi {
namespace {

struct Hello {
  Hello() {
    std::ifstream in(WISP_SOURCE_DIR "/examples/hello.wasm", std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    component = component::compile_component(engine, bytes).value();
    add_imports(linker, context);
  }

  std::shared_ptr<jit::Engine> engine = jit::Engine::create().value();
  std::vector<uint8_t> bytes;
  std::shared_ptr<const component::Component> component;
  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  component::ComponentLinker linker;
};

void instantiate_prepared(benchmark::State& state) {
  Hello hello;
  const auto prepared = hello.linker.prepare(hello.component).value();
  for (auto _ : state) {
    jit::Store store(hello.engine);
    benchmark::DoNotOptimize(component::ComponentInstance::create(store, prepared).has_value());
  }
}

void instantiate_resolving(benchmark::State& state) {
  Hello hello;
  for (auto _ : state) {
    jit::Store store(hello.engine);
    benchmark::DoNotOptimize(hello.linker.instantiate(store, hello.component).has_value());
  }
}

BENCHMARK(instantiate_prepared);
BENCHMARK(instantiate_resolving);

}  // namespace
}  // namespace wisp::wasi

BENCHMARK_MAIN();
