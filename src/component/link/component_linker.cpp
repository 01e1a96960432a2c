#include "component/link/component_linker.h"

#include "component/link/import_resolver.h"

namespace wisp::component {

void ComponentLinker::add(const HostInterface& interface, void* context) {
  Entry& entry = entries_.emplace_back();
  entry.name = InterfaceName::of(interface.name, interface.version);
  entry.interface = &interface;
  entry.context = context;
}

void ComponentLinker::add_module(std::string interface, std::string name,
                                 std::shared_ptr<const jit::CompiledModule> module) {
  Entry& entry = entries_.emplace_back();
  entry.name = InterfaceName::parse(names_.emplace_back(std::move(interface)));
  entry.module_name = names_.emplace_back(std::move(name));
  entry.module = std::move(module);
}

void ComponentLinker::add_instance(std::string name, ComponentInstance& instance) {
  Entry& entry = entries_.emplace_back();
  entry.name = InterfaceName::parse(names_.emplace_back(std::move(name)));
  entry.instance = &instance;
}

Result<ResolvedImports> ComponentLinker::resolve(const Component& component) const {
  return ImportResolver(*this, component).run();
}

Result<PreparedComponent> ComponentLinker::prepare(
    std::shared_ptr<const Component> component) const {
  PreparedComponent prepared;
  prepared.imports_ = std::make_shared<const ResolvedImports>(WISP_TRY(resolve(*component)));
  prepared.component_ = std::move(component);
  prepared.limits_ = limits_;
  return prepared;
}

Result<std::unique_ptr<ComponentInstance>> ComponentLinker::instantiate(
    jit::Store& store, std::shared_ptr<const Component> component) const {
  return WISP_TRY(prepare(std::move(component))).instantiate(store);
}

}  // namespace wisp::component
