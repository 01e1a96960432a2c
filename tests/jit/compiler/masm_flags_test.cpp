// Compares, tests, and the users of flags of the host's Masm, executed.
#include "tests/jit/compiler/masm_test_support.h"

namespace wisp::jit {
namespace {

class MasmFlags : public MasmTest {};
INSTANTIATE_TEST_SUITE_P(Features, MasmFlags, ::testing::Bool(), features_name);

bool reference(Cond cond, Width width, uint64_t a, uint64_t b) {
  const int64_t sa = sign_extend(width, a);
  const int64_t sb = sign_extend(width, b);
  a = cut(width, a);
  b = cut(width, b);
  switch (cond) {
    case Cond::kEqual:
      return a == b;
    case Cond::kNotEqual:
      return a != b;
    case Cond::kLessS:
      return sa < sb;
    case Cond::kGreaterEqualS:
      return sa >= sb;
    case Cond::kLessEqualS:
      return sa <= sb;
    case Cond::kGreaterS:
      return sa > sb;
    case Cond::kLessU:
      return a < b;
    case Cond::kGreaterEqualU:
      return a >= b;
    case Cond::kLessEqualU:
      return a <= b;
    case Cond::kGreaterU:
      return a > b;
    default:
      return false;
  }
}

TEST_P(MasmFlags, IntegerConditions) {
  for (Width width : {Width::k32, Width::k64}) {
    for (int code = 0; code < int(Cond::kFloatEqual); ++code) {
      const auto cond = static_cast<Cond>(code);
      build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
        masm_.compare(width, r.lhs, r.rhs);
        emit_flag_users(masm_, cond, r.dst);
      });
      for (uint64_t a : int_values()) {
        for (uint64_t b : int_values()) {
          ASSERT_EQ(call(a, b), reference(cond, width, a, b) ? kAllTrue : kAllFalse)
              << code << " " << a << " " << b;
        }
      }
      for (uint64_t b : int_values()) {
        const int64_t imm = sign_extend(width, b);
        if (HostMasm::is_compare_imm(width, imm)) {
          build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
            masm_.compare_imm(width, r.lhs, imm);
            emit_flag_users(masm_, cond, r.dst);
          });
          for (uint64_t a : int_values())
            ASSERT_EQ(call(a, 0), reference(cond, width, a, uint64_t(imm)) ? kAllTrue : kAllFalse);
        }
        const bool is_test_cond = cond <= Cond::kGreaterS;
        if (HostMasm::is_test_imm(width, imm) && is_test_cond) {
          build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
            masm_.test_imm(width, r.lhs, imm);
            emit_flag_users(masm_, cond, r.dst);
          });
          for (uint64_t a : int_values()) {
            ASSERT_EQ(call(a, 0),
                      reference(cond, width, a & uint64_t(imm), 0) ? kAllTrue : kAllFalse)
                << a << " " << imm;
          }
        }
      }
      if (cond > Cond::kGreaterS) continue;
      build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
        masm_.test(width, r.lhs, r.rhs);
        emit_flag_users(masm_, cond, r.dst);
      });
      for (uint64_t a : int_values()) {
        for (uint64_t b : int_values())
          ASSERT_EQ(call(a, b), reference(cond, width, a & b, 0) ? kAllTrue : kAllFalse);
      }
    }
  }
}

TEST_P(MasmFlags, ConditionsOnMemory) {
  if (!HostMasm::kHasMemoryOperands) GTEST_SKIP() << "no memory operands";
  for (Width width : {Width::k32, Width::k64}) {
    for (Cond cond : {Cond::kEqual, Cond::kLessS, Cond::kGreaterU}) {
      build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
        masm_.compare_mem(width, r.lhs, slot(1));
        emit_flag_users(masm_, cond, r.dst);
      });
      for (uint64_t a : int_values()) {
        for (uint64_t b : int_values())
          ASSERT_EQ(call(a, b), reference(cond, width, a, b) ? kAllTrue : kAllFalse);
      }
      for (int64_t imm : {0, 1, -1, 127, 128, INT32_MAX}) {
        build({kPinA, kPinB, kPinC}, [&](const Triple& r) {
          masm_.compare_mem_imm(width, slot(0), imm);
          emit_flag_users(masm_, cond, r.dst);
        });
        for (uint64_t a : int_values())
          ASSERT_EQ(call(a, 0), reference(cond, width, a, uint64_t(imm)) ? kAllTrue : kAllFalse);
      }
    }
  }
}

TEST_P(MasmFlags, SelectWithCoincidingRegisters) {
  for (Cond cond : {Cond::kEqual, Cond::kNotEqual, Cond::kLessU, Cond::kFloatEqual,
                    Cond::kFloatNotEqual, Cond::kFloatLess}) {
    for (const Triple& t : triples({kPinA, kPinB, kPinC})) {
      for (double rhs : {1.0, 2.0, 3.0, double(NAN)}) {
        build(t, [&](const Triple& r) {
          if (is_float(cond)) {
            masm_.float_move_imm(Width::k64, Fpr{1}, bits_of(2.0));
            masm_.float_move_imm(Width::k64, Fpr{2}, bits_of(rhs));
            masm_.float_compare(cond, Width::k64, Fpr{1}, Fpr{2});
          } else {
            masm_.move_imm(Width::k64, kA, std::isnan(rhs) ? 9 : int64_t(rhs));
            masm_.compare_imm(Width::k64, kA, 2);
          }
          masm_.select_if(cond, Width::k64, r.dst, r.lhs, r.rhs);
        });
        const double other = std::isnan(rhs) && !is_float(cond) ? 9 : rhs;
        const bool holds = cond == Cond::kEqual || cond == Cond::kFloatEqual         ? other == 2
                           : cond == Cond::kNotEqual || cond == Cond::kFloatNotEqual ? other != 2
                           : cond == Cond::kLessU                                    ? other < 2
                                                                                     : 2 < other;
        const uint64_t b = t.lhs == t.rhs ? 111 : 222;
        ASSERT_EQ(call(111, 222), holds ? 111 : b) << int(cond) << " " << rhs;
      }
    }
  }
}

}  // namespace
}  // namespace wisp::jit
