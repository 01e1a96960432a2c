// ComponentLinker: what a component may import, by name; instantiates components.
//
// Names resolve by the version track (0.2.x answers any 0.2.y), in both directions and for exports
// as well; the type check and the error are per imported item. All missing imports are reported at
// once.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "component/component.h"
#include "component/component_instance.h"
#include "component/host_binding.h"
#include "component/interface_name.h"
#include "jit/runtime/store.h"
#include "platform/result.h"

namespace wisp::component {

class ComponentLinker {
 public:
  explicit ComponentLinker(const HostLimits& limits = {}) : limits_(limits) {}

  // `context` is handed to every function of the interface; both outlive the linker and what it
  // instantiates.
  void add(const HostInterface& interface, void* context);

  // Error kLink: everything that is missing or of another type.
  Result<ResolvedImports> resolve(const Component& component) const;
  Result<std::unique_ptr<ComponentInstance>> instantiate(
      jit::Store& store, std::shared_ptr<const Component> component) const;

 private:
  friend class ImportResolver;

  struct Entry {
    const HostInterface* interface;
    void* context;
    InterfaceName name;
  };

  HostLimits limits_;
  std::vector<Entry> entries_;
};

}  // namespace wisp::component
