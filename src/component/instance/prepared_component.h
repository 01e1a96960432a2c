// PreparedComponent: a component and all that its instances share. Making one looks up no names and
// compares no types of the component. Shared by any number of stores of the component's engine.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "component/abi/resource_table.h"
#include "component/host/host_call.h"
#include "component/host/unknown_import.h"
#include "component/instance/component_instance_layout.h"
#include "component/model/component.h"

namespace wisp::component {

// Bounds on what a guest may make the host keep (wasi.md, section 10).
struct HostLimits {
  uint32_t max_resources = HandleBudget().left;  // of all handle tables together
  uint64_t hostcall_fuel = kDefaultHostcallFuel;
};

// What the imports of a component resolved to; see ComponentLinker.
struct ResolvedImports {
  struct Function {
    const HostItem* item = nullptr;
    void* context = nullptr;
  };
  struct Module {
    std::shared_ptr<const jit::CompiledModule> compiled;
    std::vector<uint32_t> imports;  // of each import its place in ImportedModule::type
    std::vector<uint32_t> exports;  // of each export of that type: the index of the item
  };
  std::vector<Function> functions;                    // as Component::imported_functions()
  std::vector<Module> modules;                        // as Component::imported_modules()
  std::vector<const RuntimeResourceType*> resources;  // as resources; null: a guest's
  UnknownImportSet unknown;
};

struct PreparedComponent {
  PreparedComponent(std::shared_ptr<const Component> what, ResolvedImports resolved,
                    const HostLimits& bounds)
      : component(std::move(what)),
        imports(std::move(resolved)),
        limits(bounds),
        layout(*component, imports) {}

  std::shared_ptr<const Component> component;
  ResolvedImports imports;
  HostLimits limits;
  ComponentInstanceLayout layout;
};

}  // namespace wisp::component
