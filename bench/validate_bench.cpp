// Walk 1 and its parts: how fast core modules are decoded and validated, in bytes of code section
// per second on one core.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "jit/wasm/function_validator.h"
#include "jit/wasm/module_decoder.h"

namespace wisp::jit {
namespace {

std::vector<uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

Module decode(const std::vector<uint8_t>& bytes) {
  auto module = decode_module(bytes);
  if (!module) {
    std::fprintf(stderr, "%s\n", module.error().message().c_str());
    std::exit(1);
  }
  return std::move(*module);
}

// A sink of about the weight of the compiler's: counters per local, one record per block.
struct SummarySink : ValidationSink {
  struct Local {
    uint32_t weight, first, last;
  };
  std::vector<Local> locals = std::vector<Local>(1 << 16);
  uint32_t depth = 0;
  uint32_t calls = 0;
  uint32_t accesses = 0;

  void use(uint32_t index, uint32_t position) {
    Local& local = locals[index];
    local.weight += 1u << (3 * (depth & 7));
    if (local.first == 0) local.first = position;
    local.last = position;
  }
  void on_local_get(uint32_t index, uint32_t position) { use(index, position); }
  void on_local_set(uint32_t index, uint32_t position) { use(index, position); }
  void on_local_tee(uint32_t index, uint32_t position) { use(index, position); }
  void on_loop(BlockType, uint32_t) { ++depth; }
  void on_call(uint32_t, uint32_t) { ++calls; }
  void on_memory_access(MemArg, uint32_t) { ++accesses; }
};

// Walk 2 without a compiler behind it.
struct CountingSink {
  uint64_t opcodes = 0;
  void on_opcode(Opcode) { ++opcodes; }
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  void on_##name() {}
#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) \
  void on_##name(MemArg) {}
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  void on_##name(auto...) {}
#include "jit/wasm/opcodes.def"
};

void report(benchmark::State& state, const Module& module) {
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * module.code_section_size));
}

void bench_decode(benchmark::State& state, const std::string& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  for (auto _ : state) benchmark::DoNotOptimize(decode(bytes));
  report(state, decode(bytes));
}

template <class Sink>
void bench_validate(benchmark::State& state, const std::string& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  const Module module = decode(bytes);
  ValidationScratch scratch;
  Sink sink;
  for (auto _ : state) {
    for (uint32_t i = 0; i < module.bodies.size(); ++i) {
      FunctionDecoder<Sink, Checks::kValidate> decoder(
          module, module.bodies[i], module.imported_functions + i, scratch, sink);
      if (!decoder.run()) return state.SkipWithError("invalid");
    }
  }
  report(state, module);
}

void bench_trusted(benchmark::State& state, const std::string& path) {
  const std::vector<uint8_t> bytes = read_file(path);
  const Module module = decode(bytes);
  CountingSink sink;
  for (auto _ : state) {
    for (const FunctionBody& body : module.bodies) {
      BodyCursor cursor(module, body);
      FunctionDecoder<CountingSink, Checks::kTrusted>::run(cursor, sink);
    }
  }
  report(state, module);
  state.counters["opcodes"] = static_cast<double>(sink.opcodes / state.iterations());
}

}  // namespace
}  // namespace wisp::jit

// Modules are named on the command line; without any, one of the shared ones is taken.
int main(int argc, char** argv) {
  using namespace wisp::jit;
  benchmark::Initialize(&argc, argv);
  std::vector<std::string> paths(argv + 1, argv + argc);
  if (paths.empty()) paths.push_back(WISP_SHARED "/bench/sqlite3/sqlite3.p1.wasm");
  for (const std::string& path : paths) {
    if (!std::filesystem::exists(path)) {
      std::fprintf(stderr, "%s is not there\n", path.c_str());
      return 1;
    }
    const std::string name = std::filesystem::path(path).filename();
    benchmark::RegisterBenchmark(("decode/" + name).c_str(), bench_decode, path);
    benchmark::RegisterBenchmark(("validate/" + name).c_str(), bench_validate<ValidationSink>,
                                 path);
    benchmark::RegisterBenchmark(("summary/" + name).c_str(), bench_validate<SummarySink>, path);
    benchmark::RegisterBenchmark(("trusted/" + name).c_str(), bench_trusted, path);
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
