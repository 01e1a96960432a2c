// What the tests of the host's Masm share: edge values, a page to run code from, functions around
// what a test emits.
#pragma once

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "jit/x64/masm.h"

namespace wisp::jit {

using HostMasm = x64::Masm;

constexpr uint64_t kNotANumber = 0xdead0001dead0001;
constexpr uint64_t kOutOfRange = 0xdead0002dead0002;

inline const std::vector<uint64_t>& int_values() {
  static const std::vector<uint64_t> values{0,
                                            1,
                                            2,
                                            3,
                                            7,
                                            31,
                                            32,
                                            33,
                                            63,
                                            64,
                                            127,
                                            128,
                                            255,
                                            256,
                                            0x7fff,
                                            0x8000,
                                            0xffff,
                                            0x12345678,
                                            0x7fffffff,
                                            0x80000000,
                                            0x80000001,
                                            0xfffffffe,
                                            0xffffffff,
                                            0x100000000,
                                            0x7fffffffffffffff,
                                            0x8000000000000000,
                                            0x8000000000000001,
                                            0xffffffff80000000,
                                            0xfffffffffffffffe,
                                            0xffffffffffffffff,
                                            0xdeadbeefcafef00d};
  return values;
}

template <class F>
std::vector<F> float_values() {
  using Extremes = std::numeric_limits<F>;
  std::vector<F> values;
  for (double magnitude : {0.0,
                           0.25,
                           0.5,
                           0.75,
                           0.999999,
                           1.0,
                           1.5,
                           2.0,
                           2.5,
                           3.5,
                           127.0,
                           128.5,
                           32768.0,
                           8388607.5,
                           16777216.0,
                           2147483520.0,
                           2147483647.0,
                           2147483647.5,
                           2147483648.0,
                           2147483648.5,
                           2147483649.0,
                           4294967040.0,
                           4294967295.0,
                           4294967295.5,
                           4294967296.0,
                           4503599627370497.5,
                           9007199254740993.0,
                           9223371487098961920.0,
                           9223372036854774784.0,
                           9223372036854775808.0,
                           9223372036854777856.0,
                           18446742974197923840.0,
                           18446744073709549568.0,
                           18446744073709551616.0,
                           1e30}) {
    values.push_back(F(magnitude));
    values.push_back(F(-magnitude));
  }
  for (F special : {Extremes::min(), Extremes::denorm_min(), Extremes::max(), Extremes::infinity(),
                    Extremes::quiet_NaN()}) {
    values.push_back(special);
    values.push_back(-special);
  }
  return values;
}

template <class F>
using BitsOf = std::conditional_t<sizeof(F) == 4, uint32_t, uint64_t>;
template <class F>
BitsOf<F> bits_of(F value) {
  return std::bit_cast<BitsOf<F>>(value);
}
template <class F>
F signaling_nan() {
  return std::bit_cast<F>(BitsOf<F>(sizeof(F) == 4 ? 0x7fa00000 : 0x7ff4000000000000));
}
template <class F>
constexpr Width kWidthOf = sizeof(F) == 4 ? Width::k32 : Width::k64;

// One executable page, refilled for each function.
class Function {
 public:
  Function() {
    page_ = mmap(nullptr, kSize, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS,
                 -1, 0);
    EXPECT_NE(page_, MAP_FAILED);
  }
  ~Function() { munmap(page_, kSize); }
  Function(const Function&) = delete;

  void fill(std::span<const uint8_t> code) {
    ASSERT_LE(code.size(), kSize);
    std::memcpy(page_, code.data(), code.size());
    __builtin___clear_cache(static_cast<char*>(page_), static_cast<char*>(page_) + code.size());
  }
  template <class Signature>
  Signature* as() const {
    return reinterpret_cast<Signature*>(page_);
  }

 private:
  static constexpr size_t kSize = 1 << 16;
  void* page_;
};

// Masm with the frame of a host function around what a test emits.
class Emitter : public HostMasm {
 public:
  explicit Emitter(const CpuFeatures& features) : HostMasm(features) {
    frame_.saved = kHostCalleeSaved;
    frame_.size_bytes = 64;
  }

  void begin() {
    buffer().reset();
    not_a_number = {};
    out_of_range = {};
    prologue(frame_);
  }
  void finish(Function& function) {
    epilogue(frame_);
    for (auto [label, value] :
         {std::pair{&not_a_number, kNotANumber}, std::pair{&out_of_range, kOutOfRange}}) {
      bind(*label);
      move_imm(Width::k64, kHostIntResult, static_cast<int64_t>(value));
      epilogue(frame_);
    }
    ASSERT_EQ(buffer().error(), nullptr);
    function.fill(buffer().bytes());
  }

  Label not_a_number, out_of_range;

 private:
  FrameShape frame_;
};

struct Triple {
  Gpr dst, lhs, rhs;
};
struct FloatTriple {
  Fpr dst, lhs, rhs;
};

// Low, high and awkward register numbers, and all coincidences of the three.
inline std::vector<Triple> triples(std::initializer_list<Gpr> pool) {
  std::vector<Triple> all;
  for (Gpr dst : pool) {
    for (Gpr lhs : pool) {
      for (Gpr rhs : pool) all.push_back({dst, lhs, rhs});
    }
  }
  return all;
}

class MasmTest : public ::testing::TestWithParam<bool> {
 protected:
  MasmTest() : masm_(GetParam() ? CpuFeatures::of_host() : CpuFeatures{}) {}

  // Emits body(t) between loading the arguments into t.lhs and t.rhs and returning t.dst.
  template <class Body>
  void build(const Triple& t, Body body) {
    masm_.begin();
    load_pair(t.lhs, t.rhs);
    body(t);
    masm_.move(Width::k64, HostMasm::kHostIntResult, t.dst);
    masm_.finish(function_);
  }
  template <class Body>
  void build_float(Width width, const FloatTriple& t, Body body) {
    masm_.begin();
    masm_.float_store(width, slot(0), HostMasm::kHostFloatArguments[0]);
    masm_.float_store(width, slot(1), HostMasm::kHostFloatArguments[1]);
    masm_.float_load(width, t.lhs, slot(0));
    if (t.rhs != t.lhs) masm_.float_load(width, t.rhs, slot(1));
    body(t);
    masm_.float_move(width, HostMasm::kHostFloatResult, t.dst);
    masm_.finish(function_);
  }
  uint64_t call(uint64_t a, uint64_t b) {
    return function_.as<uint64_t(uint64_t, uint64_t)>()(a, b);
  }

  static Address slot(int64_t n) { return HostMasm::outgoing_stack_slot(static_cast<uint32_t>(n)); }
  // Through memory: the arguments' registers may be the targets, in any order.
  void load_pair(Gpr lhs, Gpr rhs) {
    masm_.store(StoreOp::k64, slot(0), HostMasm::kHostIntArguments[0]);
    masm_.store(StoreOp::k64, slot(1), HostMasm::kHostIntArguments[1]);
    masm_.load(LoadOp::k64, lhs, slot(0));
    if (rhs != lhs) masm_.load(LoadOp::k64, rhs, slot(1));
  }

  Emitter masm_;
  Function function_;
};
constexpr Gpr kA = HostMasm::kHostIntArguments[0];
constexpr Gpr kPinA = HostMasm::kCalleeSavedPins[0];
constexpr Gpr kPinB = HostMasm::kCalleeSavedPins[1];
constexpr Gpr kPinC = HostMasm::kCalleeSavedPins[2];

inline uint64_t cut(Width width, uint64_t value) {
  return width == Width::k32 ? static_cast<uint32_t>(value) : value;
}
inline int64_t sign_extend(Width width, uint64_t value) {
  return width == Width::k32 ? static_cast<int32_t>(value) : static_cast<int64_t>(value);
}

// The three users of flags, in one function: bits 0, 1 and 2 of the result must agree.
inline void emit_flag_users(Emitter& masm, Cond cond, Gpr dst) {
  Label taken;
  Label done;
  masm.set_if(cond, kPinB);
  masm.move_imm(Width::k32, kPinC, 0x200);
  masm.move_imm(Width::k32, kA, 0x100);
  masm.select_if(cond, Width::k32, kPinC, kPinC, kA);
  masm.jump_if(cond, taken);
  masm.move_imm(Width::k32, dst, 0x10000);
  masm.jump(done);
  masm.bind(taken);
  masm.move_imm(Width::k32, dst, 0x20000);
  masm.bind(done);
  masm.binary(BinaryOp::kOr, Width::k64, dst, dst, kPinB);
  masm.binary(BinaryOp::kOr, Width::k64, dst, dst, kPinC);
}
constexpr uint64_t kAllTrue = 0x20201;
constexpr uint64_t kAllFalse = 0x10100;

// Names of the two instances of each suite.
inline std::string features_name(const ::testing::TestParamInfo<bool>& instance) {
  return instance.param ? "Host" : "Baseline";
}

}  // namespace wisp::jit
