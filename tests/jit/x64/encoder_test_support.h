// What the tests of x64::Encoder share: a fixture that emits a form with it and with asmjit and
// compares the bytes.
#pragma once

#include <asmjit/x86.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

#include "jit/x64/encoder.h"

namespace wisp::jit::x64 {

namespace x86 = asmjit::x86;

inline constexpr std::array kWidths{Width::k32, Width::k64};
inline constexpr std::array kFloatWidths{FloatWidth::k32, FloatWidth::k64};
inline constexpr std::array<int32_t, 9> kDisplacements{0,   1,    -1,        127,      -128,
                                                       128, -129, INT32_MAX, INT32_MIN};
inline constexpr std::array<int32_t, 11> kImmediates{
    0, 1, -1, 127, -128, 128, -129, 0xff, 0x12345678, INT32_MAX, INT32_MIN};

inline x86::Gp gp(Width width, Gpr reg) {
  return width == Width::k32 ? x86::Gp(x86::gpd(reg.code)) : x86::Gp(x86::gpq(reg.code));
}
inline x86::Xmm xmm(Fpr reg) { return x86::xmm(reg.code); }

inline x86::Mem operand(const Mem& m, uint32_t size) {
  x86::Mem out;
  if (m.base == kNoGpr) {
    out = x86::ptr(uint64_t(int64_t{m.displacement}), x86::gpq(m.index.code), m.scale_log2, size);
  } else if (m.index == kNoGpr) {
    out = x86::ptr(x86::gpq(m.base.code), m.displacement, size);
  } else {
    out =
        x86::ptr(x86::gpq(m.base.code), x86::gpq(m.index.code), m.scale_log2, m.displacement, size);
  }
  return out;
}

inline std::string hex(std::span<const uint8_t> bytes) {
  std::string text;
  for (uint8_t byte : bytes) {
    char digits[4];
    std::snprintf(digits, sizeof digits, "%02x ", byte);
    text += digits;
  }
  return text;
}

class EncoderTest : public ::testing::Test {
 protected:
  EncoderTest() : buffer_(raw_assembler_, asmjit::Environment(asmjit::Arch::kX64)) {
    code_.init(asmjit::Environment(asmjit::Arch::kX64));
    code_.attach(&assembler_);
    assembler_.addDiagnosticOptions(asmjit::DiagnosticOptions::kValidateAssembler);
  }

  // Emits with both and compares.
  template <class Raw, class Reference>
  void same(const char* form, Raw raw, Reference reference) {
    if (HasFatalFailure()) return;
    ++count_;
    buffer_.reset();
    {
      Encoder e(buffer_);
      raw(e);
    }
    assembler_.setOffset(0);
    const asmjit::Error error = reference(assembler_);
    const std::span<const uint8_t> expected(assembler_.bufferData(), assembler_.offset());
    const std::span<const uint8_t> actual = buffer_.bytes();
    if (error == asmjit::kErrorOk &&
        std::equal(expected.begin(), expected.end(), actual.begin(), actual.end()))
      return;
    FAIL() << form << ": " << hex(actual) << "instead of " << hex(expected) << " "
           << asmjit::DebugUtils::errorAsString(error);
  }

  static std::vector<Gpr> all_gprs() {
    std::vector<Gpr> all;
    for (uint8_t i = 0; i < 16; ++i) all.push_back({i});
    return all;
  }
  static std::vector<Fpr> all_fprs() {
    std::vector<Fpr> all;
    for (uint8_t i = 0; i < 16; ++i) all.push_back({i});
    return all;
  }
  // Every base with every index, scale and displacement class; with `kFull` also without a base.
  static std::vector<Mem> all_addresses() {
    std::vector<Mem> all;
    for (int32_t displacement : kDisplacements) {
      for (Gpr base : all_gprs()) {
        all.push_back(mem(base, displacement));
        for (Gpr index : all_gprs()) {
          if (index == rsp) continue;
          for (uint8_t scale = 0; scale < 4; ++scale)
            all.push_back(mem(base, index, scale, displacement));
        }
      }
    }
    return all;
  }
  template <class Raw, class Reference>
  void each_gpr_pair(const char* form, Raw raw, Reference reference) {
    for (Width w : kWidths) {
      for (Gpr d : all_gprs()) {
        for (Gpr s : all_gprs()) {
          same(
              form, [&](Encoder& e) { raw(e, w, d, s); },
              [&](x86::Assembler& a) { return reference(a, gp(w, d), gp(w, s)); });
        }
      }
    }
  }
  template <class Raw, class Reference>
  void each_address(const char* form, uint32_t size, Raw raw, Reference reference) {
    for (const Mem& m : all_addresses()) {
      for (Gpr d : {rax, rbp, rdi, r9}) {
        same(
            form, [&](Encoder& e) { raw(e, d, m); },
            [&](x86::Assembler& a) { return reference(a, d, operand(m, size)); });
      }
    }
  }
  template <class Raw, class Reference>
  void each_fpr_pair(const char* form, Raw raw, Reference reference) {
    for (Fpr d : all_fprs()) {
      for (Fpr s : all_fprs()) {
        same(
            form, [&](Encoder& e) { raw(e, d, s); },
            [&](x86::Assembler& a) { return reference(a, xmm(d), xmm(s)); });
      }
    }
  }

  x86::Assembler raw_assembler_;
  EmitBuffer buffer_;
  asmjit::CodeHolder code_;
  x86::Assembler assembler_;
  int count_ = 0;
};

}  // namespace wisp::jit::x64
