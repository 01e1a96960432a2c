#include "component/load/instantiation_schedule.h"

#include <algorithm>

namespace wisp::component {

void InstantiationSchedule::run() {
  find_used();
  number_trampolines();
  for (uint32_t i = 0; i < used_.size(); i++) {
    if (!used_[i]) continue;
    const uint32_t count = needed(component_.trampolines[i]);
    (count == 0 ? component_.first_trampolines
                : component_.core_instances[count - 1].completed_trampolines)
        .push_back(i);
  }
  for (uint32_t i = 0; i < component_.core_instances.size(); i++) schedule_imports(i);
}

void InstantiationSchedule::use(const CoreDefinition& definition) {
  if (definition.kind == CoreDefinition::Kind::kTrampoline) used_[definition.index] = true;
}

void InstantiationSchedule::use(const CanonicalOptionsDefinition& options) {
  use(options.realloc);
  use(options.post_return);
}

void InstantiationSchedule::find_used() {
  used_.assign(component_.trampolines.size(), false);
  for (const CoreInstantiation& instance : component_.core_instances) {
    for (const CoreDefinition& import : instance.imports) use(import);
  }
  for (const Lift& lift : component_.lifts) {
    use(lift.function);
    use(lift.options);
  }
  for (const ResourceDefinition& resource : component_.resources) use(resource.destructor);
  // The options of a trampoline name earlier ones.
  for (size_t i = used_.size(); i-- > 0;) {
    if (used_[i]) use(component_.trampolines[i].options);
  }
}

void InstantiationSchedule::number_trampolines() {
  uint32_t next[3] = {};  // by CalleeKind
  for (uint32_t i = 0; i < used_.size(); i++) {
    if (!used_[i]) continue;
    Trampoline& trampoline = component_.trampolines[i];
    trampoline.place = next[static_cast<size_t>(trampoline.callee_kind())]++;
  }
}

uint32_t InstantiationSchedule::needed(const CoreDefinition& definition) const {
  return definition.kind == CoreDefinition::Kind::kExport ? definition.core_instance + 1 : 0;
}

uint32_t InstantiationSchedule::needed(const CanonicalOptionsDefinition& options) const {
  return std::max({needed(options.memory), needed(options.realloc), needed(options.post_return)});
}

uint32_t InstantiationSchedule::needed(const Trampoline& trampoline) const {
  if (trampoline.resource != kNoIndex) {
    return needed(component_.resources[trampoline.resource].destructor);
  }
  const uint32_t own = needed(trampoline.options);
  if (trampoline.kind != TrampolineKind::kLower ||
      trampoline.callee.kind != FunctionDefinition::Kind::kLifted) {
    return own;
  }
  const Lift& lift = component_.lifts[trampoline.callee.index];
  return std::max({own, needed(lift.function), needed(lift.options)});
}

void InstantiationSchedule::schedule_imports(uint32_t core_instance) {
  uint32_t function = 0;
  for (const CoreDefinition& import : component_.core_instances[core_instance].imports) {
    if (import.sort != CoreSort::kFunc) continue;
    const uint32_t index = function++;
    if (needed(import) <= core_instance) continue;
    CoreInstantiation& provider = component_.core_instances[import.core_instance];
    provider.late_imports.push_back({core_instance, index, import});
  }
}

}  // namespace wisp::component
