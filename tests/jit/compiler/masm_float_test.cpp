// Float primitives of the host's Masm, executed: NaNs, signed zeros, the borders of every integer
// type.
#include "tests/jit/compiler/masm_test_support.h"

namespace wisp::jit {
namespace {

class MasmFloat : public MasmTest {};
INSTANTIATE_TEST_SUITE_P(Features, MasmFloat, ::testing::Bool(), features_name);

template <class F>
bool reference(Cond cond, F a, F b) {
  switch (cond) {
    case Cond::kFloatEqual:
      return a == b;
    case Cond::kFloatNotEqual:
      return a != b;
    case Cond::kFloatLess:
      return a < b;
    case Cond::kFloatNotLess:
      return !(a < b);
    case Cond::kFloatLessEqual:
      return a <= b;
    case Cond::kFloatNotLessEqual:
      return !(a <= b);
    case Cond::kFloatGreater:
      return a > b;
    case Cond::kFloatNotGreater:
      return !(a > b);
    case Cond::kFloatGreaterEqual:
      return a >= b;
    case Cond::kFloatNotGreaterEqual:
      return !(a >= b);
    default:
      return false;
  }
}

template <class F>
bool is_quiet_nan(F value) {
  const BitsOf<F> quiet = sizeof(F) == 4 ? BitsOf<F>(0x400000) : BitsOf<F>(0x8000000000000);
  return std::isnan(value) && (bits_of(value) & quiet) != 0;
}

template <class F>
F reference(FloatBinaryOp op, F a, F b) {
  switch (op) {
    case FloatBinaryOp::kAdd:
      return a + b;
    case FloatBinaryOp::kSub:
      return a - b;
    case FloatBinaryOp::kMul:
      return a * b;
    case FloatBinaryOp::kDiv:
      return a / b;
    case FloatBinaryOp::kMin:
      if (std::isnan(a) || std::isnan(b)) return a + b;
      return a == b ? (std::signbit(a) ? a : b) : (a < b ? a : b);
    case FloatBinaryOp::kMax:
      if (std::isnan(a) || std::isnan(b)) return a + b;
      return a == b ? (std::signbit(a) ? b : a) : (a > b ? a : b);
    case FloatBinaryOp::kCopysign:
      return std::copysign(a, b);
  }
  return 0;
}
template <class F>
F reference(FloatUnaryOp op, F a) {
  switch (op) {
    case FloatUnaryOp::kAbs:
      return std::fabs(a);
    case FloatUnaryOp::kNeg:
      return -a;
    case FloatUnaryOp::kSqrt:
      return std::sqrt(a);
    case FloatUnaryOp::kCeil:
      return std::ceil(a);
    case FloatUnaryOp::kFloor:
      return std::floor(a);
    case FloatUnaryOp::kTrunc:
      return std::trunc(a);
    case FloatUnaryOp::kNearest:
      return std::nearbyint(a);
  }
  return 0;
}
// Copies and sign changes keep the payload, arithmetic may choose it.
template <class F>
void expect_same_float(F actual, F expected, bool is_exact) {
  if (!is_exact && std::isnan(expected)) {
    ASSERT_TRUE(is_quiet_nan(actual));
  } else {
    ASSERT_EQ(bits_of(actual), bits_of(expected));
  }
}

constexpr FloatTriple kFloatTriples[] = {
    {Fpr{0}, Fpr{0}, Fpr{1}},  {Fpr{0}, Fpr{1}, Fpr{0}},  {Fpr{2}, Fpr{3}, Fpr{4}},
    {Fpr{9}, Fpr{10}, Fpr{2}}, {Fpr{2}, Fpr{1}, Fpr{11}}, {Fpr{12}, Fpr{12}, Fpr{12}},
    {Fpr{3}, Fpr{8}, Fpr{8}},  {Fpr{9}, Fpr{8}, Fpr{9}},  {Fpr{14}, Fpr{14}, Fpr{0}}};

TEST_P(MasmFloat, FloatArithmetic) {
  const auto check = [&]<class F>(F) {
    std::vector<F> values = float_values<F>();
    values.push_back(signaling_nan<F>());
    for (FloatBinaryOp op :
         {FloatBinaryOp::kAdd, FloatBinaryOp::kSub, FloatBinaryOp::kMul, FloatBinaryOp::kDiv,
          FloatBinaryOp::kMin, FloatBinaryOp::kMax, FloatBinaryOp::kCopysign}) {
      const bool is_exact = op == FloatBinaryOp::kCopysign;
      for (const FloatTriple& t : kFloatTriples) {
        build_float(kWidthOf<F>, t, [&](const FloatTriple& r) {
          masm_.float_binary(op, kWidthOf<F>, r.dst, r.lhs, r.rhs);
        });
        for (F a : values) {
          for (F b : values) {
            const F second = t.lhs == t.rhs ? a : b;
            SCOPED_TRACE(testing::Message() << int(op) << " of " << a << " and " << second);
            expect_same_float(function_.as<F(F, F)>()(a, b), reference(op, a, second), is_exact);
            if (HasFatalFailure()) return;
          }
        }
        if (!HostMasm::kHasMemoryOperands || !has_memory_form(op) || t.lhs == t.rhs) continue;
        build_float(kWidthOf<F>, t, [&](const FloatTriple& r) {
          masm_.float_binary_mem(op, kWidthOf<F>, r.dst, r.lhs, slot(1));
        });
        for (F a : values) {
          for (F b : values)
            expect_same_float(function_.as<F(F, F)>()(a, b), reference(op, a, b), false);
        }
      }
    }
    for (FloatUnaryOp op :
         {FloatUnaryOp::kAbs, FloatUnaryOp::kNeg, FloatUnaryOp::kSqrt, FloatUnaryOp::kCeil,
          FloatUnaryOp::kFloor, FloatUnaryOp::kTrunc, FloatUnaryOp::kNearest}) {
      for (const FloatTriple& t : kFloatTriples) {
        build_float(kWidthOf<F>, t, [&](const FloatTriple& r) {
          masm_.float_unary(op, kWidthOf<F>, r.dst, r.lhs);
        });
        for (F a : values) {
          SCOPED_TRACE(testing::Message() << int(op) << " of " << a);
          expect_same_float(function_.as<F(F, F)>()(a, F(0)), reference(op, a),
                            op == FloatUnaryOp::kAbs || op == FloatUnaryOp::kNeg);
          if (HasFatalFailure()) return;
        }
      }
    }
  };
  check(float{});
  check(double{});
}

TEST_P(MasmFloat, FloatConditions) {
  const auto check = [&]<class F>(F) {
    for (int code = int(Cond::kFloatEqual); code <= int(Cond::kFloatNotGreaterEqual); ++code) {
      const auto cond = static_cast<Cond>(code);
      masm_.begin();
      // The compare may be made for the condition or for its negation.
      masm_.float_compare(code % 4 < 2 ? cond : negate(cond), kWidthOf<F>,
                          HostMasm::kHostFloatArguments[0], HostMasm::kHostFloatArguments[1]);
      emit_flag_users(masm_, cond, kPinA);
      masm_.move(Width::k64, HostMasm::kHostIntResult, kPinA);
      masm_.finish(function_);
      for (F a : float_values<F>()) {
        for (F b : float_values<F>()) {
          ASSERT_EQ(function_.as<uint64_t(F, F)>()(a, b),
                    reference(cond, a, b) ? kAllTrue : kAllFalse)
              << code << " " << a << " " << b;
        }
      }
    }
  };
  check(float{});
  check(double{});
}

TEST_P(MasmFloat, IntegerToFloat) {
  const auto check = [&]<class F>(F) {
    for (Width int_width : {Width::k32, Width::k64}) {
      for (Signedness signedness : {Signedness::kSigned, Signedness::kUnsigned}) {
        masm_.begin();
        masm_.int_to_float(signedness, int_width, kWidthOf<F>, Fpr{9}, kA);
        masm_.float_move(kWidthOf<F>, HostMasm::kHostFloatResult, Fpr{9});
        masm_.finish(function_);
        std::vector<uint64_t> values = int_values();
        // Just above and below the halfway points, where a second rounding would show.
        for (uint64_t extra :
             {0x8000008000000001u, 0x8000008000000000u, 0x8000018000000000u, 0x80000000000003ffu,
              0x8000000000000400u, 0x8000000000000401u, 0xfffffffffffffbffu, 0xfffffffffffffc00u}) {
          values.push_back(extra);
        }
        for (uint64_t value : values) {
          value = cut(int_width, value);
          const F expected =
              signedness == Signedness::kSigned ? F(sign_extend(int_width, value)) : F(value);
          ASSERT_EQ(bits_of(function_.as<F(uint64_t)>()(value)), bits_of(expected)) << value;
        }
      }
    }
  };
  check(float{});
  check(double{});
}

// Core 2.0, 4.3.3 "trunc" and "trunc_sat": exact in long double, which holds every value of all
// four types.
uint64_t reference_to_int(FloatToIntMode mode, Signedness signedness, Width width,
                          long double value) {
  const bool is_trapping = mode == FloatToIntMode::kTrapping;
  if (std::isnan(value)) return is_trapping ? kNotANumber : 0;
  const int bits = width == Width::k32 ? 32 : 64;
  const bool is_signed = signedness == Signedness::kSigned;
  const long double low = is_signed ? -std::ldexp(1.0L, bits - 1) : 0.0L;
  const long double high = is_signed ? std::ldexp(1.0L, bits - 1) : std::ldexp(1.0L, bits);
  const long double whole = std::trunc(value);
  if (whole < low)
    return is_trapping ? kOutOfRange : cut(width, is_signed ? uint64_t{1} << (bits - 1) : 0);
  if (whole >= high)
    return is_trapping ? kOutOfRange
                       : cut(width, is_signed ? (uint64_t{1} << (bits - 1)) - 1 : ~uint64_t{0});
  return cut(width, is_signed ? uint64_t(int64_t(whole)) : uint64_t(whole));
}

TEST_P(MasmFloat, FloatToInteger) {
  const auto check = [&]<class F>(F) {
    std::vector<F> values = float_values<F>();
    for (F value : float_values<F>()) {
      values.push_back(std::nextafter(value, F(INFINITY)));
      values.push_back(std::nextafter(value, F(-INFINITY)));
    }
    for (FloatToIntMode mode : {FloatToIntMode::kTrapping, FloatToIntMode::kSaturating}) {
      for (Signedness signedness : {Signedness::kSigned, Signedness::kUnsigned}) {
        for (Width int_width : {Width::k32, Width::k64}) {
          masm_.begin();
          masm_.float_to_int(mode, signedness, int_width, kWidthOf<F>, kPinA,
                             HostMasm::kHostFloatArguments[0], masm_.not_a_number,
                             masm_.out_of_range);
          masm_.move(Width::k64, HostMasm::kHostIntResult, kPinA);
          masm_.finish(function_);
          for (F value : values) {
            ASSERT_EQ(function_.as<uint64_t(F)>()(value),
                      reference_to_int(mode, signedness, int_width, value))
                << int(mode) << int(signedness) << int(int_width) << " of "
                << static_cast<long double>(value);
          }
        }
      }
    }
  };
  check(float{});
  check(double{});
}

TEST_P(MasmFloat, FloatWidths) {
  for (Fpr dst : {Fpr{0}, Fpr{1}, Fpr{9}}) {
    masm_.begin();
    masm_.float_convert(Width::k64, dst, HostMasm::kHostFloatArguments[0]);
    masm_.float_move(Width::k64, HostMasm::kHostFloatResult, dst);
    masm_.finish(function_);
    for (float value : float_values<float>())
      expect_same_float(function_.as<double(float)>()(value), double(value), false);
    masm_.begin();
    masm_.float_convert(Width::k32, dst, HostMasm::kHostFloatArguments[0]);
    masm_.float_move(Width::k32, HostMasm::kHostFloatResult, dst);
    masm_.finish(function_);
    for (double value : float_values<double>())
      expect_same_float(function_.as<float(double)>()(value), float(value), false);
  }
}

}  // namespace
}  // namespace wisp::jit
