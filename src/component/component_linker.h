// ComponentLinker: what a component may import, by name; instantiates components.
//
// Names resolve by the version track (0.2.x answers any 0.2.y), in both directions and for exports
// as well; the type check and the error are per imported item. All missing imports are reported at
// once.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "component/host_binding.h"
#include "jit/runtime/store.h"
#include "platform/result.h"

namespace wisp::component {

class Component;
class ComponentInstance;
struct HostInterface;

class ComponentLinker {
 public:
  // `context` is handed to every function of the interface; both outlive the linker and what it
  // instantiates.
  void add(const HostInterface& interface, void* context);
  Result<std::unique_ptr<ComponentInstance>> instantiate(
      jit::Store& store, std::shared_ptr<const Component> component);
};

}  // namespace wisp::component
