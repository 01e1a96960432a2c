#include "component/instance/instance_layout.h"

#include "component/instance/component_instance.h"

namespace wisp::component {
namespace {

constexpr size_t kAlignment = alignof(std::max_align_t);  // of what operator new returns

constexpr size_t aligned(size_t size_bytes) {
  return (size_bytes + kAlignment - 1) & ~(kAlignment - 1);
}

}  // namespace

template <class T>
void InstanceLayout::place(Part<T>& part, size_t count) {
  static_assert(alignof(T) <= kAlignment);
  part = {size_bytes_, count};
  size_bytes_ = aligned(size_bytes_ + count * sizeof(T));
}

InstanceLayout::InstanceLayout(const Component& component)
    : size_bytes_(aligned(sizeof(ComponentInstance))) {
  size_t host = 0, adapters = 0, builtins = 0;
  for (const Trampoline& each : component.trampolines()) {
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
  place(core_instances, component.core_instances().size());
  place(states, component.component_instances().size());
  place(guest_resources, component.resources().size());
  place(resource_types, component.resources().size());
  place(trampolines, component.trampolines().size());
  place(host_trampolines, host);
  place(adapter_trampolines, adapters);
  place(builtin_trampolines, builtins);
  place(lifts, component.lifts().size());
  place(functions, component.exported_function_count());
  core_arguments = size_bytes_;
}

}  // namespace wisp::component
