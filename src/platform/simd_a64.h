// Vector16 of NEON: see simd.h.
#pragma once

#if defined(__aarch64__)  // every header compiles alone, on either architecture

#include <arm_neon.h>

#include <cstdint>

namespace wisp::simd {

struct Vector16 {
  typedef uint8_t Bytes __attribute__((vector_size(16)));
  typedef uint8_t HalfBytes __attribute__((vector_size(8)));
  typedef uint16_t Units __attribute__((vector_size(16)));
  typedef uint32_t Words __attribute__((vector_size(16)));

  [[gnu::always_inline]] static inline Bytes lookup(Bytes table, Bytes indices) {
    return reinterpret_cast<Bytes>(
        vqtbl1q_u8(reinterpret_cast<uint8x16_t>(table), reinterpret_cast<uint8x16_t>(indices)));
  }
  [[gnu::always_inline]] static inline uint32_t top_bits(Bytes bytes) {
    const uint8x16_t weights = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const int8x16_t top = vshrq_n_s8(reinterpret_cast<int8x16_t>(bytes), 7);
    const uint8x16_t bits = vandq_u8(vreinterpretq_u8_s8(top), weights);
    return vaddv_u8(vget_low_u8(bits)) | uint32_t{vaddv_u8(vget_high_u8(bits))} << 8;
  }
  [[gnu::always_inline]] static inline bool is_zero(Bytes bytes) {
    return vmaxvq_u8(reinterpret_cast<uint8x16_t>(bytes)) == 0;
  }
  [[gnu::always_inline]] static inline void widen(const uint8_t* from, uint8_t* to) {
    const uint8x16_t bytes = vld1q_u8(from);
    vst1q_u8(to, vreinterpretq_u8_u16(vmovl_u8(vget_low_u8(bytes))));
    vst1q_u8(to + 16, vreinterpretq_u8_u16(vmovl_u8(vget_high_u8(bytes))));
  }
  [[gnu::always_inline]] static inline Bytes narrow(Units low, Units high) {
    return reinterpret_cast<Bytes>(vcombine_u8(vqmovn_u16(reinterpret_cast<uint16x8_t>(low)),
                                               vqmovn_u16(reinterpret_cast<uint16x8_t>(high))));
  }
};

}  // namespace wisp::simd

#endif
