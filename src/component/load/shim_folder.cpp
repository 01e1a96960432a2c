#include "component/load/shim_folder.h"

#include <algorithm>
#include <utility>

namespace wisp::component {

ShimFolder::ShimFolder(const Decoded& decoded, Component& component)
    : decoded_(decoded), component_(component) {}

void ShimFolder::run() {
  find_shims();
  if (shims_.empty()) return;
  forward_imports();
  count_uses();
  for (Shim& shim : shims_) {
    if (is_filled_once(shim)) find_targets(shim);
  }
  for (uint32_t i = 0; i < component_.core_instances.size(); i++) fold_imports(i);
  fold_other_references();
  drop_unused();
}

const jit::Module* ShimFolder::module_of(uint32_t core_instance) const {
  const CoreInstantiation& instance = component_.core_instances[core_instance];
  if (instance.source == ModuleSource::kImported) return nullptr;
  return decoded_.modules[instance.module].module.get();
}

const jit::FuncType* ShimFolder::type_of(const CoreDefinition& function) const {
  if (function.kind == CoreDefinition::Kind::kTrampoline) {
    return component_.trampolines[function.index].core_type;
  }
  const jit::Module* module = module_of(function.core_instance);
  if (module != nullptr) return &module->function_type(function.index);
  const uint32_t imported = component_.core_instances[function.core_instance].module;
  return component_.imported_modules[imported].type->exports[function.index].type.func;
}

// All but the imports of core instances.
template <class Visitor>
void ShimFolder::visit_other_references(Visitor visit) {
  auto visit_options = [&](CanonicalOptionsDefinition& options) {
    visit(options.memory);
    visit(options.realloc);
    visit(options.post_return);
  };
  for (Trampoline& trampoline : component_.trampolines) visit_options(trampoline.options);
  for (Lift& lift : component_.lifts) {
    visit(lift.function);
    visit_options(lift.options);
  }
  for (ResourceDefinition& resource : component_.resources) visit(resource.destructor);
}

// --- What can be folded
//
// Each function for itself: a program that keeps a reference to one in a table of its own keeps the
// shim, and its other calls are direct all the same.

void ShimFolder::find_shims() {
  const auto count = static_cast<uint32_t>(component_.core_instances.size());
  shapes_.resize(decoded_.modules.size());
  for (size_t i = 0; i < shapes_.size(); i++) {
    shapes_[i] = {shim_entries(*decoded_.modules[i].module),
                  table_filling(*decoded_.modules[i].module)};
  }
  shim_of_.assign(count, kNoIndex);
  starts_.assign(count + 1, 0);
  for (uint32_t i = 0; i < count; i++) {
    const jit::Module* module = module_of(i);
    // Nothing is known of an imported module.
    starts_[i + 1] = starts_[i] + (module == nullptr || module->start ? 1 : 0);
    if (module == nullptr) continue;
    const ModuleShape& shape = shapes_[component_.core_instances[i].module];
    if (!shape.shim) continue;
    shim_of_[i] = static_cast<uint32_t>(shims_.size());
    Shim& shim = shims_.emplace_back();
    shim.instance = i;
    shim.entries = &*shape.shim;
  }
  for (uint32_t i = 0; i < count; i++) {
    for (const CoreDefinition& import : component_.core_instances[i].imports) {
      if (import.sort != CoreSort::kTable || shim_of_[import.core_instance] == kNoIndex) continue;
      Shim& shim = shims_[shim_of_[import.core_instance]];
      shim.table_users++;
      shim.fixups = i;
    }
  }
}

// A function that an instance imports and exports again is what was given for the import.
void ShimFolder::forward_imports() {
  std::vector<std::vector<uint32_t>> positions(decoded_.modules.size());  // of imported functions
  const auto forward = [&](CoreDefinition& reference) {
    if (reference.kind != CoreDefinition::Kind::kExport || reference.sort != CoreSort::kFunc)
      return;
    const jit::Module* module = module_of(reference.core_instance);
    if (module == nullptr || reference.index >= module->imported_functions) return;
    const CoreInstantiation& instance = component_.core_instances[reference.core_instance];
    std::vector<uint32_t>& known = positions[instance.module];
    if (known.empty()) known = function_imports(*module);
    reference = instance.imports[known[reference.index]];
  };
  // They refer to earlier instances, whose own imports were forwarded before.
  for (CoreInstantiation& instance : component_.core_instances) {
    std::for_each(instance.imports.begin(), instance.imports.end(), forward);
  }
  visit_other_references(forward);
}

void ShimFolder::count_uses() {
  uses_.assign(component_.core_instances.size(), 0);
  const auto note = [&](const CoreDefinition& reference) {
    if (reference.kind == CoreDefinition::Kind::kExport) uses_[reference.core_instance]++;
  };
  for (uint32_t i = 0; i < component_.core_instances.size(); i++) {
    for (const CoreDefinition& import : component_.core_instances[i].imports) {
      if (import.kind != CoreDefinition::Kind::kExport) continue;
      const uint32_t shim = shim_of_[import.core_instance];
      if (shim == kNoIndex || shims_[shim].fixups != i) note(import);
    }
  }
  visit_other_references(note);
}

bool ShimFolder::is_filled_once(const Shim& shim) const {
  if (shim.table_users != 1 || uses_[shim.fixups] != 0) return false;
  if (module_of(shim.fixups) == nullptr) return false;
  const auto& filling = shapes_[component_.core_instances[shim.fixups].module].fixups;
  if (!filling || starts_[shim.instance] != starts_[shim.fixups]) return false;
  const uint64_t end = uint64_t{filling->first_entry} + filling->imports.size();
  return end <= module_of(shim.instance)->tables[0].limits.min;
}

void ShimFolder::find_targets(Shim& shim) {
  for (uint32_t i = 0; i < shim.entries->size(); i++) shim.targets.push_back(target_at(shim, i));
}

// None where the entry stays empty, or is such that the call would not get through.
CoreDefinition ShimFolder::target_at(const Shim& shim, uint32_t function) const {
  const CoreInstantiation& fixups = component_.core_instances[shim.fixups];
  const TableFilling& filling = *shapes_[fixups.module].fixups;
  const uint32_t entry = (*shim.entries)[function];
  if (entry < filling.first_entry) return {};
  if (entry - filling.first_entry >= filling.imports.size()) return {};
  const CoreDefinition& target = fixups.imports[filling.imports[entry - filling.first_entry]];
  // A forwarder to a forwarder may be a circle.
  if (target.kind == CoreDefinition::Kind::kExport && shim_of_[target.core_instance] != kNoIndex) {
    return {};
  }
  const jit::FuncType& wanted = module_of(shim.instance)->function_type(function);
  return *type_of(target) == wanted ? target : CoreDefinition{};
}

const CoreDefinition* ShimFolder::target_of(const CoreDefinition& reference) const {
  if (reference.kind != CoreDefinition::Kind::kExport || reference.sort != CoreSort::kFunc) {
    return nullptr;
  }
  const uint32_t shim = shim_of_[reference.core_instance];
  if (shim == kNoIndex || shims_[shim].targets.empty()) return nullptr;
  const CoreDefinition& target = shims_[shim].targets[reference.index];
  return target ? &target : nullptr;
}

// --- Folding

namespace {

// Whether instantiating the module copies a reference to this function.
bool takes_reference(const jit::Module& module, uint32_t function) {
  const auto& declared = module.declared_function_references;
  if (function >= declared.size() || !declared[function]) return false;
  for (const jit::ElementSegment& segment : module.elements) {
    if (!segment.expressions.empty()) return true;
    const auto& functions = segment.functions;
    if (std::find(functions.begin(), functions.end(), function) != functions.end()) return true;
  }
  // An initialiser of a global may.
  return std::any_of(module.globals.begin(), module.globals.end(), [](const jit::GlobalType& type) {
    return type.value == jit::ValueType::kFuncRef;
  });
}

}  // namespace

void ShimFolder::fold_imports(uint32_t core_instance) {
  CoreInstantiation& instance = component_.core_instances[core_instance];
  const jit::Module* module = module_of(core_instance);
  uint32_t function = 0;  // index of the import among the functions
  for (size_t i = 0; i < instance.imports.size(); i++) {
    CoreDefinition& import = instance.imports[i];
    if (import.sort != CoreSort::kFunc) continue;
    const uint32_t index = function++;
    const CoreDefinition* target = target_of(import);
    if (target == nullptr) continue;
    const bool exists =
        target->kind == CoreDefinition::Kind::kTrampoline || target->core_instance < core_instance;
    const bool may_wait = module != nullptr && !takes_reference(*module, index);
    if (exists || may_wait) import = *target;
  }
}

void ShimFolder::fold_other_references() {
  // A lowered function as an option of another: nobody does that, and it might be a circle.
  visit_other_references([&](CoreDefinition& reference) {
    const CoreDefinition* target = target_of(reference);
    if (target != nullptr && target->kind == CoreDefinition::Kind::kExport) reference = *target;
  });
}

void ShimFolder::drop_unused() {
  count_uses();
  std::vector<bool> is_dropped(component_.core_instances.size());
  for (const Shim& shim : shims_) {
    if (shim.targets.empty() || uses_[shim.instance] != 0) continue;
    is_dropped[shim.instance] = true;
    is_dropped[shim.fixups] = true;
  }
  std::vector<uint32_t> new_index;
  std::vector<CoreInstantiation> kept;
  for (size_t i = 0; i < is_dropped.size(); i++) {
    new_index.push_back(static_cast<uint32_t>(kept.size()));
    if (!is_dropped[i]) kept.push_back(std::move(component_.core_instances[i]));
  }
  component_.core_instances = std::move(kept);
  auto renumber = [&](CoreDefinition& reference) {
    if (reference.kind != CoreDefinition::Kind::kExport) return;
    reference.core_instance = new_index[reference.core_instance];
  };
  for (CoreInstantiation& instance : component_.core_instances) {
    for (CoreDefinition& import : instance.imports) renumber(import);
  }
  visit_other_references(renumber);
}

}  // namespace wisp::component
