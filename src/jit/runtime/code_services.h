// CodeServices: what the runtime needs from the engine, which stands above it: numbers of
// signatures, and the trampolines between the C convention and the one of compiled code.
#pragma once

#include <cstdint>
#include <memory>

#include "jit/runtime/signature_registry.h"
#include "jit/runtime/vm_context.h"
#include "platform/result.h"

namespace wisp::jit {

// Host to wasm: calls `function` with arguments and results in `values`, in the frame that traps
// come back to.
enum class EntryOutcome : uint64_t { kReturned = 0, kTrapped = 1 };
using EntryTrampoline = EntryOutcome (*)(const FuncRef* function, uint64_t* values,
                                         StoreContext* store);

class CodeServices {
 public:
  virtual ~CodeServices() = default;

  virtual const std::shared_ptr<SignatureRegistry>& signatures() = 0;
  // Of a signature that somebody holds, as long as it is held. Errors kLimit: no memory for code.
  virtual Result<EntryTrampoline> entry_trampoline(uint32_t signature) = 0;
  // Wasm to host, in the wasm convention: the context is that of a HostFunction.
  virtual Result<const void*> exit_trampoline(uint32_t signature) = 0;
  // Stubs of the builtins, by BuiltinId.
  virtual const void* const* builtin_stubs() = 0;
  virtual const void* trap_exit() = 0;
};

}  // namespace wisp::jit
