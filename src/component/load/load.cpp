#include "component/load/load.h"

#include <mutex>
#include <utility>
#include <vector>

#include "component/binary/component_decoder.h"
#include "component/load/code_maker.h"
#include "component/load/component_flattener.h"
#include "component/load/composition.h"
#include "component/load/instantiation_schedule.h"
#include "component/load/shim_folder.h"
#include "component/model/decoded.h"
#include "jit/wasm/module_decoder.h"

namespace wisp::component {
namespace {

// After validation, before any code is made.
Result<void> refuse_gated(const Decoded& decoded) {
  if (!decoded.gated) return {};
  return Error(ErrorCode::kUnsupported, decoded.gated->message, decoded.gated->file_offset);
}

// What follows flattening.
void finish(Decoded& decoded, Component& component) {
  ShimFolder(decoded, component).run();
  InstantiationSchedule(component).run();
  component.core_types = std::move(decoded.core_types);
}

}  // namespace

Result<void> validate_component(std::span<const uint8_t> bytes) {
  Arena arena;
  Decoded decoded;
  WISP_TRY(decode_component(bytes, arena, decoded));
  // Whether it is valid comes first, as far as that can be told.
  for (const DecodedModule& module : decoded.modules) {
    Result<void> valid = jit::validate_module(module.bytes, module.file_offset);
    if (valid) continue;
    const Error& error = valid.error();
    if (error.code() != ErrorCode::kUnsupported) return valid;
    if (!decoded.gated) decoded.gated = GatedFeature{error.message(), error.offset()};
  }
  return refuse_gated(decoded);
}

Result<std::shared_ptr<Component>> link_component(std::span<const uint8_t> bytes) {
  auto component = std::make_shared<Component>();
  Decoded decoded;
  WISP_TRY(decode_component(bytes, component->arena, decoded));
  WISP_TRY(refuse_gated(decoded));
  WISP_TRY(ComponentFlattener(decoded, *component).flatten());
  finish(decoded, *component);
  return component;
}

Result<std::shared_ptr<Component>> compose_components(std::span<const Plug> plugs) {
  auto component = std::make_shared<Component>();
  Decoded decoded;
  std::vector<Part> parts;
  for (const Plug& plug : plugs) {
    Result<void> valid = decode_component(plug.bytes, component->arena, decoded);
    if (valid.has_value()) valid = refuse_gated(decoded);
    if (!valid.has_value()) {
      const Error& error = valid.error();
      const bool is_root = parts.empty();  // which the caller names
      return Error(error.code(), (is_root ? "" : plug.name + ": ") + error.message(),
                   error.offset());
    }
    parts.push_back({plug.name, plug.import, decoded.root});
  }
  const Composition composition = WISP_TRY(Composition::plan(parts));
  WISP_TRY(ComponentFlattener(decoded, *component).flatten(composition));
  finish(decoded, *component);
  return component;
}

Result<void> make_code(Component& component, jit::Engine& engine) {
  std::lock_guard lock(component.making_code);
  if (component.has_code) return {};
  WISP_TRY(CodeMaker(component, engine).run());
  component.has_code = true;
  return {};
}

Result<std::shared_ptr<const Component>> compile_component(std::shared_ptr<jit::Engine> engine,
                                                           std::span<const uint8_t> bytes) {
  std::shared_ptr<Component> component = WISP_TRY(link_component(bytes));
  WISP_TRY(make_code(*component, *engine));
  return std::shared_ptr<const Component>(std::move(component));
}

}  // namespace wisp::component
