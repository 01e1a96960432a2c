// Vector16 of SSSE3 and SSE4.1, Vector32 of AVX2: see simd.h.
#pragma once

#if defined(__x86_64__)  // every header compiles alone, on either architecture

#include <immintrin.h>

#include <cstdint>

namespace wisp::simd {

struct Vector16 {
  typedef uint8_t Bytes __attribute__((vector_size(16)));
  typedef uint8_t HalfBytes __attribute__((vector_size(8)));
  typedef uint16_t Units __attribute__((vector_size(16)));
  typedef uint32_t Words __attribute__((vector_size(16)));

  [[gnu::always_inline, gnu::target("ssse3")]] static inline Bytes lookup(Bytes table,
                                                                          Bytes indices) {
    return reinterpret_cast<Bytes>(
        _mm_shuffle_epi8(reinterpret_cast<__m128i>(table), reinterpret_cast<__m128i>(indices)));
  }
  [[gnu::always_inline]] static inline uint32_t top_bits(Bytes bytes) {
    return static_cast<uint32_t>(_mm_movemask_epi8(reinterpret_cast<__m128i>(bytes)));
  }
  [[gnu::always_inline, gnu::target("sse4.1")]] static inline bool is_zero(Bytes bytes) {
    const auto value = reinterpret_cast<__m128i>(bytes);
    return _mm_testz_si128(value, value) != 0;
  }
  [[gnu::always_inline]] static inline void widen(const uint8_t* from, uint8_t* to) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
    auto* out = reinterpret_cast<__m128i*>(to);
    _mm_storeu_si128(out, _mm_unpacklo_epi8(bytes, _mm_setzero_si128()));
    _mm_storeu_si128(out + 1, _mm_unpackhi_epi8(bytes, _mm_setzero_si128()));
  }
  [[gnu::always_inline]] static inline Bytes narrow(Units low, Units high) {
    return reinterpret_cast<Bytes>(
        _mm_packus_epi16(reinterpret_cast<__m128i>(low), reinterpret_cast<__m128i>(high)));
  }
};

#if defined(__AVX2__)
struct Vector32 {
  typedef uint8_t Bytes __attribute__((vector_size(32)));
  typedef uint8_t HalfBytes __attribute__((vector_size(16)));
  typedef uint16_t Units __attribute__((vector_size(32)));
  typedef uint32_t Words __attribute__((vector_size(32)));

  [[gnu::always_inline]] static inline Bytes lookup(Bytes table, Bytes indices) {
    return reinterpret_cast<Bytes>(
        _mm256_shuffle_epi8(reinterpret_cast<__m256i>(table), reinterpret_cast<__m256i>(indices)));
  }
  [[gnu::always_inline]] static inline uint32_t top_bits(Bytes bytes) {
    return static_cast<uint32_t>(_mm256_movemask_epi8(reinterpret_cast<__m256i>(bytes)));
  }
  [[gnu::always_inline]] static inline bool is_zero(Bytes bytes) {
    const auto value = reinterpret_cast<__m256i>(bytes);
    return _mm256_testz_si256(value, value) != 0;
  }
  [[gnu::always_inline]] static inline void widen(const uint8_t* from, uint8_t* to) {
    const auto* in = reinterpret_cast<const __m128i*>(from);
    auto* out = reinterpret_cast<__m256i*>(to);
    const __m256i low = _mm256_cvtepu8_epi16(_mm_loadu_si128(in));
    const __m256i high = _mm256_cvtepu8_epi16(_mm_loadu_si128(in + 1));
    _mm256_storeu_si256(out, low);
    _mm256_storeu_si256(out + 1, high);
  }
  [[gnu::always_inline]] static inline Bytes narrow(Units low, Units high) {
    constexpr int kInterleaved = 0xd8;  // packing works in halves: their quarters are 0 2 1 3
    return reinterpret_cast<Bytes>(_mm256_permute4x64_epi64(
        _mm256_packus_epi16(reinterpret_cast<__m256i>(low), reinterpret_cast<__m256i>(high)),
        kInterleaved));
  }
};
#endif

}  // namespace wisp::simd

#endif
