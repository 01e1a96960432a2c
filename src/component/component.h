// Component: decoded, validated and compiled; immutable and shared by its instances.
#pragma once

#include <memory>
#include <span>

#include "jit/engine.h"
#include "platform/result.h"

namespace wisp::component {

class Component {
 public:
  // `bytes` must outlive the component.
  static Result<std::shared_ptr<const Component>> compile(std::shared_ptr<jit::Engine> engine,
                                                          std::span<const uint8_t> bytes);
  static Result<void> validate(std::span<const uint8_t> bytes);
};

}  // namespace wisp::component
