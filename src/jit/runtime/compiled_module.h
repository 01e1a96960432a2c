// CompiledModule: a module with its machine code, published and executable. Immutable, shared by
// its instances.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "jit/runtime/code_arena.h"
#include "jit/runtime/signature_registry.h"
#include "jit/runtime/trap_table.h"
#include "jit/runtime/vm_context.h"
#include "jit/wasm/module.h"

namespace wisp::jit {

// What the compiler made of a module.
struct ModuleCode {
  CodeArena arena;
  std::vector<uint32_t> function_offsets;     // of the defined functions, as Module::bodies
  std::vector<uint32_t> functions_by_offset;  // the same functions in the order of their code
  std::vector<TrapSite> trap_sites;
};

class CompiledModule {
 public:
  CompiledModule(std::shared_ptr<const Module> module, ModuleCode code, SignatureSet signatures);
  ~CompiledModule();
  CompiledModule(const CompiledModule&) = delete;
  CompiledModule& operator=(const CompiledModule&) = delete;

  const Module& module() const { return *module_; }
  size_t code_size_bytes() const { return code_.arena.size_bytes(); }

  // Where the code begins that a pc of this module is counted from.
  uintptr_t code_base() const { return reinterpret_cast<uintptr_t>(code_.arena.base()); }
  TrapTable trap_table() const { return TrapTable(code_.trap_sites); }
  const InstanceLayout& layout() const { return layout_; }
  // Type index -> canonical id of the engine.
  const std::vector<uint32_t>& signature_ids() const { return signatures_.ids(); }
  // Of a defined function, by index in the function index space: where its code begins.
  uint32_t function_offset(uint32_t function) const {
    return code_.function_offsets[function - module_->imported_functions];
  }
  const void* function_entry(uint32_t function) const;
  // The function whose code contains this offset.
  uint32_t function_at(uint32_t code_offset) const;

 private:
  std::shared_ptr<const Module> module_;
  ModuleCode code_;
  SignatureSet signatures_;  // by type index
  InstanceLayout layout_;
};

}  // namespace wisp::jit
