// Moves, loads and stores of a64::Masm.
#include "jit/a64/masm.h"

namespace wisp::jit::a64 {

using asmjit::a64::ptr;

void Masm::move(Width width, Gpr dst, Gpr src) {
  if (width == Width::k64 && dst == src) return;
  assembler().mov(gp(width, dst), gp(width, src));
}

void Masm::move_imm(Width width, Gpr dst, int64_t value) {
  // asmjit takes the shortest sequence of movz, movn, movk and orr.
  if (width == Width::k32) value = static_cast<uint32_t>(value);
  assembler().mov(gp(width, dst), static_cast<uint64_t>(value));
}

void Masm::float_move(Width width, Fpr dst, Fpr src) {
  if (dst != src) assembler().fmov(vec(width, dst), vec(width, src));
}

void Masm::float_move_imm(Width width, Fpr dst, uint64_t bits) {
  auto& a = assembler();
  if (width == Width::k32) bits = static_cast<uint32_t>(bits);
  if (bits == 0) {
    a.movi(asmjit::a64::VecD(dst.code), 0);
    return;
  }
  const auto scratch = gp(width, kScratch);
  a.mov(scratch, bits);
  a.fmov(vec(width, dst), scratch);
}

void Masm::move_to_float(Width width, Fpr dst, Gpr src) {
  assembler().fmov(vec(width, dst), gp(width, src));
}

void Masm::move_from_float(Width width, Gpr dst, Fpr src) {
  assembler().fmov(gp(width, dst), vec(width, src));
}

asmjit::a64::Mem Masm::operand(const Address& address, unsigned size_log2) {
  WISP_DCHECK(stays_in_reservation<Abi>(address));
  const int64_t disp = address.disp;
  const bool is_near =
      (disp >= -256 && disp < 256) || (disp >= 0 && disp < int64_t{4096} << size_log2 &&
                                       (disp & ((int64_t{1} << size_log2) - 1)) == 0);
  if (address.index == kNoGpr && is_near) return ptr(gpx(address.base), static_cast<int32_t>(disp));
  if (address.index != kNoGpr && disp == 0) return ptr(gpx(address.base), gpx(address.index));
  auto& a = assembler();
  const auto scratch = gpx(kAddressScratch);
  if (address.index == kNoGpr) {
    a.mov(scratch, static_cast<uint64_t>(disp));
  } else if (disp > 0 && (disp < 0x1000 || ((disp & 0xfff) == 0 && disp < 0x1000000))) {
    a.add(scratch, gpx(address.index), disp);
  } else {
    a.mov(scratch, static_cast<uint64_t>(disp));
    a.add(scratch, scratch, gpx(address.index));
  }
  return ptr(gpx(address.base), scratch);
}

void Masm::load(LoadOp op, Gpr dst, const Address& address) {
  constexpr uint8_t kSizes[] = {0, 0, 0, 1, 1, 1, 2, 2, 3};
  const auto m = operand(address, kSizes[static_cast<size_t>(op)]);
  auto& a = assembler();
  switch (op) {
    case LoadOp::k8U:
      a.ldrb(gpw(dst), m);
      return;
    case LoadOp::k8S32:
      a.ldrsb(gpw(dst), m);
      return;
    case LoadOp::k8S64:
      a.ldrsb(gpx(dst), m);
      return;
    case LoadOp::k16U:
      a.ldrh(gpw(dst), m);
      return;
    case LoadOp::k16S32:
      a.ldrsh(gpw(dst), m);
      return;
    case LoadOp::k16S64:
      a.ldrsh(gpx(dst), m);
      return;
    case LoadOp::k32U:
      a.ldr(gpw(dst), m);
      return;
    case LoadOp::k32S64:
      a.ldrsw(gpx(dst), m);
      return;
    case LoadOp::k64:
      a.ldr(gpx(dst), m);
      return;
  }
}

void Masm::store(StoreOp op, const Address& address, Gpr src) {
  const auto m = operand(address, static_cast<unsigned>(op));
  auto& a = assembler();
  switch (op) {
    case StoreOp::k8:
      a.strb(gpw(src), m);
      return;
    case StoreOp::k16:
      a.strh(gpw(src), m);
      return;
    case StoreOp::k32:
      a.str(gpw(src), m);
      return;
    case StoreOp::k64:
      a.str(gpx(src), m);
      return;
  }
}

void Masm::store_imm(StoreOp op, const Address& address, int64_t value) {
  WISP_DCHECK(is_store_imm(op, value));
  const auto m = operand(address, static_cast<unsigned>(op));
  auto& a = assembler();
  switch (op) {
    case StoreOp::k8:
      a.strb(asmjit::a64::wzr, m);
      return;
    case StoreOp::k16:
      a.strh(asmjit::a64::wzr, m);
      return;
    case StoreOp::k32:
      a.str(asmjit::a64::wzr, m);
      return;
    case StoreOp::k64:
      a.str(asmjit::a64::xzr, m);
      return;
  }
}

void Masm::float_load(Width width, Fpr dst, const Address& address) {
  const auto m = operand(address, width == Width::k32 ? 2 : 3);
  assembler().ldr(vec(width, dst), m);
}

void Masm::float_store(Width width, const Address& address, Fpr src) {
  const auto m = operand(address, width == Width::k32 ? 2 : 3);
  assembler().str(vec(width, src), m);
}

void Masm::load_address(Gpr dst, const Address& address) {
  if (address.index == kNoGpr) {
    if (address.disp == 0) return move(Width::k64, dst, address.base);
    return add_imm(Width::k64, dst, address.base, address.disp);
  }
  auto& a = assembler();
  Gpr base = address.base;
  if (base == sp) {
    a.mov(gpx(kAddressScratch), gpx(sp));
    base = kAddressScratch;
  }
  a.add(gpx(dst), gpx(base), gpx(address.index));
  if (address.disp != 0) add_imm(Width::k64, dst, dst, address.disp);
}

}  // namespace wisp::jit::a64
