// AArch64: the roles of registers in compiled wasm code (jit.md, section 6.4).
//
// Wasm functions use this convention among themselves only; trampolines translate from and to the
// platform's.
//
//   x19 instance   x20 base of memory 0   x29 frame   x30 link   sp stack
//   x16, x17, v31 scratch of the primitives; x8 and x18 are left alone
//   arguments and results  x0-x7   v0-v7
//   pins                   x21-x28 (callee-saved)   v8-v15 (caller-saved: frames save ints only)
#pragma once

#include <array>
#include <cstddef>

#include "jit/compiler/masm_concept.h"

namespace wisp::jit::a64 {

constexpr Gpr x0{0}, x1{1}, x2{2}, x3{3}, x4{4}, x5{5}, x6{6}, x7{7}, x9{9}, x10{10}, x11{11};
constexpr Gpr x12{12}, x13{13}, x14{14}, x15{15}, x16{16}, x17{17}, x19{19}, x20{20}, x21{21};
constexpr Gpr x22{22}, x23{23}, x24{24}, x25{25}, x26{26}, x27{27}, x28{28}, x29{29}, x30{30};
// 31 is the stack pointer in addresses and in add and sub with a constant.
constexpr Gpr sp{31};

constexpr Fpr v0{0}, v1{1}, v2{2}, v3{3}, v4{4}, v5{5}, v6{6}, v7{7}, v8{8}, v9{9}, v10{10};
constexpr Fpr v11{11}, v12{12}, v13{13}, v14{14}, v15{15}, v31{31};

// The constant data of a MacroAssembler (masm_concept.h says what each member means).
struct Abi {
  static constexpr Gpr kVmContext = x19;
  static constexpr Gpr kMemoryBase = x20;
  static constexpr Gpr kFramePointer = x29;
  static constexpr Gpr kStackPointer = sp;
  static constexpr Gpr kScratch = x16;
  static constexpr Fpr kFloatScratch = v31;

  static constexpr std::array kIntArguments{x0, x1, x2, x3, x4, x5, x6, x7};
  static constexpr std::array kIntResults{x0, x1, x2, x3, x4, x5, x6, x7};
  static constexpr std::array kFloatArguments{v0, v1, v2, v3, v4, v5, v6, v7};
  static constexpr std::array kFloatResults{v0, v1, v2, v3, v4, v5, v6, v7};

  static constexpr std::array kCalleeSavedPins{x21, x22, x23, x24, x25, x26, x27, x28};
  static constexpr std::array<Gpr, 0> kCallerSavedPins{};
  static constexpr std::array kCallerSavedFloatPins{v8, v9, v10, v11, v12, v13, v14, v15};
  static constexpr std::array<Fpr, 0> kCalleeSavedFloatPins{};
  static constexpr RegisterSet kIntTemporaries{0x0000feff};    // x0-x7, x9-x15
  static constexpr RegisterSet kFloatTemporaries{0x7fff00ff};  // v0-v7, v16-v30

  static constexpr Gpr kShiftCount = kNoGpr;
  static constexpr FixedDivision kDivision{kNoGpr, kNoGpr, kNoGpr};
  // Linux puts the frame of a signal directly below the stack pointer.
  static constexpr uint32_t kRedZoneBytes = 0;
  static constexpr bool kDivideFaults = false;
  static constexpr bool kHasMemoryOperands = false;
  // As far as `bl` reaches, so that any function of a text may call any other.
  static constexpr size_t kMaxTextBytes = size_t{128} << 20;

  // AAPCS64.
  static constexpr std::array kHostIntArguments{x0, x1, x2, x3, x4, x5, x6, x7};
  static constexpr std::array kHostFloatArguments{v0, v1, v2, v3, v4, v5, v6, v7};
  static constexpr Gpr kHostIntResult = x0;
  static constexpr Fpr kHostFloatResult = v0;
  static constexpr RegisterSet kHostCalleeSaved{0x1ff80000};        // x19-x28
  static constexpr RegisterSet kHostCalleeSavedFloats{0x0000ff00};  // the low halves of v8-v15
};

}  // namespace wisp::jit::a64
