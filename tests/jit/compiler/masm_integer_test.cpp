// Integer primitives of the host's Masm, executed: every operation over edge values, with every way
// in which destination and operands can coincide, with and without the optional features of the
// processor.
#include <functional>

#include "tests/jit/compiler/masm_test_support.h"

namespace wisp::jit {
namespace {

class MasmInteger : public MasmTest {};
INSTANTIATE_TEST_SUITE_P(Features, MasmInteger, ::testing::Bool(), features_name);

uint64_t reference(BinaryOp op, uint64_t a, uint64_t b) {
  switch (op) {
    case BinaryOp::kAdd:
      return a + b;
    case BinaryOp::kSub:
      return a - b;
    case BinaryOp::kAnd:
      return a & b;
    case BinaryOp::kOr:
      return a | b;
    case BinaryOp::kXor:
      return a ^ b;
    case BinaryOp::kMul:
      return a * b;
  }
  return 0;
}
constexpr BinaryOp kBinaryOps[] = {BinaryOp::kAdd, BinaryOp::kSub, BinaryOp::kAnd,
                                   BinaryOp::kOr,  BinaryOp::kXor, BinaryOp::kMul};

TEST_P(MasmInteger, Binary) {
  for (Width width : {Width::k32, Width::k64}) {
    for (BinaryOp op : kBinaryOps) {
      for (const Triple& t : triples({kPinA, kPinB, kPinC, kA})) {
        build(t, [&](const Triple& r) { masm_.binary(op, width, r.dst, r.lhs, r.rhs); });
        for (uint64_t a : int_values()) {
          for (uint64_t b : int_values()) {
            const uint64_t second = t.lhs == t.rhs ? a : b;
            ASSERT_EQ(call(a, b), cut(width, reference(op, a, second)))
                << int(op) << " " << a << " " << second;
          }
        }
      }
    }
  }
}

TEST_P(MasmInteger, BinaryWithConstant) {
  for (Width width : {Width::k32, Width::k64}) {
    for (BinaryOp op : kBinaryOps) {
      for (uint64_t value : int_values()) {
        const int64_t imm =
            width == Width::k32 ? static_cast<int32_t>(value) : static_cast<int64_t>(value);
        if (!HostMasm::is_binary_imm(op, width, imm)) continue;
        for (const Triple& t :
             {Triple{kPinA, kPinA, kA}, Triple{kPinA, kPinB, kA}, Triple{kPinC, kPinB, kA}}) {
          build(t, [&](const Triple& r) { masm_.binary_imm(op, width, r.dst, r.lhs, imm); });
          for (uint64_t a : int_values()) {
            ASSERT_EQ(call(a, 0), cut(width, reference(op, a, uint64_t(imm))))
                << int(op) << " " << a << " " << imm;
          }
        }
      }
    }
  }
}

TEST_P(MasmInteger, BinaryWithMemory) {
  if (!HostMasm::kHasMemoryOperands) GTEST_SKIP() << "no memory operands";
  for (Width width : {Width::k32, Width::k64}) {
    for (BinaryOp op : kBinaryOps) {
      for (const Triple& t : {Triple{kPinA, kPinA, kA}, Triple{kPinA, kPinB, kA}}) {
        build(t, [&](const Triple& r) { masm_.binary_mem(op, width, r.dst, r.lhs, slot(1)); });
        for (uint64_t a : int_values()) {
          for (uint64_t b : int_values()) ASSERT_EQ(call(a, b), cut(width, reference(op, a, b)));
        }
      }
    }
  }
}

TEST_P(MasmInteger, AddShifted) {
  for (Width width : {Width::k32, Width::k64}) {
    for (uint32_t shift = 0; shift <= 3; ++shift) {
      for (int32_t value : {0, 1, -1, 127, 128, -128, -129, INT32_MAX, INT32_MIN}) {
        for (const Triple& t : triples({kPinA, kPinB, kPinC})) {
          build(t, [&](const Triple& r) {
            masm_.add_shifted(width, r.dst, r.lhs, r.rhs, shift, value);
          });
          for (uint64_t a : int_values()) {
            const uint64_t b = t.lhs == t.rhs ? a : a ^ 0x123456789;
            ASSERT_EQ(call(a, b), cut(width, a + (b << shift) + uint64_t(int64_t{value})));
          }
          build(t, [&](const Triple& r) {
            masm_.add_shifted(width, r.dst, kNoGpr, r.lhs, shift, value);
          });
          for (uint64_t a : int_values())
            ASSERT_EQ(call(a, 0), cut(width, (a << shift) + uint64_t(int64_t{value})));
        }
      }
    }
  }
}

uint64_t reference(ShiftOp op, Width width, uint64_t a, uint64_t count) {
  const unsigned size = width == Width::k32 ? 32 : 64;
  const auto n = static_cast<unsigned>(count & (size - 1));
  a = cut(width, a);
  switch (op) {
    case ShiftOp::kShl:
      return cut(width, a << n);
    case ShiftOp::kShrU:
      return a >> n;
    case ShiftOp::kShrS:
      return cut(width, static_cast<uint64_t>(sign_extend(width, a) >> n));
    case ShiftOp::kRotl:
      return n == 0 ? a : cut(width, a << n | a >> (size - n));
    case ShiftOp::kRotr:
      return n == 0 ? a : cut(width, a >> n | a << (size - n));
  }
  return 0;
}
constexpr ShiftOp kShiftOps[] = {ShiftOp::kShl, ShiftOp::kShrS, ShiftOp::kShrU, ShiftOp::kRotl,
                                 ShiftOp::kRotr};

TEST_P(MasmInteger, Shifts) {
  for (Width width : {Width::k32, Width::k64}) {
    for (ShiftOp op : kShiftOps) {
      for (Triple t : triples({kPinA, kPinB, kPinC})) {
        if (masm_.shift_needs_count_register(op)) {
          if (t.rhs == t.lhs || t.rhs == t.dst) continue;
          t.rhs = HostMasm::kShiftCount;
        }
        build(t, [&](const Triple& r) { masm_.shift(op, width, r.dst, r.lhs, r.rhs); });
        for (uint64_t a : int_values()) {
          for (uint64_t b : int_values()) {
            ASSERT_EQ(call(a, b), reference(op, width, a, t.lhs == t.rhs ? a : b))
                << int(op) << " " << a << " " << b;
          }
        }
      }
      for (uint32_t count = 0; count < 64; ++count) {
        for (const Triple& t : {Triple{kPinA, kPinA, kA}, Triple{kPinA, kPinB, kA}}) {
          build(t, [&](const Triple& r) { masm_.shift_imm(op, width, r.dst, r.lhs, count); });
          for (uint64_t a : int_values()) ASSERT_EQ(call(a, 0), reference(op, width, a, count));
        }
      }
    }
  }
}

TEST_P(MasmInteger, Unary) {
  const auto expect = [](UnaryOp op, Width width, uint64_t a) -> uint64_t {
    const bool is_32 = width == Width::k32;
    a = cut(width, a);
    switch (op) {
      case UnaryOp::kClz:
        return is_32 ? std::countl_zero(uint32_t(a)) : std::countl_zero(a);
      case UnaryOp::kCtz:
        return is_32 ? std::countr_zero(uint32_t(a)) : std::countr_zero(a);
      case UnaryOp::kPopcnt:
        return std::popcount(a);
      case UnaryOp::kExtend8S:
        return cut(width, uint64_t(int64_t{int8_t(a)}));
      case UnaryOp::kExtend16S:
        return cut(width, uint64_t(int64_t{int16_t(a)}));
      case UnaryOp::kExtend32S:
        return uint64_t(int64_t{int32_t(a)});
    }
    return 0;
  };
  for (Width width : {Width::k32, Width::k64}) {
    for (UnaryOp op : {UnaryOp::kClz, UnaryOp::kCtz, UnaryOp::kPopcnt, UnaryOp::kExtend8S,
                       UnaryOp::kExtend16S, UnaryOp::kExtend32S}) {
      if (op == UnaryOp::kExtend32S && width == Width::k32) continue;
      for (const Triple& t :
           {Triple{kPinA, kPinA, kA}, Triple{kPinA, kPinB, kA}, Triple{kPinC, kA, kPinB}}) {
        build(t, [&](const Triple& r) { masm_.unary(op, width, r.dst, r.lhs); });
        for (uint64_t a : int_values())
          ASSERT_EQ(call(a, 0), expect(op, width, a)) << int(op) << " " << a;
        build(t, [&](const Triple& r) { masm_.negate(width, r.dst, r.lhs); });
        for (uint64_t a : int_values()) ASSERT_EQ(call(a, 0), cut(width, 0 - a));
      }
    }
  }
}

TEST_P(MasmInteger, DivisionWithoutFault) {
  const auto expect = [](DivideOp op, Width width, uint64_t a, uint64_t b) -> uint64_t {
    const int64_t sa = sign_extend(width, a);
    const int64_t sb = sign_extend(width, b);
    a = cut(width, a);
    b = cut(width, b);
    switch (op) {
      case DivideOp::kDivS:
        return cut(width, uint64_t(sa / sb));
      case DivideOp::kDivU:
        return a / b;
      case DivideOp::kRemS:
        return sb == -1 ? 0 : cut(width, uint64_t(sa % sb));
      case DivideOp::kRemU:
        return a % b;
    }
    return 0;
  };
  const bool is_fixed = HostMasm::kDivision.dividend.is_valid();
  for (Width width : {Width::k32, Width::k64}) {
    const int64_t least = width == Width::k32 ? INT32_MIN : INT64_MIN;
    for (DivideOp op : {DivideOp::kDivS, DivideOp::kDivU, DivideOp::kRemS, DivideOp::kRemU}) {
      const bool is_remainder = op == DivideOp::kRemS || op == DivideOp::kRemU;
      std::vector<Triple> cases{
          {kPinA, kPinB, kPinC}, {kPinA, kPinA, kPinC}, {kPinC, kPinA, kPinC}};
      if (is_fixed) {
        const Gpr out = is_remainder ? HostMasm::kDivision.remainder : HostMasm::kDivision.quotient;
        cases = {{out, HostMasm::kDivision.dividend, kPinA},
                 {out, HostMasm::kDivision.dividend, HostMasm::kShiftCount}};
      }
      for (const Triple& t : cases) {
        build(t, [&](const Triple& r) {
          masm_.divide(op, width, r.dst, r.lhs, r.rhs, masm_.not_a_number, masm_.out_of_range);
        });
        for (uint64_t a : int_values()) {
          for (uint64_t b : int_values()) {
            const bool overflows = op == DivideOp::kDivS && sign_extend(width, a) == least &&
                                   sign_extend(width, b) == -1;
            const bool is_zero = cut(width, b) == 0;
            if ((is_zero || overflows) && HostMasm::kDivideFaults) continue;
            if (is_zero) {
              ASSERT_EQ(call(a, b), kNotANumber);
            } else if (overflows) {
              ASSERT_EQ(call(a, b), kOutOfRange);
            } else {
              ASSERT_EQ(call(a, b), expect(op, width, a, b)) << int(op) << " " << a << " " << b;
            }
          }
        }
      }
    }
  }
}

TEST_P(MasmInteger, MultiplyHigh) {
  __extension__ using Wide = __int128;
  __extension__ using UnsignedWide = unsigned __int128;
  for (Width width : {Width::k32, Width::k64}) {
    for (Signedness signedness : {Signedness::kSigned, Signedness::kUnsigned}) {
      Triple t{kPinA, kPinB, kPinC};
      if (HostMasm::kDivision.dividend.is_valid())
        t = {HostMasm::kDivision.remainder, HostMasm::kDivision.dividend, kPinC};
      build(t,
            [&](const Triple& r) { masm_.multiply_high(signedness, width, r.dst, r.lhs, r.rhs); });
      const int size = width == Width::k32 ? 32 : 64;
      for (uint64_t a : int_values()) {
        for (uint64_t b : int_values()) {
          const bool is_signed = signedness == Signedness::kSigned;
          const Wide product = is_signed
                                   ? Wide{sign_extend(width, a)} * sign_extend(width, b)
                                   : static_cast<Wide>(UnsignedWide(cut(width, a)) * cut(width, b));
          ASSERT_EQ(call(a, b), cut(width, uint64_t(product >> size)));
        }
      }
    }
  }
}

TEST_P(MasmInteger, MovesAndConstants) {
  for (uint64_t value : int_values()) {
    for (Width width : {Width::k32, Width::k64}) {
      build({kPinA, kPinB, kA},
            [&](const Triple& r) { masm_.move_imm(width, r.dst, int64_t(value)); });
      EXPECT_EQ(call(0, 0), cut(width, value));
      build({kPinA, kPinB, kA}, [&](const Triple& r) { masm_.move(width, r.dst, r.lhs); });
      EXPECT_EQ(call(value, 0), cut(width, value));
      build({kPinA, kPinA, kA}, [&](const Triple& r) { masm_.move(width, r.dst, r.lhs); });
      EXPECT_EQ(call(value, 0), cut(width, value));
      build({kPinA, kPinB, kA}, [&](const Triple& r) {
        masm_.float_move_imm(width, HostMasm::kFloatTemporaries.contains(3) ? Fpr{3} : Fpr{0},
                             value);
        masm_.move_from_float(width, r.dst, Fpr{3});
      });
      EXPECT_EQ(call(0, 0), cut(width, value));
      build({kPinA, kPinB, kA}, [&](const Triple& r) {
        masm_.move_to_float(width, Fpr{9}, r.lhs);
        masm_.float_move(width, Fpr{2}, Fpr{9});
        masm_.move_from_float(width, r.dst, Fpr{2});
      });
      EXPECT_EQ(call(value, 0), cut(width, value));
    }
  }
  build({kPinA, kPinA, kA}, [&](const Triple& r) { masm_.zero(r.dst); });
  EXPECT_EQ(call(5, 0), 0u);
}

TEST_P(MasmInteger, LoadsAndStores) {
  struct Case {
    LoadOp op;
    std::function<uint64_t(uint64_t)> expect;
  };
  const Case cases[] = {{LoadOp::k8U, [](uint64_t v) { return uint64_t(uint8_t(v)); }},
                        {LoadOp::k8S32, [](uint64_t v) { return uint64_t(uint32_t(int8_t(v))); }},
                        {LoadOp::k8S64, [](uint64_t v) { return uint64_t(int64_t(int8_t(v))); }},
                        {LoadOp::k16U, [](uint64_t v) { return uint64_t(uint16_t(v)); }},
                        {LoadOp::k16S32, [](uint64_t v) { return uint64_t(uint32_t(int16_t(v))); }},
                        {LoadOp::k16S64, [](uint64_t v) { return uint64_t(int64_t(int16_t(v))); }},
                        {LoadOp::k32U, [](uint64_t v) { return uint64_t(uint32_t(v)); }},
                        {LoadOp::k32S64, [](uint64_t v) { return uint64_t(int64_t(int32_t(v))); }},
                        {LoadOp::k64, [](uint64_t v) { return v; }}};
  // Displacements up to 2^33 in both directions, undone by the base: base = &cell - disp - index.
  for (int64_t disp : {int64_t{0}, int64_t{8}, int64_t{-8}, int64_t{300}, int64_t{4095 * 8},
                       int64_t{1} << 20, int64_t{INT32_MAX}, int64_t{INT32_MIN}, int64_t{1} << 31,
                       int64_t{0xffffffff}, int64_t{1} << 33}) {
    for (uint64_t index : {uint64_t{0}, uint64_t{16}, uint64_t{0xfffffff0}}) {
      for (bool has_index : {false, true}) {
        uint64_t cell = 0;
        const uint64_t base =
            reinterpret_cast<uint64_t>(&cell) - uint64_t(disp) - (has_index ? index : 0);
        const Address address{kPinB, has_index ? kPinC : kNoGpr, disp};
        for (const Case& c : cases) {
          build({kPinA, kPinB, kPinC}, [&](const Triple& r) { masm_.load(c.op, r.dst, address); });
          for (uint64_t value : int_values()) {
            cell = value;
            ASSERT_EQ(call(base, index), c.expect(value))
                << int(c.op) << " " << disp << " " << index;
          }
          build({kPinB, kPinB, kPinC}, [&](const Triple& r) { masm_.load(c.op, r.dst, address); });
          ASSERT_EQ(call(base, index), c.expect(cell));
        }
        for (StoreOp op : {StoreOp::k8, StoreOp::k16, StoreOp::k32, StoreOp::k64}) {
          const unsigned bits = 8u << int(op);
          const uint64_t mask = bits == 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
          for (uint64_t value :
               {uint64_t{0}, uint64_t{1}, uint64_t{0x7f}, uint64_t{0xfffffffffffffffe}}) {
            build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
              masm_.move_imm(Width::k64, r.dst, int64_t(value));
              masm_.store(op, address, r.dst);
            });
            cell = 0x5555555555555555;
            call(base, index);
            ASSERT_EQ(cell, (0x5555555555555555 & ~mask) | (value & mask));
            ASSERT_TRUE(HostMasm::is_store_imm(op, int64_t(value)) ||
                        !HostMasm::kHasMemoryOperands);
            if (!HostMasm::is_store_imm(op, int64_t(value))) continue;
            build({kPinA, kPinB, kPinC},
                  [&](const Triple&) { masm_.store_imm(op, address, int64_t(value)); });
            cell = 0x5555555555555555;
            call(base, index);
            ASSERT_EQ(cell, (0x5555555555555555 & ~mask) | (value & mask));
          }
        }
        build({kPinA, kPinB, kPinC}, [&](const Triple& r) { masm_.load_address(r.dst, address); });
        ASSERT_EQ(call(base, index), reinterpret_cast<uint64_t>(&cell));
        build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
          masm_.float_load(Width::k64, Fpr{5}, address);
          masm_.float_store(Width::k32, address, Fpr{5});
          masm_.float_load(Width::k32, Fpr{6}, address);
          masm_.move_from_float(Width::k64, r.dst, Fpr{6});
        });
        cell = 0x1122334455667788;
        ASSERT_EQ(call(base, index), 0x55667788u);
        ASSERT_EQ(cell, 0x1122334455667788u);
      }
    }
  }
}

}  // namespace
}  // namespace wisp::jit
