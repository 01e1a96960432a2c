// Loading components: decode + validate, and linking on top; no machine code.
#include <benchmark/benchmark.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "component/binary/component_decoder.h"
#include "platform/arena.h"

namespace {

std::vector<uint8_t> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void decode_and_validate(benchmark::State& state, const std::filesystem::path& path) {
  std::vector<uint8_t> bytes = read_file(path);
  if (bytes.empty()) {
    state.SkipWithError("the component is missing");
    return;
  }
  for (auto _ : state) {
    wisp::Arena arena;
    wisp::component::Decoded decoded;
    auto result = wisp::component::decode_component(bytes, arena, decoded);
    if (!result) state.SkipWithError(result.error().message().c_str());
    benchmark::DoNotOptimize(decoded.root);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * bytes.size()));
}

}  // namespace

int main(int argc, char** argv) {
  std::filesystem::path bench = std::filesystem::path(WISP_SHARED) / "bench";
  for (const char* name : {"noop", "minicsv", "regex"}) {
    benchmark::RegisterBenchmark((std::string("decode_and_validate/") + name).c_str(),
                                 decode_and_validate, bench / name / (std::string(name) + ".wasm"));
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
}
