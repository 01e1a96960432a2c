// Loading without machine code: validate, link, and what is refused after validation.
#include "component/model/component.h"

#include "component/binary/component_decoder.h"
#include "component/load/component_flattener.h"
#include "component/load/composition.h"
#include "component/load/instantiation_schedule.h"
#include "component/load/shim_folder.h"
#include "jit/wasm/module_decoder.h"

namespace wisp::component {

Result<void> refuse_gated(const Decoded& decoded) {
  if (!decoded.gated) return {};
  return Error(ErrorCode::kUnsupported, decoded.gated->message, decoded.gated->file_offset);
}

Result<void> Component::validate(std::span<const uint8_t> bytes) {
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

Result<void> Component::load(std::span<const uint8_t> bytes) {
  Decoded decoded;
  WISP_TRY(decode_component(bytes, arena_, decoded));
  WISP_TRY(refuse_gated(decoded));
  ComponentFlattener flattener(decoded, *this);
  WISP_TRY(flattener.flatten());
  ShimFolder(decoded, *this).run();
  InstantiationSchedule(*this).run();
  core_types_ = std::move(decoded.core_types);
  return {};
}

Result<void> Component::load(std::span<const Plug> parts) {
  Decoded decoded;
  std::vector<Part> composed;
  for (const Plug& part : parts) {
    Result<void> valid = decode_component(part.bytes, arena_, decoded);
    if (valid.has_value()) valid = refuse_gated(decoded);
    if (!valid.has_value()) {
      const Error& error = valid.error();
      const bool is_root = composed.empty();  // which the caller names
      return Error(error.code(), (is_root ? "" : part.name + ": ") + error.message(),
                   error.offset());
    }
    composed.push_back({part.name, part.import, decoded.root});
  }
  const Composition composition = WISP_TRY(Composition::plan(composed));
  ComponentFlattener flattener(decoded, *this);
  WISP_TRY(flattener.flatten(composition));
  ShimFolder(decoded, *this).run();
  InstantiationSchedule(*this).run();
  core_types_ = std::move(decoded.core_types);
  return {};
}

Result<std::shared_ptr<const Component>> Component::link(std::span<const uint8_t> bytes) {
  std::shared_ptr<Component> component(new Component);
  WISP_TRY(component->load(bytes));
  return std::shared_ptr<const Component>(std::move(component));
}

}  // namespace wisp::component
