// Builtins: C++ functions that compiled code calls, listed in one table.
//
// External interface: BuiltinId and, for each, the C signature in WISP_BUILTINS. Convention:
//
// 1. Called as `VmContext::builtins[id]` with the C calling convention of the platform: sp aligned
//    as that asks, the VmContext as first argument, C's callee-saved registers kept (all pinned
//    ones among them), all others clobbered. The pinned base of memory 0 stays right, since
//    memories grow in place.
// 2. The table's entries are stubs of the engine (trampolines): they check that host code has its
//    headroom on the stack (else kStackExhausted), note where the guest left, and call the
//    function.
// 3. A builtin that traps does not return: it unwinds to the entry trampoline. Compiled code has
//    nothing to check.
// 4. The return address of the call has a TrapSite (code kNone), so that the backtrace knows the
//    wasm offset.
// 5. i32 arguments and results are zero-extended. References are 64-bit values: FuncRef*, or the
//    handle of an externref.
//
// What needs no builtin: memory.size, table.size (MemoryView, TableView), data.drop, elem.drop (a
// byte in the instance's block), ref.func (VmContext::functions), table.get / table.set of
// externref where the compiler likes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"

namespace wisp::jit {

// X(Name, result, parameters after the context)
#define WISP_BUILTINS(X)                                                                         \
  /* memory.grow: pages before, or all ones (64 bits) where it may not grow. */                  \
  X(MemoryGrow, uint64_t, (VmContext*, uint32_t memory, uint64_t delta_pages))                   \
  X(MemoryFill, void, (VmContext*, uint32_t memory, uint64_t to, uint32_t byte, uint64_t count)) \
  X(MemoryCopy, void,                                                                            \
    (VmContext*, uint32_t to_memory, uint32_t from_memory, uint64_t to, uint64_t from,           \
     uint64_t count))                                                                            \
  X(MemoryInit, void,                                                                            \
    (VmContext*, uint32_t memory, uint32_t segment, uint64_t to, uint32_t from, uint32_t count)) \
  X(TableGet, uint64_t, (VmContext*, uint32_t table, uint32_t index))                            \
  X(TableSet, void, (VmContext*, uint32_t table, uint32_t index, uint64_t value))                \
  /* table.grow: elements before, or 0xffffffff. */                                              \
  X(TableGrow, uint32_t, (VmContext*, uint32_t table, uint64_t value, uint32_t delta))           \
  X(TableFill, void, (VmContext*, uint32_t table, uint32_t to, uint64_t value, uint32_t count))  \
  X(TableCopy, void,                                                                             \
    (VmContext*, uint32_t to_table, uint32_t from_table, uint32_t to, uint32_t from,             \
     uint32_t count))                                                                            \
  X(TableInit, void,                                                                             \
    (VmContext*, uint32_t table, uint32_t segment, uint32_t to, uint32_t from, uint32_t count))

#define WISP_BUILTIN_ID(name, result, parameters) k##name,
enum class BuiltinId : uint8_t { WISP_BUILTINS(WISP_BUILTIN_ID) kCount };
#undef WISP_BUILTIN_ID

constexpr size_t kBuiltinCount = static_cast<size_t>(BuiltinId::kCount);

// Offset of a builtin's entry in the table behind VmContext::builtins.
constexpr uint32_t builtin_offset(BuiltinId id) { return static_cast<uint32_t>(id) * 8; }

// The C++ functions themselves, by BuiltinId; the engine makes the stubs from them.
extern const void* const kBuiltinFunctions[kBuiltinCount];
const char* to_string(BuiltinId id);

}  // namespace wisp::jit
