// From the bytes of core modules to executable code: compile_bench [FLAGS] FILE...
//
// `compile` is everything, one thread; `compile_parallel` with as many threads as there are cores
// (real time); `validate` is the part that `wisp validate` does. Bytes per second are of the code
// sections. Without files: sqlite3 of the shared folder.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "jit/engine.h"
#include "jit/wasm/module_decoder.h"
#include "platform/file_contents.h"

namespace wisp::jit {
namespace {

template <class T>
T must(Result<T> result) {
  if (result.has_value()) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}

struct Inputs {
  std::vector<FileContents> files;
  uint64_t code_section_bytes = 0;

  void add(const char* path) {
    files.push_back(must(FileContents::read(path)));
    code_section_bytes += must(decode_module(files.back().bytes())).code_section_size;
  }
};

void report(benchmark::State& state, const Inputs& inputs) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * inputs.code_section_bytes));
}

void compile(benchmark::State& state, const Inputs& inputs, unsigned threads) {
  const auto engine = must(Engine::create({.compile_threads = threads, .disabled = ""}));
  uint64_t machine_code_bytes = 0;
  for (auto _ : state) {
    machine_code_bytes = 0;
    for (const auto& file : inputs.files) {
      machine_code_bytes += must(engine->compile(file.bytes()))->code_size_bytes();
    }
  }
  report(state, inputs);
  state.counters["code_bytes_per_wasm_byte"] =
      static_cast<double>(machine_code_bytes) / static_cast<double>(inputs.code_section_bytes);
}

void validate(benchmark::State& state, const Inputs& inputs) {
  for (auto _ : state) {
    for (const auto& file : inputs.files)
      benchmark::DoNotOptimize(Engine::validate(file.bytes()).has_value());
  }
  report(state, inputs);
}

}  // namespace
}  // namespace wisp::jit

int main(int argc, char** argv) {
  using namespace wisp::jit;
  benchmark::Initialize(&argc, argv);
  Inputs inputs;
  for (int i = 1; i < argc; i++) inputs.add(argv[i]);
  if (argc < 2) inputs.add(WISP_SHARED "/bench/sqlite3/sqlite3.p1.wasm");

  const auto with = [&](auto body, auto... arguments) {
    return [&inputs, body, arguments...](benchmark::State& state) {
      body(state, inputs, arguments...);
    };
  };
  benchmark::RegisterBenchmark("validate", with(validate))->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("compile", with(compile, 1u))->Unit(benchmark::kMillisecond);
  benchmark::RegisterBenchmark("compile_parallel", with(compile, 0u))
      ->Unit(benchmark::kMillisecond)
      ->UseRealTime();
  benchmark::RunSpecifiedBenchmarks();
}
