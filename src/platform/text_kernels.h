// The loops of utf8.h and transcoding.h, once for each instruction set; chosen when first used.
//
// External interface: text_kernels(); the others are for tests. Functions are described where those
// of the same name are.
#pragma once

#include "platform/transcoding.h"

namespace wisp {

struct TextKernels {
  size_t (*ascii_prefix)(const uint8_t* bytes, size_t size);
  size_t (*copy_ascii)(const uint8_t* bytes, size_t size, uint8_t* out);
  size_t (*valid_utf8_prefix)(const uint8_t* bytes, size_t size);
  Utf16Check (*check_utf16)(const uint8_t* units, size_t count);
  TextProgress (*utf8_to_utf16)(const uint8_t* bytes, size_t size, uint8_t* out);
  TextProgress (*utf8_to_latin1)(const uint8_t* bytes, size_t size, uint8_t* out);
  TextProgress (*utf16_to_utf8)(const uint8_t* units, size_t count, uint8_t* out);
  size_t (*latin1_to_utf8)(const uint8_t* bytes, size_t size, uint8_t* out);
  void (*latin1_to_utf16)(const uint8_t* bytes, size_t size, uint8_t* out);
  void (*inflate_latin1_in_place)(uint8_t* out, size_t size);
  size_t (*utf16_to_ascii)(const uint8_t* units, size_t count, uint8_t* out);
  size_t (*utf16_to_latin1)(const uint8_t* units, size_t count, uint8_t* out);
  void (*narrow_utf16)(const uint8_t* units, size_t count, uint8_t* out);
};

extern const TextKernels kBaselineText;
// Null where the build or the processor has no AVX2.
const TextKernels* avx2_text_kernels();
// The best that the processor can run.
const TextKernels& text_kernels();

}  // namespace wisp
