#include "platform/transcoding.h"

#include "platform/text_kernels.h"
#include "platform/vector_support.h"

namespace wisp {

const TextKernels& text_kernels() {
  static const TextKernels& best =
      avx2_text_kernels() != nullptr ? *avx2_text_kernels() : kBaselineText;
  return best;
}

#if defined(__x86_64__)
extern const TextKernels kAvx2Text;
const TextKernels* avx2_text_kernels() { return has_avx2() ? &kAvx2Text : nullptr; }
#else
const TextKernels* avx2_text_kernels() { return nullptr; }
#endif

Utf16Check check_utf16(const uint8_t* units, size_t count) {
  return text_kernels().check_utf16(units, count);
}

size_t copy_ascii(const uint8_t* bytes, size_t size, uint8_t* out) {
  return text_kernels().copy_ascii(bytes, size, out);
}

TextProgress utf8_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out) {
  return text_kernels().utf8_to_utf16(bytes, size, out);
}
TextProgress utf8_to_latin1(const uint8_t* bytes, size_t size, uint8_t* out) {
  return text_kernels().utf8_to_latin1(bytes, size, out);
}
TextProgress utf16_to_utf8(const uint8_t* units, size_t count, uint8_t* out) {
  return text_kernels().utf16_to_utf8(units, count, out);
}

size_t latin1_to_utf8(const uint8_t* bytes, size_t size, uint8_t* out) {
  return text_kernels().latin1_to_utf8(bytes, size, out);
}
void latin1_to_utf16(const uint8_t* bytes, size_t size, uint8_t* out) {
  text_kernels().latin1_to_utf16(bytes, size, out);
}
void inflate_latin1_in_place(uint8_t* out, size_t size) {
  text_kernels().inflate_latin1_in_place(out, size);
}
size_t utf16_to_ascii(const uint8_t* units, size_t count, uint8_t* out) {
  return text_kernels().utf16_to_ascii(units, count, out);
}
size_t utf16_to_latin1(const uint8_t* units, size_t count, uint8_t* out) {
  return text_kernels().utf16_to_latin1(units, count, out);
}
void narrow_utf16(const uint8_t* units, size_t count, uint8_t* out) {
  text_kernels().narrow_utf16(units, count, out);
}

}  // namespace wisp
