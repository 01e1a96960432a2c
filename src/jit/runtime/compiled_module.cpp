#include "jit/runtime/compiled_module.h"

#include <algorithm>

#include "jit/runtime/code_registry.h"
#include "platform/check.h"

namespace wisp::jit {

CompiledModule::CompiledModule(std::shared_ptr<const Module> module, ModuleCode code,
                               SignatureSet signatures)
    : module_(std::move(module)),
      code_(std::move(code)),
      signatures_(std::move(signatures)),
      layout_(*module_) {
  WISP_CHECK(code_.function_offsets.size() == module_->bodies.size());
  if (code_size_bytes() != 0) {
    code_registry::add({code_base(), code_base() + code_size_bytes(), this});
  }
}

CompiledModule::~CompiledModule() {
  if (code_size_bytes() != 0) code_registry::remove(code_base());
}

const void* CompiledModule::function_entry(uint32_t function) const {
  return code_.arena.base() + function_offset(function);
}

uint32_t CompiledModule::function_at(uint32_t code_offset) const {
  const auto& order = code_.functions_by_offset;
  auto after = std::upper_bound(order.begin(), order.end(), code_offset,
                                [this](uint32_t offset, uint32_t function) {
                                  return offset < code_.function_offsets[function];
                                });
  return module_->imported_functions + (after == order.begin() ? 0 : *(after - 1));
}

}  // namespace wisp::jit
