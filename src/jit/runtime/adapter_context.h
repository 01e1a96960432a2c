// AdapterContext: what the code of a fused adapter reaches: both ends of a call from one component
// instance to another. AdapterCode: the published code of a component's adapters.
//
// Like a HostFunction it begins with a VmContext, since that is what a FuncRef carries. The code is
// made once per component; an instance fills in one context per adapter.
#pragma once

#include <cstdint>
#include <vector>

#include "jit/runtime/published_code.h"
#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"

namespace wisp::jit {

struct AdapterContext;

// Moves the values of one direction: flat values at `from` become those at `to`, and what is in
// memory follows them. Anything but kNone unwinds the guest.
using AdapterHook = TrapCode (*)(AdapterContext* context, uint64_t* from, uint64_t* to);

// Why an adapter's code ends the guest by itself.
enum class AdapterFailure : uint32_t { kCannotLeave, kInvalidChar, kInvalidDiscriminant };
// Gives the store the text; the code raises TrapCode::kHost behind it.
using AdapterFailureHook = void (*)(AdapterContext* context, AdapterFailure why);

// A block is the contents of a list or string among the flat values; `block` is the flat index of
// its pointer, or kResultBlock.
constexpr uint32_t kResultBlock = 0xffff;
// Checks the content of a string, whose range was checked.
using TextCheckHook = TrapCode (*)(AdapterContext* context, uint32_t block, const uint8_t* from,
                                   uint64_t size_bytes);
// Copies, checking what the type of a list restricts; the ranges were checked.
using BlockCopyHook = TrapCode (*)(AdapterContext* context, uint32_t block, const uint8_t* from,
                                   uint8_t* to, uint64_t size_bytes);
// A pointer or a length of the source, or the `address` that realloc returned, is wrong: says which
// and how. `from` and `to` as for an AdapterHook.
using BlockRefusalHook = TrapCode (*)(AdapterContext* context, uint32_t block, uint64_t* from,
                                      uint64_t* to, uint32_t address);

// Where the blocks of one direction come from and go to.
struct BlockRoute {
  const MemoryView* source = nullptr;
  const MemoryView* destination = nullptr;
  FuncRef realloc;  // of the receiver, as are the next two
  uint8_t* may_leave = nullptr;
  uint64_t* slots = nullptr;
};

struct AdapterContext {
  VmContext context;
  FuncRef reference;  // what the caller imports
  FuncRef callee;
  FuncRef post_return;
  const uint8_t* caller_may_leave = nullptr;
  uint8_t* callee_may_leave = nullptr;
  uint64_t* callee_slots = nullptr;  // the context of the callee's instance (context.get)
  AdapterHook params = nullptr;
  AdapterHook results = nullptr;
  AdapterFailureHook fail = nullptr;
  BlockRoute params_route, results_route;
  TextCheckHook check_text = nullptr;
  BlockCopyHook copy_block = nullptr;
  BlockRefusalHook refuse_block = nullptr;
};

class AdapterCode {
 public:
  AdapterCode(CodeArena arena, std::vector<uint32_t> offsets);
  AdapterCode(const AdapterCode&) = delete;
  AdapterCode& operator=(const AdapterCode&) = delete;

  // Of the n-th adapter that was asked for.
  const void* entry(uint32_t index) const { return code_.at(offsets_[index]); }

 private:
  PublishedCode code_;
  std::vector<uint32_t> offsets_;
};

}  // namespace wisp::jit
