// Sets of flags as enumerations: one has kAll, all bits that there are.
#pragma once

#include <cstdint>

namespace wisp::wasi {

template <class T>
concept Flags = requires {
  T::kAll;
};

// Whether any of `flag` is among them.
template <Flags T>
constexpr bool has(T flags, T flag) {
  return (static_cast<uint64_t>(flags) & static_cast<uint64_t>(flag)) != 0;
}
template <Flags T>
constexpr T operator|(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) | static_cast<uint64_t>(b));
}
template <Flags T>
constexpr T without(T flags, T removed) {
  return static_cast<T>(static_cast<uint64_t>(flags) & ~static_cast<uint64_t>(removed));
}

}  // namespace wisp::wasi
