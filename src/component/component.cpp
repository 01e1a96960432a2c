// Component::validate, and what is refused after validation.
#include "component/component.h"

#include "component/component_decoder.h"
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
  for (const DecodedModule& module : decoded.modules) {
    WISP_TRY(jit::validate_module(module.bytes, module.file_offset));
  }
  return refuse_gated(decoded);
}

}  // namespace wisp::component
