// ComponentLinker: what a component may import, by name; instantiates components.
//
// Names resolve by the version track (0.2.x answers any 0.2.y), in both directions and for exports
// as well; the type check and the error are per imported item. All missing imports are reported at
// once. Everything that is added outlives the linker and what it instantiates.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "component/host/host_binding.h"
#include "component/instance/component_instance.h"
#include "component/model/component.h"
#include "component/type/interface_name.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "platform/result.h"

namespace wisp::component {

// What becomes of functions and resource types that nobody provides.
enum class UnknownImports : uint8_t {
  kRefuse,   // an error that lists them
  kTrap,     // calling one traps
  kDefault,  // functions return zero: false, "", an empty list, the first case, handle 0
};

class ComponentLinker {
 public:
  explicit ComponentLinker(const HostLimits& limits = {}) : limits_(limits) {}

  // `context` is handed to every function of the interface.
  void add(const HostInterface& interface, void* context);
  // A core module, importable as `name` of the instance `interface`; from the root where that is
  // empty.
  void add_module(std::string interface, std::string name,
                  std::shared_ptr<const jit::CompiledModule> module);
  // The core modules, resource types and instances that `instance` exports, as an instance `name`.
  // Its functions are not importable: they belong to another store.
  void add_instance(std::string name, ComponentInstance& instance);
  void set_unknown_imports(UnknownImports policy) { unknown_imports_ = policy; }

  // Error kLink: everything that is missing or of another type.
  Result<ResolvedImports> resolve(const Component& component) const;
  // Once, for many instances. What was added outlives what is prepared. Error as of resolve().
  Result<std::shared_ptr<const PreparedComponent>> prepare(
      std::shared_ptr<const Component> component) const;
  Result<std::unique_ptr<ComponentInstance>> instantiate(
      jit::Store& store, std::shared_ptr<const Component> component) const;

 private:
  friend class ImportResolver;

  // One of three: an interface of the host, a core module, an instance.
  struct Entry {
    InterfaceName name;
    const HostInterface* interface = nullptr;
    void* context = nullptr;
    std::string_view module_name;
    std::shared_ptr<const jit::CompiledModule> module;
    ComponentInstance* instance = nullptr;
  };

  HostLimits limits_;
  UnknownImports unknown_imports_ = UnknownImports::kRefuse;
  std::vector<Entry> entries_;
  std::deque<std::string> names_;  // of modules and instances
};

}  // namespace wisp::component
