// The component type of a C++ type, as constant data: compared with the type of an import when a
// component is linked.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "component/type/types.h"

namespace wisp::component {

struct RuntimeResourceType;

struct HostType {
  TypeKind kind;
  // Fields, cases or labels.
  std::span<const std::string_view> names = {};
  // Element, payloads (null: none), fields. A result has two: ok and error.
  std::span<const HostType* const> members = {};
  const RuntimeResourceType* resource = nullptr;
};

struct HostSignature {
  std::span<const HostType* const> params;
  const HostType* result = nullptr;  // null: none
};

}  // namespace wisp::component
