// The code of fused adapters on both architectures, as text: golden/adapters.txt, one shape after
// the other. WISP_BLESS=1 rewrites it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "jit/a64/trampolines.h"
#include "jit/x64/trampolines.h"
#include "tests/jit/disassembler.h"

namespace wisp::jit {
namespace {

using Kind = FlatConversion::Kind;

struct Case {
  const char* name;
  AdapterShape shape;
};

AdapterShape flat(FuncType type, std::vector<FlatConversion> params,
                  std::vector<FlatConversion> results) {
  AdapterShape shape;
  shape.caller = shape.callee = std::move(type);
  shape.params = std::move(params);
  shape.results = std::move(results);
  return shape;
}

std::vector<Case> cases() {
  constexpr ValueType i32 = ValueType::kI32, i64 = ValueType::kI64, f64 = ValueType::kF64;
  std::vector<Case> all;
  all.push_back({"nothing to do", flat({{i32, f64}, {i64}}, {{}, {}}, {{}})});
  all.back().shape.checks_leave = false;
  all.push_back({"tail: s8, char, bool, f64, flags of 9, enum of 5000",
                 flat({{i32, i32, i32, f64, i32, i32}, {}},
                      {{Kind::kExtend8S, 0},
                       {Kind::kChar, 0},
                       {Kind::kBool, 0},
                       {},
                       {Kind::kMask, 511},
                       {Kind::kBelow, 5000}},
                      {})});
  all.push_back(
      {"framed: more arguments than registers, a result of u16",
       flat({std::vector<ValueType>(9, i32), {i32}},
            std::vector<FlatConversion>(9, {Kind::kMask, 0xff}), {{Kind::kMask, 0xffff}})});
  all.push_back({"framed: context slots and a post-return", flat({{i32}, {i64}}, {{}}, {{}})});
  all.back().shape.saves_slots = true;
  all.back().shape.has_post_return = true;
  AdapterShape hooked;
  hooked.caller = {{i32, i32, i32}, {}};
  hooked.callee = {{i32, i32}, {i32}};
  hooked.has_params_hook = hooked.has_results_hook = hooked.has_post_return = true;
  all.push_back({"hooked: func(string) -> string", hooked});
  AdapterShape blocks =
      flat({{i32, i32, i32}, {}}, {{Kind::kMask, 0xff}, {Kind::kBlock, 0}, {Kind::kLength, 0}}, {});
  blocks.blocks = {{12, 4, 1000, true, false}};
  all.push_back({"spilled: func(u8, list<tuple<u32, u32, u32>>)", blocks});
  AdapterShape result = flat({{i32}, {}}, {}, {});
  result.callee = {{}, {i32}};
  result.result_block = {1, 1, 1000, true, true};
  result.has_post_return = result.saves_slots = result.saves_caller_slots = true;
  all.push_back({"spilled: func() -> string", result});
  return all;
}

std::string listing(const char* architecture, const AdapterBatch& batch,
                    const std::vector<Case>& all, Disassembler&& disassembler) {
  EXPECT_EQ(batch.error, nullptr);
  const std::span<const uint8_t> text = batch.text;
  std::string lines = std::string(";; ") + architecture + " shared: giving up\n";
  lines += disassembler.function(text.subspan(0, batch.offsets[0]));
  for (size_t i = 0; i < all.size(); i++) {
    const uint32_t begin = batch.offsets[i];
    const size_t end = i + 1 < all.size() ? batch.offsets[i + 1] : text.size();
    lines += std::string(";; ") + architecture + " " + all[i].name + "\n";
    lines += disassembler.function(text.subspan(begin, end - begin));
  }
  return lines;
}

TEST(AdapterGolden, CompilesTo) {
  CpuFeatures features;  // the same code on every host
  features.has_avx = features.has_bmi1 = features.has_bmi2 = features.has_lzcnt = true;
  const std::vector<Case> all = cases();
  std::vector<AdapterShape> shapes;
  for (const Case& each : all) shapes.push_back(each.shape);
  const std::string actual = listing("x86-64", x64::compile_adapters(features, shapes), all,
                                     Disassembler(CS_ARCH_X86, CS_MODE_64)) +
                             listing("aarch64", a64::compile_adapters(features, shapes), all,
                                     Disassembler(CS_ARCH_ARM64, CS_MODE_ARM));
  const std::string path = WISP_SOURCE_DIR "/tests/jit/golden/adapters.txt";
  if (std::getenv("WISP_BLESS") != nullptr) {
    std::ofstream(path, std::ios::binary) << actual;
    GTEST_SKIP() << "rewrote " << path;
  }
  std::ifstream in(path, std::ios::binary);
  EXPECT_EQ(actual, std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace
}  // namespace wisp::jit
