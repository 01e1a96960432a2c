#include "component/instance/component_instance_layout.h"

#include <algorithm>

#include "component/instance/component_instance.h"
#include "component/type/layout.h"

namespace wisp::component {
namespace {

constexpr size_t kAlignment = alignof(std::max_align_t);  // of what operator new returns

// The most that a core instance imports.
size_t max_core_arguments(const Component& component, const ResolvedImports& imports) {
  size_t most = 0;
  for (const CoreInstantiation& instance : component.core_instances) {
    most = std::max(most, instance.source == ModuleSource::kImported
                              ? imports.modules[instance.module].imports.size()
                              : instance.imports.size());
  }
  return most;
}

}  // namespace

template <class T>
void ComponentInstanceLayout::place(Part<T>& part, size_t count) {
  static_assert(alignof(T) <= kAlignment);
  part = {size_bytes, count};
  size_bytes = align_to(size_bytes + count * sizeof(T), kAlignment);
}

ComponentInstanceLayout::ComponentInstanceLayout(const Component& component,
                                                 const ResolvedImports& imports)
    : size_bytes(align_to(sizeof(ComponentInstance), kAlignment)) {
  size_t host = 0, adapters = 0, builtins = 0;
  for (const Trampoline& each : component.trampolines) {
    if (each.place == kNoIndex) continue;
    switch (each.callee_kind()) {
      case CalleeKind::kHost:
        host++;
        break;
      case CalleeKind::kLifted:
        adapters++;
        break;
      case CalleeKind::kBuiltin:
        builtins++;
        break;
    }
  }
  place(core_instances, component.core_instances.size());
  place(states, component.component_instances.size());
  place(guest_resources, component.resources.size());
  place(resource_types, component.resources.size());
  place(trampolines, component.trampolines.size());
  place(host_trampolines, host);
  place(adapter_trampolines, adapters);
  place(builtin_trampolines, builtins);
  place(lifts, component.lifts.size());
  place(functions, component.exported_function_count);
  place(core_arguments, max_core_arguments(component, imports));
}

}  // namespace wisp::component
