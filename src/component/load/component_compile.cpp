// Component::compile: decode, validate, link, then machine code for the modules that are
// used and for the calls between their instances.
#include <vector>

#include "component/abi/canonical.h"
#include "component/load/adapter_shape.h"
#include "component/model/component.h"
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

Result<void> Component::compile_modules(jit::Engine& engine) {
  // Modules that nothing instantiates or exports must be valid all the same.
  std::vector<bool> used(modules_.size());
  for (const CoreInstantiation& instance : core_instances_) {
    if (instance.source == ModuleSource::kOwn) used[instance.module] = true;
  }
  mark_exported(exports_, used);
  for (size_t i = 0; i < used.size(); ++i) {
    CoreModule& module = modules_[i];
    if (used[i]) {
      module.compiled = WISP_TRY(engine.compile(module.bytes, module.file_offset));
    } else {
      WISP_TRY(jit::validate_module(module.bytes, module.file_offset));
    }
  }
  return {};
}

// All allocators have one type.
void Component::resolve_realloc(const CanonicalOptionsDefinition& options, jit::Engine& engine) {
  if (!options.realloc || enter_realloc_ != nullptr) return;
  constexpr jit::ValueType kI32 = jit::ValueType::kI32;
  enter_realloc_ =
      engine.entry_trampoline(engine.signatures().id_of({{kI32, kI32, kI32, kI32}, {kI32}}));
}

void Component::resolve_trampolines(jit::Engine& engine) {
  for (size_t i = 0; i < trampolines_.size(); i++) {
    Trampoline& each = trampolines_[i];
    const bool leaves = each.place != kNoIndex && adapter_code(i) == nullptr;
    if (leaves) each.exit = engine.exit_trampoline(each.signature);
    resolve_realloc(each.options, engine);
  }
}

void Component::resolve_lifts(jit::Engine& engine) {
  for (Lift& lift : lifts_) {
    const jit::FuncType core = flatten_functype(*lift.type, CanonicalDirection::kLift);
    lift.enter = engine.entry_trampoline(engine.signatures().id_of(core));
    lift.result.type = lift.type->result;
    const size_t result_count = lift.type->result == nullptr ? 0 : 1;
    lift.params = make_value_list(lift.type->params, kMaxFlatParams);
    lift.results = make_value_list({&lift.result, result_count}, kMaxFlatResults);
    resolve_realloc(lift.options, engine);
  }
}

Result<void> Component::make_code(jit::Engine& engine) {
  WISP_TRY(compile_modules(engine));
  for (Trampoline& trampoline : trampolines_) {
    trampoline.signature = engine.signatures().id_of(*trampoline.core_type);
  }
  adapter_plans_ = plan_transfers(*this);
  std::vector<jit::AdapterShape> shapes;
  AdapterChoice choice = plan_adapters(*this, shapes);
  adapters_ = std::move(choice.shape_of);
  tests_root_only_ = choice.tests_root_only;
  if (!shapes.empty()) adapter_code_ = WISP_TRY(engine.compile_adapters(shapes));
  resolve_trampolines(engine);
  resolve_lifts(engine);
  return {};
}

Result<std::shared_ptr<const Component>> Component::compile(std::shared_ptr<jit::Engine> engine,
                                                            std::span<const uint8_t> bytes) {
  std::shared_ptr<Component> component(new Component);
  WISP_TRY(component->load(bytes));
  WISP_TRY(component->make_code(*engine));
  return std::shared_ptr<const Component>(std::move(component));
}

Result<std::shared_ptr<const Component>> Component::compose(std::shared_ptr<jit::Engine> engine,
                                                            std::span<const Plug> parts) {
  std::shared_ptr<Component> component(new Component);
  WISP_TRY(component->load(parts));
  WISP_TRY(component->make_code(*engine));
  return std::shared_ptr<const Component>(std::move(component));
}

}  // namespace wisp::component
