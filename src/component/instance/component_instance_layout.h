// ComponentInstanceLayout: where the parts of a component instance lie.
//
// An instance is one block of memory: the ComponentInstance and, behind it, one array for each kind
// of part. How long each array is follows from the component and what its imports resolved to, so
// this is worked out once, when it is prepared; an instance only adds addresses.
//
//   ComponentInstance | states | resources | trampolines | lifts | functions | core arguments
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "jit/runtime/store.h"
#include "jit/runtime/vm_context.h"

namespace wisp::component {

class ComponentFunction;
class InstanceState;
struct AdapterTrampoline;
struct BuiltinTrampoline;
struct Component;
struct HostTrampoline;
struct LiftedFunction;
struct ResolvedImports;
struct RuntimeResourceType;

struct ComponentInstanceLayout {
  template <class T>
  struct Part {
    size_t offset = 0;
    size_t count = 0;

    std::span<T> in(void* block) const {
      return {reinterpret_cast<T*>(static_cast<std::byte*>(block) + offset), count};
    }
  };

  ComponentInstanceLayout(const Component& component, const ResolvedImports& imports);

  Part<jit::Instance*> core_instances;
  Part<InstanceState> states;
  Part<RuntimeResourceType> guest_resources;        // by resource index
  Part<const RuntimeResourceType*> resource_types;  // by resource index
  Part<jit::FuncRef*> trampolines;                  // by trampoline
  Part<HostTrampoline> host_trampolines;            // these three by Trampoline::place
  Part<AdapterTrampoline> adapter_trampolines;
  Part<BuiltinTrampoline> builtin_trampolines;
  Part<LiftedFunction> lifts;                        // by lift
  Part<std::optional<ComponentFunction>> functions;  // by ExportDefinition::place
  Part<jit::Extern> core_arguments;                  // for any core instance

  size_t size_bytes = 0;

 private:
  template <class T>
  void place(Part<T>& part, size_t count);
};

}  // namespace wisp::component
