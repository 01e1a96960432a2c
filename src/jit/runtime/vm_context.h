// VmContext: the plain data that compiled code reaches through its pinned instance register.
//
// One contiguous block per instance holds a VmContext and, behind it, everything of the instance
// that changes; the layout behind the fixed part follows from the Module alone (InstanceLayout), so
// that compiled code addresses it by constants. Nothing in it is an absolute address that code
// would contain: a CodeImage holds none.
#pragma once

#include <cstddef>
#include <cstdint>

#include "jit/wasm/module.h"

namespace wisp::jit {

class Instance;
struct StoreContext;
struct VmContext;

// A function as a value: what `ref.func` yields points to one, and an entry of a funcref table is
// one, by value. A table shared by several instances therefore needs no thunk: the caller switches
// to the entry's context.
struct FuncRef {
  const void* code = nullptr;  // entry in the wasm calling convention
  uint32_t signature = 0;  // canonical id of the type in the engine; 0 only in a null table entry
  // In `context`: finds the FuncRef again that was copied into a table.
  uint32_t function_index = 0;
  VmContext* context = nullptr;
  uint8_t* memory_base = nullptr;  // of the context's memory 0
};
static_assert(sizeof(FuncRef) == 32);

// A table as compiled code sees it. Funcref tables hold FuncRef by value, externref tables 8-byte
// handles (0: null).
struct TableView {
  void* entries = nullptr;
  uint64_t length = 0;
};

// A memory as compiled code sees it. The base never changes: memories grow in place.
struct MemoryView {
  uint8_t* base = nullptr;
  uint64_t size_bytes = 0;
};

// A global: type and the slot that holds its value (16 bytes; references are FuncRef* or externref
// handles).
struct GlobalInstance {
  GlobalType type;
  uint64_t* value = nullptr;
};

// One entry of a guest: at the stack pointer of its entry trampoline. Trampolines write it,
// backtraces read it.
struct EntryRecord {
  EntryRecord* outer = nullptr;
  void* frame = nullptr;  // frame pointer of the trampoline
  // Frame pointer of the trampoline through which the guest last left for the host or a builtin:
  // the guest's own frame pointer is at [exit_frame], its pc at [exit_frame + 8]. Not set before.
  void* exit_frame = nullptr;
  StoreContext* store = nullptr;
};

// State of the thread that is inside a guest of this store; trampolines save and check here.
struct StoreContext {
  // Host code may be entered only with sp above it.
  uintptr_t stack_limit = 0;
  // The innermost entry; null: not in a guest. A trap goes back there.
  EntryRecord* entry = nullptr;
  // Where trampolines jump to unwind, with this StoreContext as first argument of the C convention.
  const void* trap_exit = nullptr;
  // Why: a TrapCode, set before jumping to trap_exit.
  uint32_t trap_code = 0;
  // A TrapCode that is to be raised as soon as the guest runs; looked at on entry and on each
  // return from the host.
  uint32_t interrupt = 0;
};

struct VmContext {
  uint8_t* memory_base = nullptr;  // of memory 0; loaded into the pinned register
  StoreContext* store = nullptr;
  Instance* instance = nullptr;
  const void* const* builtins = nullptr;    // entries of runtime/builtins, by BuiltinId
  const uint32_t* signature_ids = nullptr;  // type index -> canonical id
  // By function index; filled in for imports and for functions of which references may be taken.
  FuncRef* functions = nullptr;
};

// Offsets from the VmContext, a function of the Module alone. Imported tables, memories and globals
// are pointers to the owner's TableView, MemoryView or value slot; own ones lie in the block
// itself. An imported function is a FuncRef. Compiled code does not know of what comes last.
struct InstanceLayout {
  explicit InstanceLayout(const Module& module);

  uint32_t function_import(uint32_t index) const {
    return function_imports + index * uint32_t{sizeof(FuncRef)};
  }
  // Where the TableView / MemoryView pointer (imported and own alike) of an index is stored.
  uint32_t table_pointer(uint32_t index) const { return table_pointers + index * 8; }
  uint32_t memory_pointer(uint32_t index) const { return memory_pointers + index * 8; }
  // For an imported global: where the pointer to its value slot is. For an own one: the value slot
  // itself (16 bytes).
  uint32_t global(uint32_t index) const {
    return index < imported_globals ? global_pointers + index * 8
                                    : global_values + (index - imported_globals) * 16;
  }
  // One byte per segment: non-zero once dropped.
  uint32_t data_dropped(uint32_t index) const { return data_flags + index; }
  uint32_t element_dropped(uint32_t index) const { return element_flags + index; }

  uint32_t function_imports, table_pointers, memory_pointers, global_pointers, global_values,
      data_flags, element_flags;
  uint32_t imported_globals;
  // A FuncRef per function, pointers to all tables, memories and globals, the globals it defines.
  uint32_t functions, tables, memories, globals, own_globals;
  uint32_t size_bytes;
};

}  // namespace wisp::jit
