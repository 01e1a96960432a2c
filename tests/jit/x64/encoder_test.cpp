// Every integer, memory and control form of x64::Encoder against asmjit, byte for byte: all
// registers, all kinds of addresses, all classes of displacements and immediates. asmjit validates
// its operands here, so a form that no processor has fails too.
#include "tests/jit/x64/encoder_test_support.h"

namespace wisp::jit::x64 {
namespace {

struct AluForm {
  Alu op;
  x86::Inst::Id id;
};
constexpr AluForm kAluForms[] = {{Alu::kAdd, x86::Inst::kIdAdd}, {Alu::kOr, x86::Inst::kIdOr},
                                 {Alu::kAdc, x86::Inst::kIdAdc}, {Alu::kSbb, x86::Inst::kIdSbb},
                                 {Alu::kAnd, x86::Inst::kIdAnd}, {Alu::kSub, x86::Inst::kIdSub},
                                 {Alu::kXor, x86::Inst::kIdXor}, {Alu::kCmp, x86::Inst::kIdCmp}};

TEST_F(EncoderTest, MovesBetweenRegisters) {
  each_gpr_pair(
      "mov", [](Encoder& e, Width w, Gpr d, Gpr s) { e.mov(w, d, s); },
      [](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.mov(d, s); });
  for (Gpr d : all_gprs()) {
    for (Gpr s : all_gprs()) {
      const x86::Gp d32 = gp(Width::k32, d);
      const x86::Gp d64 = gp(Width::k64, d);
      same(
          "movzx8", [&](Encoder& e) { e.movzx8(d, s); },
          [&](x86::Assembler& a) { return a.movzx(d32, x86::gpb_lo(s.code)); });
      same(
          "movzx16", [&](Encoder& e) { e.movzx16(d, s); },
          [&](x86::Assembler& a) { return a.movzx(d32, x86::gpw(s.code)); });
      same(
          "movsxd", [&](Encoder& e) { e.movsxd(d, s); },
          [&](x86::Assembler& a) { return a.movsxd(d64, x86::gpd(s.code)); });
      for (Width w : kWidths) {
        same(
            "movsx8", [&](Encoder& e) { e.movsx8(w, d, s); },
            [&](x86::Assembler& a) { return a.movsx(gp(w, d), x86::gpb_lo(s.code)); });
        same(
            "movsx16", [&](Encoder& e) { e.movsx16(w, d, s); },
            [&](x86::Assembler& a) { return a.movsx(gp(w, d), x86::gpw(s.code)); });
      }
    }
    same(
        "push", [&](Encoder& e) { e.push(d); },
        [&](x86::Assembler& a) { return a.push(gp(Width::k64, d)); });
    same(
        "pop", [&](Encoder& e) { e.pop(d); },
        [&](x86::Assembler& a) { return a.pop(gp(Width::k64, d)); });
  }
}

TEST_F(EncoderTest, MovesOfConstants) {
  for (Gpr d : all_gprs()) {
    for (int32_t value : kImmediates) {
      same(
          "mov r32, imm32", [&](Encoder& e) { e.mov_imm32(d, uint32_t(value)); },
          [&](x86::Assembler& a) { return a.mov(gp(Width::k32, d), value); });
      same(
          "mov r64, simm32", [&](Encoder& e) { e.mov_simm32(d, value); },
          [&](x86::Assembler& a) { return a.mod_mr().mov(gp(Width::k64, d), value); });
      const uint64_t wide = 0x8000000000000001 ^ uint64_t(int64_t{value});
      same(
          "mov r64, imm64", [&](Encoder& e) { e.mov_imm64(d, wide); },
          [&](x86::Assembler& a) { return a.movabs(gp(Width::k64, d), wide); });
    }
  }
}

TEST_F(EncoderTest, LoadsAndStores) {
  for (Width w : kWidths) {
    const uint32_t size = w == Width::k32 ? 4 : 8;
    each_address(
        "load", size, [&](Encoder& e, Gpr d, const Mem& m) { e.load(w, d, m); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.mov(gp(w, d), m); });
    each_address(
        "store", size, [&](Encoder& e, Gpr d, const Mem& m) { e.store(w, m, d); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.mov(m, gp(w, d)); });
    each_address(
        "movsx8", 1, [&](Encoder& e, Gpr d, const Mem& m) { e.movsx8(w, d, m); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.movsx(gp(w, d), m); });
    each_address(
        "movsx16", 2, [&](Encoder& e, Gpr d, const Mem& m) { e.movsx16(w, d, m); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.movsx(gp(w, d), m); });
    for (int32_t value : kImmediates) {
      for (const Mem& m : {mem(rax), mem(rsp, 8), mem(r13, 1000), mem(rbx, r9, 2, -8)}) {
        same(
            "store_imm", [&](Encoder& e) { e.store_imm(w, m, value); },
            [&](x86::Assembler& a) { return a.mov(operand(m, size), value); });
      }
    }
  }
  each_address(
      "movzx8", 1, [](Encoder& e, Gpr d, const Mem& m) { e.movzx8(d, m); },
      [](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.movzx(gp(Width::k32, d), m); });
  each_address(
      "movzx16", 2, [](Encoder& e, Gpr d, const Mem& m) { e.movzx16(d, m); },
      [](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.movzx(gp(Width::k32, d), m); });
  each_address(
      "movsxd", 4, [](Encoder& e, Gpr d, const Mem& m) { e.movsxd(d, m); },
      [](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.movsxd(gp(Width::k64, d), m); });
  each_address(
      "store8", 1, [](Encoder& e, Gpr d, const Mem& m) { e.store8(m, d); },
      [](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.mov(m, x86::gpb_lo(d.code)); });
  each_address(
      "store16", 2, [](Encoder& e, Gpr d, const Mem& m) { e.store16(m, d); },
      [](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.mov(m, x86::gpw(d.code)); });
  for (int value : {0, 1, 0x7f, 0x80, 0xff}) {
    each_address(
        "store8_imm", 1, [&](Encoder& e, Gpr, const Mem& m) { e.store8_imm(m, uint8_t(value)); },
        [&](x86::Assembler& a, Gpr, const x86::Mem& m) { return a.mov(m, value); });
    each_address(
        "store16_imm", 2,
        [&](Encoder& e, Gpr, const Mem& m) { e.store16_imm(m, uint16_t(value * 0x101)); },
        [&](x86::Assembler& a, Gpr, const x86::Mem& m) { return a.mov(m, value * 0x101); });
  }
}

TEST_F(EncoderTest, AllAddressesWithAllRegisters) {
  for (Width w : kWidths) {
    for (const Mem& m : all_addresses()) {
      for (Gpr d : all_gprs()) {
        same(
            "lea", [&](Encoder& e) { e.lea(w, d, m); },
            [&](x86::Assembler& a) { return a.lea(gp(w, d), operand(m, 0)); });
      }
    }
    for (Gpr d : all_gprs()) {
      for (Gpr index : all_gprs()) {
        if (index == rsp) continue;
        for (uint8_t scale = 0; scale < 4; ++scale) {
          for (int32_t displacement : kDisplacements) {
            const Mem m = mem(kNoGpr, index, scale, displacement);
            same(
                "lea without base", [&](Encoder& e) { e.lea(w, d, m); },
                [&](x86::Assembler& a) { return a.lea(gp(w, d), operand(m, 0)); });
          }
        }
      }
    }
  }
}

TEST_F(EncoderTest, ArithmeticLogicUnit) {
  for (const AluForm& form : kAluForms) {
    each_gpr_pair(
        "alu", [&](Encoder& e, Width w, Gpr d, Gpr s) { e.alu(form.op, w, d, s); },
        [&](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.emit(form.id, d, s); });
    for (Width w : kWidths) {
      const uint32_t size = w == Width::k32 ? 4 : 8;
      each_address(
          "alu mem", size, [&](Encoder& e, Gpr d, const Mem& m) { e.alu(form.op, w, d, m); },
          [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
            return a.emit(form.id, gp(w, d), m);
          });
      each_address(
          "alu to mem", size,
          [&](Encoder& e, Gpr d, const Mem& m) { e.alu_store(form.op, w, m, d); },
          [&](x86::Assembler& a, Gpr d, const x86::Mem& m) {
            return a.emit(form.id, m, gp(w, d));
          });
      for (int32_t value : kImmediates) {
        for (Gpr d : all_gprs()) {
          same(
              "alu imm", [&](Encoder& e) { e.alu_imm(form.op, w, d, value); },
              [&](x86::Assembler& a) { return a.emit(form.id, gp(w, d), asmjit::Imm(value)); });
        }
        for (const Mem& m :
             {mem(rax), mem(rsp, 8), mem(r13, 1000), mem(rbp), mem(r12), mem(rbx, r9, 2, -8)}) {
          same(
              "alu mem imm", [&](Encoder& e) { e.alu_imm(form.op, w, m, value); },
              [&](x86::Assembler& a) {
                return a.emit(form.id, operand(m, size), asmjit::Imm(value));
              });
        }
      }
    }
  }
}

TEST_F(EncoderTest, TestsAndMultiplications) {
  each_gpr_pair(
      "test", [](Encoder& e, Width w, Gpr d, Gpr s) { e.test(w, d, s); },
      [](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.test(d, s); });
  each_gpr_pair(
      "imul", [](Encoder& e, Width w, Gpr d, Gpr s) { e.imul(w, d, s); },
      [](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.imul(d, s); });
  for (int32_t value : kImmediates) {
    each_gpr_pair(
        "imul imm", [&](Encoder& e, Width w, Gpr d, Gpr s) { e.imul_imm(w, d, s, value); },
        [&](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.imul(d, s, value); });
    for (Gpr d : all_gprs()) {
      for (Width w : kWidths) {
        same(
            "test imm", [&](Encoder& e) { e.test_imm(w, d, value); },
            [&](x86::Assembler& a) { return a.test(gp(w, d), value); });
      }
      same(
          "test8 imm", [&](Encoder& e) { e.test8_imm(d, uint8_t(value)); },
          [&](x86::Assembler& a) { return a.test(x86::gpb_lo(d.code), uint8_t(value)); });
    }
  }
  for (Width w : kWidths) {
    const uint32_t size = w == Width::k32 ? 4 : 8;
    each_address(
        "imul mem", size, [&](Encoder& e, Gpr d, const Mem& m) { e.imul(w, d, m); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.imul(gp(w, d), m); });
    each_address(
        "test mem", size, [&](Encoder& e, Gpr d, const Mem& m) { e.test(w, m, d); },
        [&](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.test(m, gp(w, d)); });
    same(
        "cdq", [&](Encoder& e) { e.cdq(w); },
        [&](x86::Assembler& a) { return w == Width::k32 ? a.cdq() : a.cqo(); });
  }
}

TEST_F(EncoderTest, UnaryAndShifts) {
  constexpr std::pair<Unary, x86::Inst::Id> kUnary[] = {
      {Unary::kNot, x86::Inst::kIdNot}, {Unary::kNeg, x86::Inst::kIdNeg},
      {Unary::kMul, x86::Inst::kIdMul}, {Unary::kImul, x86::Inst::kIdImul},
      {Unary::kDiv, x86::Inst::kIdDiv}, {Unary::kIdiv, x86::Inst::kIdIdiv}};
  constexpr std::pair<Shift, x86::Inst::Id> kShifts[] = {{Shift::kRol, x86::Inst::kIdRol},
                                                         {Shift::kRor, x86::Inst::kIdRor},
                                                         {Shift::kShl, x86::Inst::kIdShl},
                                                         {Shift::kShr, x86::Inst::kIdShr},
                                                         {Shift::kSar, x86::Inst::kIdSar}};
  constexpr std::pair<ShiftX, x86::Inst::Id> kShiftX[] = {{ShiftX::kShlx, x86::Inst::kIdShlx},
                                                          {ShiftX::kShrx, x86::Inst::kIdShrx},
                                                          {ShiftX::kSarx, x86::Inst::kIdSarx}};
  for (Width w : kWidths) {
    for (Gpr d : all_gprs()) {
      // With one operand asmjit's mul, imul, div and idiv name the implicit registers as well.
      for (const auto& each : kUnary) {
        const auto op = each.first;  // lambdas cannot take a binding with them, says clang 14
        const auto id = each.second;
        same(
            "unary", [&](Encoder& e) { e.unary(op, w, d); },
            [&](x86::Assembler& a) {
              if (op == Unary::kNot || op == Unary::kNeg) return a.emit(id, gp(w, d));
              return a.emit(id, gp(w, rdx), gp(w, rax), gp(w, d));
            });
      }
      same(
          "inc", [&](Encoder& e) { e.inc(w, d); },
          [&](x86::Assembler& a) { return a.inc(gp(w, d)); });
      same(
          "dec", [&](Encoder& e) { e.dec(w, d); },
          [&](x86::Assembler& a) { return a.dec(gp(w, d)); });
      for (const auto& each : kShifts) {
        const auto op = each.first;
        const auto id = each.second;
        for (int count = 0; count < (w == Width::k32 ? 32 : 64); ++count) {
          same(
              "shift imm", [&](Encoder& e) { e.shift_imm(op, w, d, uint8_t(count)); },
              [&](x86::Assembler& a) { return a.emit(id, gp(w, d), asmjit::Imm(count)); });
        }
        same(
            "shift cl", [&](Encoder& e) { e.shift_cl(op, w, d); },
            [&](x86::Assembler& a) { return a.emit(id, gp(w, d), x86::cl); });
      }
      for (Gpr s : all_gprs()) {
        for (const auto& each : kShiftX) {
          const auto op = each.first;
          const auto id = each.second;
          for (Gpr count : all_gprs()) {
            same(
                "shiftx", [&](Encoder& e) { e.shiftx(op, w, d, s, count); },
                [&](x86::Assembler& a) { return a.emit(id, gp(w, d), gp(w, s), gp(w, count)); });
          }
        }
        same(
            "rorx", [&](Encoder& e) { e.rorx(w, d, s, 13); },
            [&](x86::Assembler& a) { return a.rorx(gp(w, d), gp(w, s), 13); });
      }
    }
  }
}

TEST_F(EncoderTest, BitScansAndConditions) {
  constexpr std::pair<BitScan, x86::Inst::Id> kScans[] = {{BitScan::kBsf, x86::Inst::kIdBsf},
                                                          {BitScan::kBsr, x86::Inst::kIdBsr},
                                                          {BitScan::kTzcnt, x86::Inst::kIdTzcnt},
                                                          {BitScan::kLzcnt, x86::Inst::kIdLzcnt},
                                                          {BitScan::kPopcnt, x86::Inst::kIdPopcnt}};
  for (const auto& each : kScans) {
    const auto op = each.first;
    const auto id = each.second;
    each_gpr_pair(
        "bit scan", [&](Encoder& e, Width w, Gpr d, Gpr s) { e.bit_scan(op, w, d, s); },
        [&](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.emit(id, d, s); });
  }
  for (unsigned code = 0; code < 16; ++code) {
    const Cc cc = static_cast<Cc>(code);
    // asmjit's own codes; both orders are Intel's but for an offset.
    constexpr x86::CondCode kCodes[] = {
        x86::CondCode::kO, x86::CondCode::kNO, x86::CondCode::kB,  x86::CondCode::kAE,
        x86::CondCode::kE, x86::CondCode::kNE, x86::CondCode::kBE, x86::CondCode::kA,
        x86::CondCode::kS, x86::CondCode::kNS, x86::CondCode::kP,  x86::CondCode::kNP,
        x86::CondCode::kL, x86::CondCode::kGE, x86::CondCode::kLE, x86::CondCode::kG};
    const auto cond = kCodes[code];
    each_gpr_pair(
        "cmov", [&](Encoder& e, Width w, Gpr d, Gpr s) { e.cmov(w, cc, d, s); },
        [&](x86::Assembler& a, x86::Gp d, x86::Gp s) { return a.cmov(cond, d, s); });
    for (Gpr d : all_gprs()) {
      same(
          "setcc", [&](Encoder& e) { e.setcc(cc, d); },
          [&](x86::Assembler& a) { return a.set(cond, x86::gpb_lo(d.code)); });
    }
    same(
        "jcc rel8", [&](Encoder& e) { e.jcc_rel8(cc, -2); },
        [&](x86::Assembler& a) {
          const asmjit::Label label = a.newLabel();
          a.bind(label);
          return a.j(cond, label);
        });
    same(
        "jcc rel32", [&](Encoder& e) { e.jcc_rel32(cc, -6); },
        [&](x86::Assembler& a) {
          const asmjit::Label label = a.newLabel();
          a.bind(label);
          return a.long_().j(cond, label);
        });
  }
  each_address(
      "cmov mem", 8, [](Encoder& e, Gpr d, const Mem& m) { e.cmov(Width::k64, Cc::kLess, d, m); },
      [](x86::Assembler& a, Gpr d, const x86::Mem& m) { return a.cmovl(gp(Width::k64, d), m); });
}

TEST_F(EncoderTest, Control) {
  for (Gpr r : all_gprs()) {
    same(
        "call reg", [&](Encoder& e) { e.call(r); },
        [&](x86::Assembler& a) { return a.call(gp(Width::k64, r)); });
    same(
        "jmp reg", [&](Encoder& e) { e.jmp(r); },
        [&](x86::Assembler& a) { return a.jmp(gp(Width::k64, r)); });
    same(
        "lea rip", [&](Encoder& e) { e.lea_rip(r, -7); },
        [&](x86::Assembler& a) {
          const asmjit::Label label = a.newLabel();
          a.bind(label);
          return a.lea(gp(Width::k64, r), x86::ptr(label));
        });
  }
  each_address(
      "call mem", 8, [](Encoder& e, Gpr, const Mem& m) { e.call(m); },
      [](x86::Assembler& a, Gpr, const x86::Mem& m) { return a.call(m); });
  each_address(
      "jmp mem", 8, [](Encoder& e, Gpr, const Mem& m) { e.jmp(m); },
      [](x86::Assembler& a, Gpr, const x86::Mem& m) { return a.jmp(m); });
  const auto backward = [](bool is_long) {
    return [is_long](x86::Assembler& a) {
      const asmjit::Label label = a.newLabel();
      a.bind(label);
      return is_long ? a.long_().jmp(label) : a.jmp(label);
    };
  };
  same(
      "jmp rel8", [](Encoder& e) { e.jmp_rel8(-2); }, backward(false));
  same(
      "jmp rel32", [](Encoder& e) { e.jmp_rel32(-5); }, backward(true));
  same(
      "call rel32", [](Encoder& e) { e.call_rel32(-5); },
      [](x86::Assembler& a) {
        const asmjit::Label label = a.newLabel();
        a.bind(label);
        return a.call(label);
      });
  same(
      "ret", [](Encoder& e) { e.ret(); }, [](x86::Assembler& a) { return a.ret(); });
  same(
      "leave", [](Encoder& e) { e.leave(); }, [](x86::Assembler& a) { return a.leave(); });
  same(
      "ud2", [](Encoder& e) { e.ud2(); }, [](x86::Assembler& a) { return a.ud2(); });
}

}  // namespace
}  // namespace wisp::jit::x64
