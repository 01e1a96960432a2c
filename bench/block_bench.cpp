// Lists of values without pointers (component/abi/block_copy.h), for each instruction set: 64 KiB,
// of which memcpy is the limit.
#include <benchmark/benchmark.h>

#include <cstring>
#include <vector>

#include "component/abi/block_copy.h"
#include "component/type/type_builder.h"

namespace wisp::component {
namespace {

constexpr size_t kSize = 65280;  // of whole values, whatever their type

Arena& arena() {
  static Arena all;
  return all;
}
const ValType* number(TypeKind kind) { return TypeBuilder::primitive(kind); }
const ValType* tuple(std::vector<const ValType*> types) {
  std::vector<LabeledType> members;
  for (const ValType* type : types) members.push_back({"a", type});
  return TypeBuilder(arena()).tuple(members);
}
const ValType* option(const ValType* payload) { return TypeBuilder(arena()).option(payload); }

const ValType* type_of(std::string_view name) {
  const ValType* u8 = number(TypeKind::kU8);
  const ValType* u32 = number(TypeKind::kU32);
  const ValType* u64 = number(TypeKind::kU64);
  if (name == "bool") return number(TypeKind::kBool);
  if (name == "char") return number(TypeKind::kChar);
  if (name == "padded") return tuple({u8, u32});
  if (name == "option-u8") return option(u8);
  if (name == "option-u32") return option(u32);
  if (name == "option-u64") return option(u64);
  if (name == "nested") return option(option(u32));
  return tuple({u64, option(u32), option(u64)});  // "record", 32 bytes
}

// The second argument: 0 is the baseline, 1 is AVX2.
void copy(benchmark::State& state, const char* name) {
  const auto pattern = BlockPattern::of(*type_of(name));
  BlockKernel kernel = avx2_block_kernel(*pattern->table());
  if (state.range(0) == 0 || kernel == nullptr) kernel = baseline_block_kernel(*pattern->table());
  std::vector<uint8_t> from(kSize), to(kSize);
  for (size_t i = 0; i < kSize; i += 16) from[i] = 1;
  for (auto _ : state) {
    kernel(*pattern->table(), to.data(), from.data(), kSize);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(kSize) * state.iterations());
}
void memcpy_64k(benchmark::State& state) {
  std::vector<uint8_t> from(kSize), to(kSize);
  for (auto _ : state) {
    std::memcpy(to.data(), from.data(), kSize);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(static_cast<int64_t>(kSize) * state.iterations());
}

BENCHMARK_CAPTURE(copy, list_bool, "bool")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_char, "char")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_padded, "padded")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_option_u8, "option-u8")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_option_u32, "option-u32")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_option_u64, "option-u64")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_nested_option, "nested")->Arg(0)->Arg(1);
BENCHMARK_CAPTURE(copy, list_record, "record")->Arg(0)->Arg(1);
BENCHMARK(memcpy_64k);

}  // namespace
}  // namespace wisp::component

BENCHMARK_MAIN();
