// Index types that cannot be mixed up: StrongIndex<struct FuncTag> and StrongIndex<struct TypeTag> do not convert.
#pragma once

#include <compare>
#include <cstdint>

namespace wisp {

template <class Tag>
struct StrongIndex {
  uint32_t value = 0;

  constexpr StrongIndex() = default;
  constexpr explicit StrongIndex(uint32_t index) : value(index) {}
  constexpr auto operator<=>(const StrongIndex&) const = default;
};

}  // namespace wisp
