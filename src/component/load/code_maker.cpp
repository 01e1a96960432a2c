#include "component/load/code_maker.h"

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

// All allocators have one type.
void CodeMaker::resolve_realloc(const CanonicalOptionsDefinition& options) {
  if (!options.realloc || component_.enter_realloc != nullptr) return;
  constexpr jit::ValueType kI32 = jit::ValueType::kI32;
  component_.enter_realloc =
      engine_.entry_trampoline(engine_.signatures().id_of({{kI32, kI32, kI32, kI32}, {kI32}}));
}

void CodeMaker::resolve_trampolines() {
  for (size_t i = 0; i < component_.trampolines.size(); i++) {
    Trampoline& each = component_.trampolines[i];
    const bool leaves = each.place != kNoIndex && component_.adapter_code(i) == nullptr;
    if (leaves) each.exit = engine_.exit_trampoline(each.signature);
    resolve_realloc(each.options);
  }
}

void CodeMaker::resolve_lifts() {
  for (Lift& lift : component_.lifts) {
    const jit::FuncType core = flatten_functype(*lift.type, CanonicalDirection::kLift);
    lift.enter = engine_.entry_trampoline(engine_.signatures().id_of(core));
    lift.result.type = lift.type->result;
    lift.params = make_value_list(lift.type->params, kMaxFlatParams);
    lift.results = make_result_list(lift.result);
    resolve_realloc(lift.options);
  }
}

Result<void> CodeMaker::run() {
  WISP_TRY(compile_modules());
  for (Trampoline& trampoline : component_.trampolines) {
    trampoline.signature = engine_.signatures().id_of(*trampoline.core_type);
  }
  component_.transfer_plans = plan_transfers(component_);
  std::vector<jit::AdapterShape> shapes;
  AdapterChoice choice = plan_adapters(component_, shapes);
  component_.adapter_entries = std::move(choice.shape_of);
  component_.tests_root_only = choice.tests_root_only;
  if (!shapes.empty()) component_.adapters = WISP_TRY(engine_.compile_adapters(shapes));
  resolve_trampolines();
  resolve_lifts();
  return {};
}

}  // namespace wisp::component
