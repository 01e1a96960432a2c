// Labels, jump tables, frames of x64::Masm.
//
// A pending label is the head of a list in Masm::fixups_. A jump forward takes 32 bits of
// displacement unless its emitter guesses that the target is near: then it takes 8, and should the
// guess be wrong, the function is compiled again without guesses. That is rare, and short jumps are
// worth it: a compare fuses only with them (Zen 5: 40 % on the sieve of the benchmarks).
#include <cstring>

#include "jit/x64/masm.h"

namespace wisp::jit::x64 {

void Masm::bind(Label& label) {
  const uint32_t here = offset();
  uint32_t number = label.fixup();
  while (number != Label::kNoFixup) {
    const Fixup fixup = fixups_[number];
    number = fixup.next;
    const uint32_t field = fixup.field & ~Fixup::kNear;
    if (field != fixup.field) {
      const uint32_t displacement = here - (field + 1);
      if (displacement > INT8_MAX) has_missed_ = true;
      *buffer_.at(field) = static_cast<uint8_t>(displacement);
    } else {
      const uint32_t displacement = here - (field + 4);
      std::memcpy(buffer_.at(field), &displacement, 4);
    }
  }
  label.bind_to(here);
}

void Masm::jump_if_float_equal(Label& target, Reach reach) {
  uint32_t skip;
  {
    Encoder e(buffer_);
    e.jcc_short(Cc::kParity);
    skip = e.offset() - 1;
  }
  jump_cc(Cc::kEqual, target, reach);
  Encoder e(buffer_);
  e.land(buffer_.at(skip));
}

void Masm::jump_table(Gpr index, Label& table) {
  Encoder e(buffer_);
  e.lea_rip(kScratch, 0);
  note_fixup(table, e.offset() - 4, 0);
  e.movsxd(index, mem(kScratch, index, 2));
  e.alu(Alu::kAdd, Width::k64, index, kScratch);
  e.jmp(index);
}

void Masm::jump_table_entry(uint32_t table, Label& target) {
  Encoder e(buffer_);
  e.word32(target.position() - table);
}

// Every distance inside a text of 1 GiB fits.
bool Masm::patch_call(uint8_t* text, uint32_t position, uint32_t callee) {
  const uint32_t displacement = callee - (position + 4);
  std::memcpy(text + position, &displacement, 4);
  return true;
}

void Masm::align(uint32_t multiple) {
  // The no-ops that Intel's manual recommends, by length.
  static constexpr uint8_t kNops[9][9] = {
      {0x90},
      {0x66, 0x90},
      {0x0f, 0x1f, 0x00},
      {0x0f, 0x1f, 0x40, 0x00},
      {0x0f, 0x1f, 0x44, 0x00, 0x00},
      {0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00},
      {0x0f, 0x1f, 0x80, 0x00, 0x00, 0x00, 0x00},
      {0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
      {0x66, 0x0f, 0x1f, 0x84, 0x00, 0x00, 0x00, 0x00, 0x00},
  };
  WISP_DCHECK(multiple <= 64);
  uint32_t missing = (0 - offset()) % multiple;
  Encoder e(buffer_);
  while (missing != 0) {
    const uint32_t length = missing < 9 ? missing : 9;
    for (uint32_t i = 0; i < length; ++i) e.byte(kNops[length - 1][i]);
    missing -= length;
  }
}

namespace {

// What to subtract so that the stack pointer is aligned behind return address, frame pointer and
// saved registers.
uint32_t room_below_saved(const FrameShape& frame) {
  const auto saved = static_cast<uint32_t>(frame.saved.count()) * 8;
  return ((frame.size_bytes + saved + 15) & ~15u) - saved;
}

}  // namespace

void Masm::prologue(const FrameShape& frame) {
  Encoder e(buffer_);
  e.push(rbp);
  e.mov(Width::k64, rbp, rsp);
  for (RegisterSet rest = frame.saved; !rest.is_empty(); rest.remove(rest.first()))
    e.push(Gpr{rest.first()});
  uint32_t room = room_below_saved(frame);
  if (room > kProbeIntervalBytes) {
    const uint32_t probed = (room - 1) / kProbeIntervalBytes * kProbeIntervalBytes;
    e.lea(Width::k64, kScratch, mem(rsp, -static_cast<int32_t>(probed)));
    const uint32_t loop = e.offset();
    e.alu_imm(Alu::kSub, Width::k64, rsp, kProbeIntervalBytes);
    e.test(Width::k32, mem(rsp), rsp);
    e.alu(Alu::kCmp, Width::k64, rsp, kScratch);
    e.jcc_rel8(Cc::kNotEqual, static_cast<int8_t>(loop - (e.offset() + 2)));
    room -= probed;
  }
  if (room != 0) e.alu_imm(Alu::kSub, Width::k64, rsp, static_cast<int32_t>(room));
}

void Masm::epilogue(const FrameShape& frame) {
  Encoder e(buffer_);
  const uint32_t room = room_below_saved(frame);
  if (frame.saved.is_empty() && room != 0) {
    e.leave();
    return e.ret();
  }
  if (room != 0) e.alu_imm(Alu::kAdd, Width::k64, rsp, static_cast<int32_t>(room));
  for (int code = 15; code >= 0; --code) {
    if (frame.saved.contains(static_cast<uint8_t>(code))) e.pop(Gpr{static_cast<uint8_t>(code)});
  }
  e.pop(rbp);
  e.ret();
}

static_assert(MacroAssembler<Masm>);

}  // namespace wisp::jit::x64
