// The loops of TextKernels, written once for vectors of any size: ascii_blocks.h, utf8_blocks.h,
// utf16_blocks.h.
//
// Debian 12 has no library that does this (simdutf came later). Instances for different vectors are
// different types, so that files compiled for different instruction sets share no function.
#pragma once

#include "platform/text_kernels.h"
#include "platform/utf16_blocks.h"
#include "platform/utf8_blocks.h"

namespace wisp {

template <class V>
struct TextBlocks {
  using Ascii = AsciiBlocks<V>;
  using Utf8 = Utf8Blocks<V>;
  using Utf16 = Utf16Blocks<V>;

  static size_t ascii_prefix(const uint8_t* bytes, size_t size) {
    return Ascii::template ascii_run<RunAction::kLook>(bytes, size, nullptr);
  }
  static size_t latin1_to_utf8(const uint8_t* bytes, size_t size, uint8_t* out) {
    return Utf16::template to_utf8<Latin1Source>(bytes, size, out).written;
  }

  static constexpr TextKernels kKernels = {
      .ascii_prefix = &ascii_prefix,
      .copy_ascii = &Ascii::template ascii_run<RunAction::kCopy>,
      .valid_utf8_prefix = &Utf8::valid_prefix,
      .check_utf16 = &Utf16::check,
      .utf8_to_utf16 = &Utf8::template convert<Utf16Target>,
      .utf8_to_latin1 = &Utf8::template convert<Latin1Target>,
      .utf16_to_utf8 = &Utf16::template to_utf8<Utf16Source>,
      .latin1_to_utf8 = &latin1_to_utf8,
      .latin1_to_utf16 = &Ascii::widen,
      .inflate_latin1_in_place = &Ascii::widen_in_place,
      .utf16_to_ascii = &Ascii::template narrow_run<0xff80>,
      .utf16_to_latin1 = &Ascii::template narrow_run<0xff00>,
      .narrow_utf16 = &Ascii::narrow,
  };
};

}  // namespace wisp
