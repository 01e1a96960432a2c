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

Result<std::shared_ptr<const PreparedComponent>> ComponentLinker::prepare(
    std::shared_ptr<const Component> component) const {
  ResolvedImports imports = WISP_TRY(resolve(*component));
  return std::make_shared<const PreparedComponent>(std::move(component), std::move(imports),
                                                   limits_);
}

Result<std::unique_ptr<ComponentInstance>> ComponentLinker::instantiate(
    jit::Store& store, std::shared_ptr<const Component> component) const {
  return ComponentInstance::create(store, WISP_TRY(prepare(std::move(component))));
}

}  // namespace wisp::component
