// Labels, jump tables, frames of a64::Masm.
//
// The chain of a pending label: the displacement field of each instruction that waits for it holds
// the distance back to the instruction before it in the chain, in words; 0 ends the chain.
// Distances, not positions, because the fields are narrow and a buffer holds many functions.
//
// Reach: b and bl 128 MiB; b.cond, cbz and adr 1 MiB. What does not reach is an error of the
// function, latched in the buffer (jit.md, section 6.9, has the remedy for bodies of more than 100
// KB).
#include <cstring>

#include "jit/a64/masm.h"

namespace wisp::jit::a64 {
namespace {

constexpr uint32_t kB = 0x14000000;
constexpr uint32_t kBl = 0x94000000;
constexpr uint32_t kBCond = 0x54000000;
constexpr uint32_t kCbz = 0x34000000;
constexpr uint32_t kAdr = 0x10000000;
constexpr uint32_t kNop = 0xd503201f;

// Where the displacement is: imm26 from bit 0 in b and bl, imm19 from bit 5 in all others (adr: the
// words of its imm21).
struct Field {
  uint32_t shift;
  uint32_t bits;
};
constexpr Field field_of(uint32_t instruction) {
  return (instruction & 0x7c000000) == kB ? Field{0, 26} : Field{5, 19};
}
constexpr uint32_t mask_of(Field field) { return ((uint32_t{1} << field.bits) - 1) << field.shift; }
constexpr bool fits(Field field, int64_t words) {
  const int64_t limit = int64_t{1} << (field.bits - 1);
  return words >= -limit && words < limit;
}

}  // namespace

void Masm::word(uint32_t instruction) {
  uint8_t* cursor = buffer_.reserve();
  std::memcpy(cursor, &instruction, 4);
  buffer_.commit(cursor + 4);
}

void Masm::patch(uint32_t position, uint32_t target) {
  uint32_t instruction;
  std::memcpy(&instruction, buffer_.at(position), 4);
  const Field field = field_of(instruction);
  const int64_t words = (int64_t{target} - int64_t{position}) / 4;
  if (!fits(field, words)) buffer_.fail("branch out of reach");
  instruction = (instruction & ~mask_of(field)) |
                (static_cast<uint32_t>(words) << field.shift & mask_of(field));
  std::memcpy(buffer_.at(position), &instruction, 4);
}

void Masm::link(uint32_t instruction, Label& target) {
  const uint32_t position = offset();
  if (target.is_bound()) {
    word(instruction);
    return patch(position, target.position());
  }
  const Field field = field_of(instruction);
  const uint32_t distance = target.is_pending() ? (position - target.fixup()) / 4 : 0;
  if (distance >> field.bits != 0) buffer_.fail("branch out of reach");
  word(instruction | (distance << field.shift & mask_of(field)));
  target.set_fixup(position);
}

void Masm::bind(Label& label) {
  const uint32_t here = offset();
  uint32_t fixup = label.fixup();
  while (fixup != Label::kNoFixup) {
    uint32_t instruction;
    std::memcpy(&instruction, buffer_.at(fixup), 4);
    const Field field = field_of(instruction);
    const uint32_t distance = (instruction & mask_of(field)) >> field.shift;
    patch(fixup, here);
    fixup = distance == 0 ? Label::kNoFixup : fixup - distance * 4;
  }
  label.bind_to(here);
}

void Masm::jump(Label& target, Reach) { link(kB, target); }

void Masm::jump_cc(Cc cc, Label& target) { link(kBCond | static_cast<uint32_t>(cc), target); }

void Masm::jump_if_zero(Width width, Gpr reg, Label& target) {
  link(kCbz | (width == Width::k64 ? 0x80000000 : 0) | reg.code, target);
}

void Masm::jump_table(Gpr index, Label& table) {
  link(kAdr | kScratch.code, table);
  auto& a = assembler();
  a.ldrsw(gpx(kAddressScratch), asmjit::a64::ptr(gpx(kScratch), gpx(index), asmjit::a64::lsl(2)));
  a.add(gpx(kScratch), gpx(kScratch), gpx(kAddressScratch));
  a.br(gpx(kScratch));
}

void Masm::jump_table_entry(uint32_t table, Label& target) { word(target.position() - table); }

uint32_t Masm::call() {
  const uint32_t position = offset();
  word(kBl);
  return position;
}

bool Masm::patch_call(uint8_t* text, uint32_t position, uint32_t callee) {
  const int64_t words = (int64_t{callee} - int64_t{position}) / 4;
  if (!fits(field_of(kBl), words)) return false;
  const uint32_t instruction = kBl | (static_cast<uint32_t>(words) & mask_of(field_of(kBl)));
  std::memcpy(text + position, &instruction, 4);
  return true;
}

void Masm::call_register(Gpr target) { assembler().blr(gpx(target)); }

void Masm::call_mem(const Address& target) {
  load(LoadOp::k64, kScratch, target);
  assembler().blr(gpx(kScratch));
}

void Masm::jump_register(Gpr target) { assembler().br(gpx(target)); }

void Masm::align(uint32_t multiple) {
  while (offset() % multiple != 0) word(kNop);
}

namespace {

uint32_t room_below_frame_pointer(const FrameShape& frame) {
  const auto saved = static_cast<uint32_t>(frame.saved.count()) * 8;
  return (frame.size_bytes + saved + 15) & ~15u;
}

// The saved registers lie below the frame pointer in ascending order, the first one highest; `each`
// gets (position, register) of a single one or, with a second register, of the pair at that
// position.
template <class Each>
void for_saved_pairs(RegisterSet saved, Each each) {
  int32_t position = 0;
  while (!saved.is_empty()) {
    const Gpr first{saved.first()};
    saved.remove(first.code);
    position -= 8;
    if (saved.is_empty()) return each(position, first, kNoGpr);
    const Gpr second{saved.first()};
    saved.remove(second.code);
    position -= 8;
    each(position, second, first);
  }
}

}  // namespace

void Masm::prologue(const FrameShape& frame) {
  uint32_t room = room_below_frame_pointer(frame);
  {
    auto& a = assembler();
    a.stp(gpx(x29), gpx(x30), asmjit::a64::ptr_pre(gpx(sp), -16));
    a.mov(gpx(x29), gpx(sp));
  }
  if (room > kProbeIntervalBytes) {
    const uint32_t probed = (room - 1) / kProbeIntervalBytes * kProbeIntervalBytes;
    auto& a = assembler();
    a.mov(gpx(kScratch), probed);
    const uint32_t loop = offset();
    a.sub(gpx(sp), gpx(sp), kProbeIntervalBytes);
    a.ldr(asmjit::a64::xzr, asmjit::a64::ptr(gpx(sp)));
    a.subs(gpx(kScratch), gpx(kScratch), kProbeIntervalBytes);
    const uint32_t branch = offset();
    word(kBCond | static_cast<uint32_t>(Cc::kNe));
    patch(branch, loop);
    room -= probed;
  }
  if (room != 0) add_imm(Width::k64, sp, sp, -int64_t{room});
  for_saved_pairs(frame.saved, [&](int32_t position, Gpr low, Gpr high) {
    const auto m = asmjit::a64::ptr(gpx(x29), position);
    high == kNoGpr ? assembler().str(gpx(low), m) : assembler().stp(gpx(low), gpx(high), m);
  });
}

void Masm::epilogue(const FrameShape& frame) {
  for_saved_pairs(frame.saved, [&](int32_t position, Gpr low, Gpr high) {
    const auto m = asmjit::a64::ptr(gpx(x29), position);
    high == kNoGpr ? assembler().ldr(gpx(low), m) : assembler().ldp(gpx(low), gpx(high), m);
  });
  auto& a = assembler();
  if (room_below_frame_pointer(frame) != 0) a.mov(gpx(sp), gpx(x29));
  a.ldp(gpx(x29), gpx(x30), asmjit::a64::ptr_post(gpx(sp), 16));
  a.ret(gpx(x30));
}

static_assert(MacroAssembler<Masm>);

}  // namespace wisp::jit::a64
