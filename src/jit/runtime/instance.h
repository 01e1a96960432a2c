// Instance: a module with its state. The block that compiled code sees (VmContext and what follows) is owned here.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "jit/runtime/store.h"
#include "jit/runtime/vm_context.h"

namespace wisp::jit {

class Instance {
 public:
  const Module& module() const;
  VmContext* context();
  // The exported item, or nothing.
  std::optional<Extern> find_export(std::string_view name);
  Extern item(ExternKind kind, uint32_t index);
};

}  // namespace wisp::jit
