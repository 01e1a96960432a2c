// Raw encoders of the hot x86-64 forms, inline; about 2 ns an instruction where asmjit's assembler
// takes 16.
//
// External interface: Encoder, a short-lived writer: made from an EmitBuffer, it reserves the
// headroom, and its destructor commits what was written. asmjit's assembler must not be used while
// one is alive. Operand order is Intel's: destination first. Each form yields exactly the bytes
// that asmjit yields (tests/jit/x64/encoder_test.cpp compares them all).
//
// Prefixes are written without branching: a REX byte is always stored, and the cursor steps over it
// if it says something.
#pragma once

#include <cstdint>
#include <cstring>

#include "jit/compiler/emit_buffer.h"
#include "jit/x64/abi.h"

namespace wisp::jit::x64 {

enum class FloatWidth : uint8_t { k32 = 0xf3, k64 = 0xf2 };  // the mandatory prefix of scalar SSE

// [base + index << scale_log2 + displacement]; without a base the displacement takes 32 bits.
struct Mem {
  Gpr base;
  Gpr index = kNoGpr;
  uint8_t scale_log2 = 0;
  int32_t displacement = 0;
};
constexpr Mem mem(Gpr base, int32_t displacement = 0) { return {base, kNoGpr, 0, displacement}; }
constexpr Mem mem(Gpr base, Gpr index, uint8_t scale_log2 = 0, int32_t displacement = 0) {
  return {base, index, scale_log2, displacement};
}

// The operation's number in the opcode map of the eight classic ALU instructions.
enum class Alu : uint8_t {
  kAdd = 0,
  kOr = 1,
  kAdc = 2,
  kSbb = 3,
  kAnd = 4,
  kSub = 5,
  kXor = 6,
  kCmp = 7
};
enum class Shift : uint8_t { kRol = 0, kRor = 1, kShl = 4, kShr = 5, kSar = 7 };
// BMI2 shifts by their mandatory prefix.
enum class ShiftX : uint8_t { kShlx = 1, kSarx = 2, kShrx = 3 };
enum class Unary : uint8_t { kNot = 2, kNeg = 3, kMul = 4, kImul = 5, kDiv = 6, kIdiv = 7 };
enum class BitScan : uint16_t {
  kBsf = 0x00bc,
  kBsr = 0x00bd,
  kTzcnt = 0xf3bc,
  kLzcnt = 0xf3bd,
  kPopcnt = 0xf3b8
};
// Scalar SSE2 arithmetic by its second opcode byte.
enum class FloatOp : uint8_t {
  kSqrt = 0x51,
  kAdd = 0x58,
  kMul = 0x59,
  kSub = 0x5c,
  kMin = 0x5d,
  kDiv = 0x5e,
  kMax = 0x5f
};
// Bitwise operations on whole registers (the ps forms: shortest).
enum class FloatBits : uint8_t { kAnd = 0x54, kAndNot = 0x55, kOr = 0x56, kXor = 0x57 };

// Condition codes of jcc, setcc and cmovcc.
enum class Cc : uint8_t {
  kOverflow = 0,
  kNoOverflow = 1,
  kBelow = 2,
  kAboveEqual = 3,
  kEqual = 4,
  kNotEqual = 5,
  kBelowEqual = 6,
  kAbove = 7,
  kSign = 8,
  kNoSign = 9,
  kParity = 10,
  kNoParity = 11,
  kLess = 12,
  kGreaterEqual = 13,
  kLessEqual = 14,
  kGreater = 15,
};
constexpr Cc negate(Cc cc) { return static_cast<Cc>(static_cast<uint8_t>(cc) ^ 1); }

constexpr bool fits_int8(int64_t value) { return value == static_cast<int8_t>(value); }
constexpr bool fits_int32(int64_t value) { return value == static_cast<int32_t>(value); }

// An opcode with a memory operand: the REX prefix without registers, the bytes of the opcode, in
// the highest byte the number of the bit where ModRM begins.
using Form = uint32_t;
constexpr Form plain(Width w, unsigned opcode) {
  return 16u << 24 | opcode << 8 | 0x40 | static_cast<unsigned>(w) << 3;
}
constexpr Form escaped(Width w, unsigned opcode) {
  return 24u << 24 | (opcode << 8 | 0x0f) << 8 | 0x40 | static_cast<unsigned>(w) << 3;
}

class Encoder {
 public:
  explicit Encoder(EmitBuffer& buffer) : buffer_(buffer), cursor_(buffer.reserve()) {}
  ~Encoder() { buffer_.commit(cursor_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  // Lets others write to the buffer in between.
  void pause() { buffer_.commit(cursor_); }
  void resume() { cursor_ = buffer_.reserve(); }

  uint32_t offset() { return static_cast<uint32_t>(cursor_ - buffer_.at(0)); }

  // --- moves ---
  void mov(Width w, Gpr d, Gpr s) { op_rr(w, 0x89, s.code, d.code); }
  // Zero-extends into 64 bits.
  void mov_imm32(Gpr d, uint32_t value) {
    rex(0, 0, 0, d.code);
    byte(0xb8 | (d.code & 7));
    word32(value);
  }
  void mov_simm32(Gpr d, int32_t value) {  // sign-extends
    rex(1, 0, 0, d.code);
    byte(0xc7);
    modrm_rr(0, d.code);
    word32(static_cast<uint32_t>(value));
  }
  void mov_imm64(Gpr d, uint64_t value) {
    rex(1, 0, 0, d.code);
    byte(0xb8 | (d.code & 7));
    word64(value);
  }
  void load(Width w, Gpr d, const Mem& m) { op_rm(w, 0x8b, d.code, m); }
  // Any of them by a table; with a base.
  void load(LoadOp op, Gpr d, const Mem m) {
    static constexpr Form kForms[] = {
        escaped(Width::k32, 0xb6), escaped(Width::k32, 0xbe), escaped(Width::k64, 0xbe),
        escaped(Width::k32, 0xb7), escaped(Width::k32, 0xbf), escaped(Width::k64, 0xbf),
        plain(Width::k32, 0x8b),   plain(Width::k64, 0x63),   plain(Width::k64, 0x8b)};
    put_mem(kForms[static_cast<size_t>(op)], d.code, m);
  }
  void store(Width w, const Mem& m, Gpr s) { op_rm(w, 0x89, s.code, m); }
  void store8(const Mem& m, Gpr s) {
    // An empty REX prefix where none would come.
    if (is_low_byte_ambiguous(s) && !is_extended(m.base) && !is_extended(m.index)) byte(0x40);
    op_rm(Width::k32, 0x88, s.code, m);
  }
  void store16(const Mem& m, Gpr s) {
    byte(0x66);
    op_rm(Width::k32, 0x89, s.code, m);
  }
  void store8_imm(const Mem& m, uint8_t value) {
    op_rm(Width::k32, 0xc6, 0, m);
    byte(value);
  }
  void store16_imm(const Mem& m, uint16_t value) {
    byte(0x66);
    op_rm(Width::k32, 0xc7, 0, m);
    byte(value & 0xff);
    byte(value >> 8);
  }
  void store_imm(Width w, const Mem& m, int32_t value) {  // 64 bits: sign-extended
    op_rm(w, 0xc7, 0, m);
    word32(static_cast<uint32_t>(value));
  }
  void movzx8(Gpr d, Gpr s) { op0f_r8(Width::k32, 0xb6, d, s); }
  void movzx16(Gpr d, Gpr s) { op0f_rr(Width::k32, 0xb7, d.code, s.code); }
  void movsx8(Width w, Gpr d, Gpr s) { op0f_r8(w, 0xbe, d, s); }
  void movsx16(Width w, Gpr d, Gpr s) { op0f_rr(w, 0xbf, d.code, s.code); }
  void movsxd(Gpr d, Gpr s) { op_rr(Width::k64, 0x63, d.code, s.code); }
  void movzx8(Gpr d, const Mem& m) { op0f_rm(Width::k32, 0xb6, d.code, m); }
  void movzx16(Gpr d, const Mem& m) { op0f_rm(Width::k32, 0xb7, d.code, m); }
  void movsx8(Width w, Gpr d, const Mem& m) { op0f_rm(w, 0xbe, d.code, m); }
  void movsx16(Width w, Gpr d, const Mem& m) { op0f_rm(w, 0xbf, d.code, m); }
  void movsxd(Gpr d, const Mem& m) { op_rm(Width::k64, 0x63, d.code, m); }
  void lea(Width w, Gpr d, const Mem& m) { op_rm(w, 0x8d, d.code, m); }
  void push(Gpr r) { rex(0, 0, 0, r.code), byte(0x50 | (r.code & 7)); }
  void pop(Gpr r) { rex(0, 0, 0, r.code), byte(0x58 | (r.code & 7)); }
  void cmov(Width w, Cc cc, Gpr d, Gpr s) { op0f_rr(w, 0x40 | code(cc), d.code, s.code); }
  void cmov(Width w, Cc cc, Gpr d, const Mem& m) { op0f_rm(w, 0x40 | code(cc), d.code, m); }

  // --- integer arithmetic ---
  void alu(Alu op, Width w, Gpr d, Gpr s) { op_rr(w, alu_code(op) + 1, s.code, d.code); }
  void alu(Alu op, Width w, Gpr d, const Mem& m) { op_rm(w, alu_code(op) + 3, d.code, m); }
  void alu_store(Alu op, Width w, const Mem& m, Gpr s) { op_rm(w, alu_code(op) + 1, s.code, m); }
  void alu_imm(Alu op, Width w, Gpr d, int32_t value) {
    rex(bit(w), 0, 0, d.code);
    if (fits_int8(value)) {
      byte(0x83);
      modrm_rr(static_cast<uint8_t>(op), d.code);
      byte(static_cast<uint8_t>(value));
    } else {
      if (d.code == 0) {
        byte(alu_code(op) + 5);
      } else {
        byte(0x81);
        modrm_rr(static_cast<uint8_t>(op), d.code);
      }
      word32(static_cast<uint32_t>(value));
    }
  }
  void alu_imm(Alu op, Width w, const Mem& m, int32_t value) {
    const bool is_short = fits_int8(value);
    op_rm(w, is_short ? 0x83 : 0x81, static_cast<uint8_t>(op), m);
    if (is_short)
      byte(static_cast<uint8_t>(value));
    else
      word32(static_cast<uint32_t>(value));
  }
  void test(Width w, Gpr a, Gpr b) { op_rr(w, 0x85, b.code, a.code); }
  void test_imm(Width w, Gpr d, int32_t value) {
    rex(bit(w), 0, 0, d.code);
    if (d.code == 0) {
      byte(0xa9);
    } else {
      byte(0xf7);
      modrm_rr(0, d.code);
    }
    word32(static_cast<uint32_t>(value));
  }
  void test8_imm(Gpr d, uint8_t value) {
    rex(0, 0, 0, d.code, is_low_byte_ambiguous(d));
    if (d.code == 0) {
      byte(0xa8);
    } else {
      byte(0xf6);
      modrm_rr(0, d.code);
    }
    byte(value);
  }
  void test(Width w, const Mem& m, Gpr r) { op_rm(w, 0x85, r.code, m); }
  void imul(Width w, Gpr d, Gpr s) { op0f_rr(w, 0xaf, d.code, s.code); }
  void imul(Width w, Gpr d, const Mem& m) { op0f_rm(w, 0xaf, d.code, m); }
  void imul_imm(Width w, Gpr d, Gpr s, int32_t value) {
    const bool is_short = fits_int8(value);
    op_rr(w, is_short ? 0x6b : 0x69, d.code, s.code);
    if (is_short)
      byte(static_cast<uint8_t>(value));
    else
      word32(static_cast<uint32_t>(value));
  }
  void unary(Unary op, Width w, Gpr r) { op_rr(w, 0xf7, static_cast<uint8_t>(op), r.code); }
  void inc(Width w, Gpr r) { op_rr(w, 0xff, 0, r.code); }
  void dec(Width w, Gpr r) { op_rr(w, 0xff, 1, r.code); }
  void unary(Unary op, Width w, const Mem& m) { op_rm(w, 0xf7, static_cast<uint8_t>(op), m); }
  // Sign of eax / rax into edx / rdx.
  void cdq(Width w) { rex(bit(w), 0, 0, 0), byte(0x99); }
  void shift_imm(Shift op, Width w, Gpr d, uint8_t count) {
    if (count == 1) {
      op_rr(w, 0xd1, static_cast<uint8_t>(op), d.code);
    } else {
      op_rr(w, 0xc1, static_cast<uint8_t>(op), d.code);
      byte(count);
    }
  }
  void shift_cl(Shift op, Width w, Gpr d) { op_rr(w, 0xd3, static_cast<uint8_t>(op), d.code); }
  // BMI2: no flags, any count register.
  void shiftx(ShiftX op, Width w, Gpr d, Gpr s, Gpr count) {
    vex3(2, static_cast<uint8_t>(op), bit(w), d.code, s.code, count.code);
    byte(0xf7);
    modrm_rr(d.code, s.code);
  }
  void rorx(Width w, Gpr d, Gpr s, uint8_t count) {
    vex3(3, 3, bit(w), d.code, s.code, 0);
    byte(0xf0);
    modrm_rr(d.code, s.code);
    byte(count);
  }
  void bit_scan(BitScan op, Width w, Gpr d, Gpr s) {
    mandatory(static_cast<uint16_t>(op) >> 8);
    op0f_rr(w, static_cast<uint8_t>(op), d.code, s.code);
  }
  void setcc(Cc cc, Gpr d) {
    rex(0, 0, 0, d.code, is_low_byte_ambiguous(d));
    byte(0x0f);
    byte(0x90 | code(cc));
    modrm_rr(0, d.code);
  }

  // --- control ---
  // Those with a displacement take it relative to the end of the instruction.
  void jmp_rel8(int8_t displacement) { byte(0xeb), byte(static_cast<uint8_t>(displacement)); }
  void jmp_rel32(int32_t displacement) { byte(0xe9), word32(static_cast<uint32_t>(displacement)); }
  void jcc_rel8(Cc cc, int8_t displacement) {
    byte(0x70 | code(cc)), byte(static_cast<uint8_t>(displacement));
  }
  void jcc_rel32(Cc cc, int32_t displacement) {
    byte(0x0f);
    byte(0x80 | code(cc));
    word32(static_cast<uint32_t>(displacement));
  }
  void call_rel32(int32_t displacement) { byte(0xe8), word32(static_cast<uint32_t>(displacement)); }
  void call(Gpr r) { op_rr(Width::k32, 0xff, 2, r.code); }
  void call(const Mem& m) { op_rm(Width::k32, 0xff, 2, m); }
  void jmp(Gpr r) { op_rr(Width::k32, 0xff, 4, r.code); }
  void jmp(const Mem& m) { op_rm(Width::k32, 0xff, 4, m); }
  void lea_rip(Gpr d, int32_t displacement) {
    rex(1, d.code, 0, 0);
    byte(0x8d);
    byte(static_cast<uint8_t>((d.code & 7) << 3 | 5));
    word32(static_cast<uint32_t>(displacement));
  }
  void ret() { byte(0xc3); }
  void leave() { byte(0xc9); }
  void ud2() { byte(0x0f), byte(0x0b); }

  // --- floating point ---
  void float_mov(Fpr d, Fpr s) {
    sse_rr(0, 0, 0x28, d.code, s.code);
  }  // movaps: no dependence on d
  void float_load(FloatWidth f, Fpr d, const Mem& m) { sse_rm(prefix(f), 0x10, d.code, m); }
  void float_store(FloatWidth f, const Mem& m, Fpr s) { sse_rm(prefix(f), 0x11, s.code, m); }
  void float_op(FloatOp op, FloatWidth f, Fpr d, Fpr s) {
    sse_rr(prefix(f), 0, static_cast<uint8_t>(op), d.code, s.code);
  }
  void float_op(FloatOp op, FloatWidth f, Fpr d, const Mem& m) {
    sse_rm(prefix(f), static_cast<uint8_t>(op), d.code, m);
  }
  void float_bits(FloatBits op, Fpr d, Fpr s) {
    sse_rr(0, 0, static_cast<uint8_t>(op), d.code, s.code);
  }
  void ucomis(FloatWidth f, Fpr a, Fpr b) { sse_rr(packed(f), 0, 0x2e, a.code, b.code); }
  void ucomis(FloatWidth f, Fpr a, const Mem& m) { sse_rm(packed(f), 0x2e, a.code, m); }
  void cvtsi2s(FloatWidth f, Width w, Fpr d, Gpr s) {
    sse_rr(prefix(f), bit(w), 0x2a, d.code, s.code);
  }
  void cvtts2si(FloatWidth f, Width w, Gpr d, Fpr s) {
    sse_rr(prefix(f), bit(w), 0x2c, d.code, s.code);
  }
  // `from` is the width of the source; the destination has the other one.
  void cvts2s(FloatWidth from, Fpr d, Fpr s) { sse_rr(prefix(from), 0, 0x5a, d.code, s.code); }
  // movd / movq between banks.
  void mov(Width w, Fpr d, Gpr s) { sse_rr(0x66, bit(w), 0x6e, d.code, s.code); }
  void mov(Width w, Gpr d, Fpr s) { sse_rr(0x66, bit(w), 0x7e, s.code, d.code); }
  // SSE4.1 roundss / roundsd; mode 8|0 nearest, 8|1 down, 8|2 up, 8|3 towards zero.
  void round(FloatWidth f, Fpr d, Fpr s, uint8_t mode) {
    byte(0x66);
    rex(0, d.code, 0, s.code);
    byte(0x0f), byte(0x3a), byte(f == FloatWidth::k32 ? 0x0a : 0x0b);
    modrm_rr(d.code, s.code);
    byte(mode);
  }
  // Shifts each lane of the given width left or right: with pcmpeqd, masks without memory.
  void pshift_left(Width lane, Fpr d, uint8_t count) { pshift(lane, 6, d, count); }
  void pshift_right(Width lane, Fpr d, uint8_t count) { pshift(lane, 2, d, count); }
  void pcmpeqd(Fpr d, Fpr s) { sse_rr(0x66, 0, 0x76, d.code, s.code); }

  // AVX: three operands, and the rest of d comes from `l`, so that there is no dependence on d.
  void vfloat_op(FloatOp op, FloatWidth f, Fpr d, Fpr l, Fpr r) {
    vex(vex_prefix(f), d.code, l.code, r.code);
    byte(static_cast<uint8_t>(op));
    modrm_rr(d.code, r.code);
  }
  void vfloat_op(FloatOp op, FloatWidth f, Fpr d, Fpr l, const Mem& m) {
    vex_mem(vex_prefix(f), d.code, l.code, m);
    byte(static_cast<uint8_t>(op));
    modrm_mem(d.code, m);
  }
  void vround(FloatWidth f, Fpr d, Fpr s, uint8_t mode) {
    vex3(3, 1, 0, d.code, s.code, s.code);
    byte(f == FloatWidth::k32 ? 0x0a : 0x0b);
    modrm_rr(d.code, s.code);
    byte(mode);
  }
  void vcvts2s(FloatWidth from, Fpr d, Fpr s) {
    vex(vex_prefix(from), d.code, s.code, s.code);
    byte(0x5a);
    modrm_rr(d.code, s.code);
  }

  // Short jumps inside one primitive: the place of the displacement, to be filled by `land`.
  uint8_t* jcc_short(Cc cc) {
    jcc_rel8(cc, 0);
    return cursor_ - 1;
  }
  uint8_t* jmp_short() {
    jmp_rel8(0);
    return cursor_ - 1;
  }
  void land(uint8_t* displacement) {
    *displacement = static_cast<uint8_t>(cursor_ - (displacement + 1));
  }

  void byte(unsigned value) { *cursor_++ = static_cast<uint8_t>(value); }
  void word32(uint32_t value) { std::memcpy(cursor_, &value, 4), cursor_ += 4; }
  void word64(uint64_t value) { std::memcpy(cursor_, &value, 8), cursor_ += 8; }

 private:
  static constexpr unsigned bit(Width w) { return static_cast<unsigned>(w); }
  static constexpr unsigned code(Cc cc) { return static_cast<unsigned>(cc); }
  static constexpr unsigned alu_code(Alu op) { return static_cast<unsigned>(op) << 3; }
  static constexpr unsigned prefix(FloatWidth f) { return static_cast<unsigned>(f); }
  static constexpr unsigned packed(FloatWidth f) { return f == FloatWidth::k64 ? 0x66 : 0; }
  // As byte operands 4..7 mean ah..bh unless a REX prefix is there.
  static constexpr bool is_extended(Gpr r) { return r != kNoGpr && r.code >= 8; }
  static constexpr bool is_low_byte_ambiguous(Gpr r) { return unsigned{r.code} - 4 < 4; }

  void mandatory(unsigned prefix_byte) {
    *cursor_ = static_cast<uint8_t>(prefix_byte);
    cursor_ += prefix_byte != 0;
  }
  void rex(unsigned w, unsigned reg, unsigned index, unsigned base, bool is_needed = false) {
    const unsigned value = 0x40 | w << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3;
    *cursor_ = static_cast<uint8_t>(value);
    cursor_ += (value != 0x40) | is_needed;
  }
  void modrm_rr(unsigned reg, unsigned rm) { byte(0xc0 | (reg & 7) << 3 | (rm & 7)); }

  void put_mem(Form form, unsigned reg, const Mem m) {
    const unsigned index = m.index.code | unsigned{m.scale_log2} << 8;
    cursor_ = put_mem(cursor_, form, reg, m.base.code, index, m.displacement);
  }
  // The arguments are registers of the host, the cursor has no address: bytes that are written
  // might alias a member. `index`: with the scale in its second byte.
  [[gnu::noinline]] static uint8_t* put_mem(uint8_t* at, Form form, unsigned reg, unsigned base,
                                            unsigned index, int32_t displacement) {
    constexpr unsigned kNone = kNoGpr.code;
    if (base == kNone) [[unlikely]]
      return put_mem_without_base(at, form, reg, index, displacement);
    // rbp and r13 have no form without displacement.
    const unsigned has_displacement = (displacement != 0) | ((base & 7) == 5);
    const unsigned mode = has_displacement << !fits_int8(displacement);
    uint64_t operand = mode << 6 | (reg & 7) << 3 | (base & 7);
    unsigned extensions = (reg >> 1 & 4) | base >> 3;
    unsigned length = 1;
    if (index != kNone || (base & 7) == 4) {
      const unsigned code = index == kNone ? 4 : index & 0xff;
      const unsigned sib = index >> 8 << 6 | (code & 7) << 3 | (base & 7);
      operand = (operand & ~uint64_t{7}) | 4 | sib << 8;
      extensions |= code >> 3 << 1;
      length = 2;
    }
    at = put_head(at, form, extensions, operand) + length;
    std::memcpy(at, &displacement, 4);
    return at + (0x40100 >> mode * 8 & 0xff);
  }
  static uint8_t* put_mem_without_base(uint8_t* at, Form form, unsigned reg, unsigned index,
                                       int32_t displacement) {
    const unsigned code = (index & 0xff) == kNoGpr.code ? 4 : index & 0xff;
    const unsigned sib = index >> 8 << 6 | (code & 7) << 3 | 5;
    at = put_head(at, form, (reg >> 1 & 4) | code >> 3 << 1, sib << 8 | (reg & 7) << 3 | 4) + 2;
    std::memcpy(at, &displacement, 4);
    return at + 4;
  }
  // Everything in front of the displacement as one word. Returns where ModRM is, the first byte of
  // `operand`; REX is left out if it says nothing.
  [[gnu::always_inline]] static uint8_t* put_head(uint8_t* at, Form form, unsigned extensions,
                                                  uint64_t operand) {
    const unsigned modrm_at = form >> 24;
    const uint64_t head = ((form & 0xffffff) | extensions) | operand << modrm_at;
    const unsigned missing = (head & 0xff) == 0x40;
    const uint64_t bytes = head >> missing * 8;
    std::memcpy(at, &bytes, 8);
    return at + modrm_at / 8 - missing;
  }
  // ModRM but for its mode, with kLength - 1 bytes behind it; then the displacement.
  template <size_t kLength = 1>
  static uint8_t* put_operand(uint8_t* at, unsigned modrm, unsigned base, int32_t displacement) {
    // rbp and r13 have no form without displacement.
    const unsigned has_displacement = (displacement != 0) | ((base & 7) == 5);
    const unsigned mod = has_displacement << !fits_int8(displacement);
    *at = static_cast<uint8_t>(mod << 6 | modrm);
    at += kLength;
    std::memcpy(at, &displacement, 4);
    return at + (0x40100 >> mod * 8 & 0xff);
  }
  // Behind VEX; with a base.
  void modrm_mem(unsigned reg, const Mem& m) {
    const unsigned base = m.base.code;
    if (m.index == kNoGpr && (base & 7) != 4) {
      cursor_ = put_operand(cursor_, (reg & 7) << 3 | (base & 7), base, m.displacement);
    } else {
      const unsigned index = m.index == kNoGpr ? 4 : m.index.code & 7;
      cursor_[1] = static_cast<uint8_t>(m.scale_log2 << 6 | index << 3 | (base & 7));
      cursor_ = put_operand<2>(cursor_, (reg & 7) << 3 | 4, base, m.displacement);
    }
  }

  void op_rr(Width w, unsigned opcode, unsigned reg, unsigned rm) {
    rex(bit(w), reg, 0, rm);
    const auto bytes = static_cast<uint16_t>(opcode | (0xc0 | (reg & 7) << 3 | (rm & 7)) << 8);
    std::memcpy(cursor_, &bytes, 2);
    cursor_ += 2;
  }
  void op_rm(Width w, unsigned opcode, unsigned reg, const Mem m) {
    put_mem(plain(w, opcode), reg, m);
  }
  void op0f_rr(Width w, unsigned opcode, unsigned reg, unsigned rm) {
    rex(bit(w), reg, 0, rm);
    byte(0x0f);
    byte(opcode);
    modrm_rr(reg, rm);
  }
  void op0f_r8(Width w, unsigned opcode, Gpr d, Gpr s) {
    rex(bit(w), d.code, 0, s.code, is_low_byte_ambiguous(s));
    byte(0x0f);
    byte(opcode);
    modrm_rr(d.code, s.code);
  }
  void op0f_rm(Width w, unsigned opcode, unsigned reg, const Mem& m) {
    put_mem(escaped(w, opcode), reg, m);
  }
  void sse_rr(unsigned prefix_byte, unsigned w, unsigned opcode, unsigned reg, unsigned rm) {
    mandatory(prefix_byte);
    rex(w, reg, 0, rm);
    byte(0x0f);
    byte(opcode);
    modrm_rr(reg, rm);
  }
  void sse_rm(unsigned prefix_byte, unsigned opcode, unsigned reg, const Mem& m) {
    mandatory(prefix_byte);
    op0f_rm(Width::k32, opcode, reg, m);
  }
  void pshift(Width lane, unsigned op, Fpr d, uint8_t count) {
    sse_rr(0x66, 0, 0x72 + bit(lane), op, d.code);
    byte(count);
  }
  static constexpr unsigned vex_prefix(FloatWidth f) { return f == FloatWidth::k32 ? 2 : 3; }
  // Map 0F, W 0, scalar: two bytes unless rm needs its extension bit.
  void vex(unsigned pp, unsigned reg, unsigned vvvv, unsigned rm) {
    if (rm >= 8) return vex3(1, pp, 0, reg, rm, vvvv);
    byte(0xc5);
    byte((~reg >> 3 & 1) << 7 | (~vvvv & 15) << 3 | pp);
  }
  void vex_mem(unsigned pp, unsigned reg, unsigned vvvv, const Mem& m) {
    const unsigned index = m.index == kNoGpr ? 0 : m.index.code;
    const unsigned base = m.base == kNoGpr ? 0 : m.base.code;
    if (index < 8) return vex(pp, reg, vvvv, base);
    byte(0xc4);
    byte((~reg >> 3 & 1) << 7 | (~base >> 3 & 1) << 5 | 1);
    byte((~vvvv & 15) << 3 | pp);
  }
  // map: 1 0F, 2 0F38, 3 0F3A; pp: 0 none, 1 66, 2 F3, 3 F2.
  void vex3(unsigned map, unsigned pp, unsigned w, unsigned reg, unsigned rm, unsigned vvvv) {
    byte(0xc4);
    byte((~reg >> 3 & 1) << 7 | 1u << 6 | (~rm >> 3 & 1) << 5 | map);
    byte(w << 7 | (~vvvv & 15) << 3 | pp);
  }

  EmitBuffer& buffer_;
  uint8_t* cursor_;
};

}  // namespace wisp::jit::x64
