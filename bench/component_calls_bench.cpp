// What a call between a component and the host, or between two components, costs; per kind.
//
// The guest (guests/calls.wat) calls in a loop; the time of an empty loop is reported beside.
// component.md, section 10, has the figures of others and the targets.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "bench/calls_guest.h"
#include "component/instance/component_instance.h"
#include "component/instance/typed_function.h"
#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "component/model/component.h"
#include "platform/clock.h"
#include "platform/entropy.h"

namespace wisp::component {
namespace {

template <class T>
T expect(Result<T> result) {
  if (result.has_value()) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}

class Guest {
 public:
  Guest() {
    std::ifstream in(WISP_SOURCE_DIR "/bench/guests/calls.wasm", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    std::shared_ptr<jit::Engine> engine = expect(jit::Engine::create());
    store_ = std::make_unique<jit::Store>(engine);
    linker_.add(calls_guest::kInterface, &host_);
    instance_ = expect(linker_.instantiate(*store_, expect(compile_component(engine, bytes_))));
  }

  void run(const char* function, uint32_t calls, uint32_t size) {
    const Value arguments[] = {Value{TypeKind::kU32, calls, {}, {}},
                               Value{TypeKind::kU32, size, {}, {}}};
    expect(instance_->find_function("", function)->call(arguments));
  }
  jit::Store& store() { return *store_; }
  template <class Body>
  void on_stack(Body body) {
    auto run = [](void* it) { (*static_cast<Body*>(it))(); };
    benchmark::DoNotOptimize(store_->run_on_guest_stack(run, &body).has_value());
  }
  template <class Signature>
  TypedFunction<Signature> typed(const char* function) {
    return expect(TypedFunction<Signature>::of(*instance_->find_function("", function)));
  }

 private:
  calls_guest::Host host_;
  std::vector<uint8_t> bytes_;
  std::unique_ptr<jit::Store> store_;
  ComponentLinker linker_;
  std::unique_ptr<ComponentInstance> instance_;
};

void calls(benchmark::State& state, const char* function, uint32_t size) {
  Guest guest;
  constexpr uint32_t kCalls = 10'000;
  for (auto _ : state) guest.run(function, kCalls, size);
  state.SetItemsProcessed(state.iterations() * kCalls);
  state.SetBytesProcessed(state.iterations() * kCalls * size);
  state.counters["per_call"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kCalls,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// Entering the guest for one call: host to guest.
void host_to_guest_dynamic(benchmark::State& state) {
  Guest guest;
  for (auto _ : state) guest.run("empty", 1, 0);
}
void host_to_guest(benchmark::State& state) {
  Guest guest;
  const auto function = guest.typed<void(uint32_t, uint32_t)>("empty");
  for (auto _ : state) benchmark::DoNotOptimize(function(1, 0).has_value());
}

// The part of it that is the switch to the guest's stack and back.
void enter_guest_stack(benchmark::State& state) {
  Guest guest;
  jit::Store& store = guest.store();
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.run_on_guest_stack([](void*) {}, nullptr).has_value());
  }
}
// The part of it that is left where a host function calls back.
void host_to_guest_nested(benchmark::State& state) {
  Guest guest;
  guest.on_stack([&] {
    const auto function = guest.typed<void(uint32_t, uint32_t)>("empty");
    for (auto _ : state) benchmark::DoNotOptimize(function(1, 0).has_value());
  });
}

// What calls to WASI are measured against.
void clock_gettime(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(monotonic_now_ns());
}
void random_64k(benchmark::State& state) {
  std::vector<uint8_t> bytes(65536);
  for (auto _ : state) fill_random(bytes);
  state.SetBytesProcessed(state.iterations() * 65536);
}

BENCHMARK_CAPTURE(calls, empty_loop, "empty", 0);
BENCHMARK_CAPTURE(calls, host_nop, "nop", 0);
BENCHMARK_CAPTURE(calls, host_add, "add", 0);
BENCHMARK_CAPTURE(calls, host_method, "touch", 0);
BENCHMARK_CAPTURE(calls, host_make_and_drop, "make-drop", 0);
BENCHMARK_CAPTURE(calls, host_take_string_16, "take-string", 16);
BENCHMARK_CAPTURE(calls, host_take_string_64k, "take-string", 65536);
BENCHMARK_CAPTURE(calls, host_take_bytes_16, "take-bytes", 16);
BENCHMARK_CAPTURE(calls, host_take_bytes_64k, "take-bytes", 65536);
BENCHMARK_CAPTURE(calls, host_get_bytes_16, "get-bytes", 16);
BENCHMARK_CAPTURE(calls, host_get_bytes_64k, "get-bytes", 65536);
BENCHMARK_CAPTURE(calls, host_get_record, "get-record", 0);
BENCHMARK_CAPTURE(calls, host_get_result, "get-result", 0);
BENCHMARK_CAPTURE(calls, component_nop, "inner-nop", 0);
BENCHMARK_CAPTURE(calls, component_add, "inner-add", 0);
BENCHMARK_CAPTURE(calls, component_take_string_64k, "inner-take-string", 65536);
BENCHMARK_CAPTURE(calls, component_take_bytes_64k, "inner-take-bytes", 65536);
BENCHMARK(host_to_guest_dynamic);
BENCHMARK(host_to_guest);
BENCHMARK(enter_guest_stack);
BENCHMARK(host_to_guest_nested);
BENCHMARK(clock_gettime);
BENCHMARK(random_64k);

}  // namespace
}  // namespace wisp::component

BENCHMARK_MAIN();
