// Every floating point form of x64::Encoder, SSE and AVX, against asmjit, byte for byte.
#include "tests/jit/x64/encoder_test_support.h"

namespace wisp::jit::x64 {
namespace {

struct FloatForm {
  FloatOp op;
  x86::Inst::Id single, other, vex_single, vex_other;
};
constexpr FloatForm kFloatForms[] = {
    {FloatOp::kSqrt, x86::Inst::kIdSqrtss, x86::Inst::kIdSqrtsd, x86::Inst::kIdVsqrtss,
     x86::Inst::kIdVsqrtsd},
    {FloatOp::kAdd, x86::Inst::kIdAddss, x86::Inst::kIdAddsd, x86::Inst::kIdVaddss,
     x86::Inst::kIdVaddsd},
    {FloatOp::kMul, x86::Inst::kIdMulss, x86::Inst::kIdMulsd, x86::Inst::kIdVmulss,
     x86::Inst::kIdVmulsd},
    {FloatOp::kSub, x86::Inst::kIdSubss, x86::Inst::kIdSubsd, x86::Inst::kIdVsubss,
     x86::Inst::kIdVsubsd},
    {FloatOp::kMin, x86::Inst::kIdMinss, x86::Inst::kIdMinsd, x86::Inst::kIdVminss,
     x86::Inst::kIdVminsd},
    {FloatOp::kDiv, x86::Inst::kIdDivss, x86::Inst::kIdDivsd, x86::Inst::kIdVdivss,
     x86::Inst::kIdVdivsd},
    {FloatOp::kMax, x86::Inst::kIdMaxss, x86::Inst::kIdMaxsd, x86::Inst::kIdVmaxss,
     x86::Inst::kIdVmaxsd},
};

TEST_F(EncoderTest, FloatArithmetic) {
  for (const FloatForm& form : kFloatForms) {
    for (FloatWidth f : kFloatWidths) {
      const bool is_single = f == FloatWidth::k32;
      const auto id = is_single ? form.single : form.other;
      const auto vex_id = is_single ? form.vex_single : form.vex_other;
      each_fpr_pair(
          "float op", [&](Encoder& e, Fpr d, Fpr s) { e.float_op(form.op, f, d, s); },
          [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) { return a.emit(id, d, s); });
      each_address(
          "float op mem", is_single ? 4 : 8,
          [&](Encoder& e, Gpr d, const Mem& m) { e.float_op(form.op, f, Fpr{d.code}, m); },
          [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
            return a.emit(id, x86::xmm(d.code), m);
          });
      for (Fpr d : all_fprs()) {
        for (Fpr l : all_fprs()) {
          for (Fpr r : all_fprs()) {
            same(
                "vex float op", [&](Encoder& e) { e.vfloat_op(form.op, f, d, l, r); },
                [&](x86::Assembler& a) { return a.emit(vex_id, xmm(d), xmm(l), xmm(r)); });
          }
        }
      }
      for (Fpr l : {xmm0, xmm7, xmm8, xmm15}) {
        each_address(
            "vex float op mem", is_single ? 4 : 8,
            [&](Encoder& e, Gpr d, const Mem& m) { e.vfloat_op(form.op, f, Fpr{d.code}, l, m); },
            [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
              return a.emit(vex_id, x86::xmm(d.code), xmm(l), m);
            });
      }
    }
  }
  constexpr std::pair<FloatBits, x86::Inst::Id> kBits[] = {
      {FloatBits::kAnd, x86::Inst::kIdAndps},
      {FloatBits::kAndNot, x86::Inst::kIdAndnps},
      {FloatBits::kOr, x86::Inst::kIdOrps},
      {FloatBits::kXor, x86::Inst::kIdXorps}};
  for (const auto& each : kBits) {
    const auto op = each.first;  // lambdas cannot take a binding with them, says clang 14
    const auto id = each.second;
    each_fpr_pair(
        "float bits", [&](Encoder& e, Fpr d, Fpr s) { e.float_bits(op, d, s); },
        [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) { return a.emit(id, d, s); });
  }
  each_fpr_pair(
      "pcmpeqd", [](Encoder& e, Fpr d, Fpr s) { e.pcmpeqd(d, s); },
      [](x86::Assembler& a, x86::Xmm d, x86::Xmm s) { return a.pcmpeqd(d, s); });
  for (Fpr d : all_fprs()) {
    same(
        "pslld", [&](Encoder& e) { e.pshift_left(Width::k32, d, 31); },
        [&](x86::Assembler& a) { return a.pslld(xmm(d), 31); });
    same(
        "psllq", [&](Encoder& e) { e.pshift_left(Width::k64, d, 63); },
        [&](x86::Assembler& a) { return a.psllq(xmm(d), 63); });
    same(
        "psrld", [&](Encoder& e) { e.pshift_right(Width::k32, d, 1); },
        [&](x86::Assembler& a) { return a.psrld(xmm(d), 1); });
    same(
        "psrlq", [&](Encoder& e) { e.pshift_right(Width::k64, d, 1); },
        [&](x86::Assembler& a) { return a.psrlq(xmm(d), 1); });
  }
}

TEST_F(EncoderTest, FloatMovesComparesConversions) {
  each_fpr_pair(
      "movaps", [](Encoder& e, Fpr d, Fpr s) { e.float_mov(d, s); },
      [](x86::Assembler& a, x86::Xmm d, x86::Xmm s) { return a.movaps(d, s); });
  for (FloatWidth f : kFloatWidths) {
    const bool is_single = f == FloatWidth::k32;
    const uint32_t size = is_single ? 4 : 8;
    each_fpr_pair(
        "ucomis", [&](Encoder& e, Fpr d, Fpr s) { e.ucomis(f, d, s); },
        [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) {
          return is_single ? a.ucomiss(d, s) : a.ucomisd(d, s);
        });
    each_address(
        "ucomis mem", size, [&](Encoder& e, Gpr d, const Mem& m) { e.ucomis(f, Fpr{d.code}, m); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
          return is_single ? a.ucomiss(x86::xmm(d.code), m) : a.ucomisd(x86::xmm(d.code), m);
        });
    each_fpr_pair(
        "cvts2s", [&](Encoder& e, Fpr d, Fpr s) { e.cvts2s(f, d, s); },
        [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) {
          return is_single ? a.cvtss2sd(d, s) : a.cvtsd2ss(d, s);
        });
    each_fpr_pair(
        "vcvts2s", [&](Encoder& e, Fpr d, Fpr s) { e.vcvts2s(f, d, s); },
        [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) {
          return is_single ? a.vcvtss2sd(d, s, s) : a.vcvtsd2ss(d, s, s);
        });
    for (uint8_t mode : {8, 9, 10, 11}) {
      each_fpr_pair(
          "round", [&](Encoder& e, Fpr d, Fpr s) { e.round(f, d, s, mode); },
          [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) {
            return is_single ? a.roundss(d, s, mode) : a.roundsd(d, s, mode);
          });
      each_fpr_pair(
          "vround", [&](Encoder& e, Fpr d, Fpr s) { e.vround(f, d, s, mode); },
          [&](x86::Assembler& a, x86::Xmm d, x86::Xmm s) {
            return is_single ? a.vroundss(d, s, s, mode) : a.vroundsd(d, s, s, mode);
          });
    }
    each_address(
        "float load", size,
        [&](Encoder& e, Gpr d, const Mem& m) { e.float_load(f, Fpr{d.code}, m); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
          return is_single ? a.movss(x86::xmm(d.code), m) : a.movsd(x86::xmm(d.code), m);
        });
    each_address(
        "float store", size,
        [&](Encoder& e, Gpr d, const Mem& m) { e.float_store(f, m, Fpr{d.code}); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
          return is_single ? a.movss(m, x86::xmm(d.code)) : a.movsd(m, x86::xmm(d.code));
        });
    for (Width w : kWidths) {
      for (Gpr g : all_gprs()) {
        for (Fpr x : all_fprs()) {
          same(
              "cvtsi2s", [&](Encoder& e) { e.cvtsi2s(f, w, x, g); },
              [&](x86::Assembler& a) {
                return is_single ? a.cvtsi2ss(xmm(x), gp(w, g)) : a.cvtsi2sd(xmm(x), gp(w, g));
              });
          same(
              "cvtts2si", [&](Encoder& e) { e.cvtts2si(f, w, g, x); },
              [&](x86::Assembler& a) {
                return is_single ? a.cvttss2si(gp(w, g), xmm(x)) : a.cvttsd2si(gp(w, g), xmm(x));
              });
          same(
              "mov to float", [&](Encoder& e) { e.mov(w, x, g); },
              [&](x86::Assembler& a) {
                return w == Width::k32 ? a.movd(xmm(x), gp(w, g)) : a.movq(xmm(x), gp(w, g));
              });
          same(
              "mov from float", [&](Encoder& e) { e.mov(w, g, x); },
              [&](x86::Assembler& a) {
                return w == Width::k32 ? a.movd(gp(w, g), xmm(x)) : a.movq(gp(w, g), xmm(x));
              });
        }
      }
    }
  }
}

}  // namespace
}  // namespace wisp::jit::x64
