// x86-64: the roles of registers in compiled wasm code (jit.md, section 6.4).
//
// Wasm functions use this convention among themselves only; trampolines translate from and to the
// platform's.
//
//   r15 instance   r14 base of memory 0   rbp frame   rsp stack
//   r11, xmm15 scratch of the primitives
//   arguments  rax rdx rcx rsi rdi r8                   xmm0-xmm7
//   results    rax rdx rcx                              xmm0-xmm7
//   pins       rbx r12 r13 (callee-saved)
//              rsi rdi r8 r9 r10 (caller-saved)         xmm8-xmm14 (caller-saved)
#pragma once

#include <array>

#include "jit/compiler/masm_concept.h"

namespace wisp::jit::x64 {

constexpr Gpr rax{0}, rcx{1}, rdx{2}, rbx{3}, rsp{4}, rbp{5}, rsi{6}, rdi{7};
constexpr Gpr r8{8}, r9{9}, r10{10}, r11{11}, r12{12}, r13{13}, r14{14}, r15{15};
constexpr Fpr xmm0{0}, xmm1{1}, xmm2{2}, xmm3{3}, xmm4{4}, xmm5{5}, xmm6{6}, xmm7{7};
constexpr Fpr xmm8{8}, xmm9{9}, xmm10{10}, xmm11{11}, xmm12{12}, xmm13{13}, xmm14{14}, xmm15{15};

// The constant data of a MacroAssembler (masm_concept.h says what each member means).
struct Abi {
  static constexpr Gpr kVmContext = r15;
  static constexpr Gpr kMemoryBase = r14;
  static constexpr Gpr kFramePointer = rbp;
  static constexpr Gpr kStackPointer = rsp;
  static constexpr Gpr kScratch = r11;
  static constexpr Fpr kFloatScratch = xmm15;

  static constexpr std::array kIntArguments{rax, rdx, rcx, rsi, rdi, r8};
  static constexpr std::array kIntResults{rax, rdx, rcx};
  static constexpr std::array kFloatArguments{xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7};
  static constexpr std::array kFloatResults{xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7};

  static constexpr std::array kCalleeSavedPins{rbx, r12, r13};
  static constexpr std::array kCallerSavedPins{rsi, rdi, r8, r9, r10};
  static constexpr std::array kCallerSavedFloatPins{xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14};
  static constexpr std::array<Fpr, 0> kCalleeSavedFloatPins{};
  // rcx, rax and rdx are never homes: shifts without BMI2 and divisions insist on them.
  static constexpr RegisterSet kIntTemporaries = RegisterSet::of(rax, rdx, rcx);
  static constexpr RegisterSet kFloatTemporaries =
      RegisterSet::of(xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7);

  static constexpr Gpr kShiftCount = rcx;
  static constexpr FixedDivision kDivision{rax, rax, rdx};
  // The kernel leaves so much below the stack pointer alone.
  static constexpr uint32_t kRedZoneBytes = 128;
  static constexpr bool kDivideFaults = true;
  static constexpr bool kHasMemoryOperands = true;

  // System V.
  static constexpr std::array kHostIntArguments{rdi, rsi, rdx, rcx, r8, r9};
  static constexpr std::array kHostFloatArguments{xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7};
  static constexpr Gpr kHostIntResult = rax;
  static constexpr Fpr kHostFloatResult = xmm0;
  static constexpr RegisterSet kHostCalleeSaved = RegisterSet::of(rbx, r12, r13, r14, r15);
  static constexpr RegisterSet kHostCalleeSavedFloats{};
};

}  // namespace wisp::jit::x64
