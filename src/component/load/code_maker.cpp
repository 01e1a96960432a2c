#include "component/load/code_maker.h"

#include <algorithm>
#include <vector>

#include "component/load/adapter_shape.h"
#include "component/type/layout.h"
#include "jit/wasm/module_decoder.h"

namespace wisp::component {
namespace {

void mark_exported(std::span<const ExportDefinition> exports, std::vector<bool>& used) {
  for (const ExportDefinition& item : exports) {
    if (item.sort == ExternSort::kModule && item.module_source == ModuleSource::kOwn) {
      used[item.module] = true;
    }
    mark_exported(item.exports, used);
  }
}

}  // namespace

Result<void> CodeMaker::compile_modules() {
  // Modules that nothing instantiates or exports must be valid all the same.
  std::vector<bool> used(component_.modules.size());
  for (const CoreInstantiation& instance : component_.core_instances) {
    if (instance.source == ModuleSource::kOwn) used[instance.module] = true;
  }
  mark_exported(component_.exports, used);
  for (size_t i = 0; i < used.size(); ++i) {
    CoreModule& module = component_.modules[i];
    if (used[i]) {
      module.compiled = WISP_TRY(engine_.compile(module.bytes, module.file_offset));
    } else {
      WISP_TRY(jit::validate_module(module.bytes, module.file_offset));
    }
  }
  return {};
}

bool CodeMaker::leaves(uint32_t trampoline) const {
  return component_.trampolines[trampoline].place != kNoIndex &&
         component_.adapter_code(trampoline) == nullptr;
}

bool CodeMaker::has_allocator() const {
  const auto has = [](const auto& each) { return static_cast<bool>(each.options.realloc); };
  return std::ranges::any_of(component_.lifts, has) ||
         std::ranges::any_of(component_.trampolines, has);
}

// The ways into the guests of an instance and out of them: in one batch, since each batch is a
// mapping of its own.
Result<void> CodeMaker::make_trampolines() {
  std::vector<uint32_t> entries, exits;
  const auto enters = [&](const jit::FuncType& type) -> Result<uint32_t> {
    entries.push_back(WISP_TRY(component_.signatures.add(type)));
    return entries.back();
  };
  for (uint32_t i = 0; i < component_.trampolines.size(); i++) {
    if (leaves(i)) exits.push_back(component_.trampolines[i].signature);
  }
  std::vector<uint32_t> lifted;
  for (const Lift& lift : component_.lifts) {
    const jit::FuncType core = flatten_functype(*lift.type, CanonicalDirection::kLift);
    lifted.push_back(WISP_TRY(enters(core)));
    if (lift.options.post_return) WISP_TRY(enters({core.results, {}}));
  }
  // All allocators have one type, and so have all destructors.
  constexpr jit::ValueType kI32 = jit::ValueType::kI32;
  uint32_t realloc = 0;
  if (has_allocator()) realloc = WISP_TRY(enters({{kI32, kI32, kI32, kI32}, {kI32}}));
  const auto is_dropped = [](const auto& each) { return static_cast<bool>(each.destructor); };
  if (std::ranges::any_of(component_.resources, is_dropped)) WISP_TRY(enters({{kI32}, {}}));

  WISP_TRY(engine_.make_trampolines(entries, exits));
  for (uint32_t i = 0; i < component_.trampolines.size(); i++) {
    Trampoline& each = component_.trampolines[i];
    if (leaves(i)) each.exit = WISP_TRY(engine_.exit_trampoline(each.signature));
  }
  for (size_t i = 0; i < lifted.size(); i++) {
    component_.lifts[i].enter = WISP_TRY(engine_.entry_trampoline(lifted[i]));
  }
  if (realloc != 0) component_.enter_realloc = WISP_TRY(engine_.entry_trampoline(realloc));
  return {};
}

Result<void> CodeMaker::run() {
  WISP_TRY(compile_modules());
  component_.signatures = jit::SignatureSet(engine_.signatures());
  for (Trampoline& trampoline : component_.trampolines) {
    trampoline.signature = WISP_TRY(component_.signatures.add(*trampoline.core_type));
  }
  component_.transfer_plans = plan_transfers(component_);
  std::vector<jit::AdapterShape> shapes;
  AdapterChoice choice = plan_adapters(component_, shapes);
  component_.adapter_entries = std::move(choice.shape_of);
  component_.tests_root_only = choice.tests_root_only;
  if (!shapes.empty()) component_.adapters = WISP_TRY(engine_.compile_adapters(shapes));
  WISP_TRY(make_trampolines());
  for (Lift& lift : component_.lifts) {
    lift.result.type = lift.type->result;
    lift.params = make_value_list(lift.type->params, kMaxFlatParams);
    lift.results = make_result_list(lift.result);
  }
  return {};
}

}  // namespace wisp::component
