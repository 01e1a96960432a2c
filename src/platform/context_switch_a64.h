// Switching stacks on AArch64; see context_switch.h.
//
// A saved stack pointer points at the frame pointer, which no clobber list may name, and the
// address to go on at.
#pragma once

#include <cstdint>

#if defined(__aarch64__)  // every header compiles alone, on either architecture

namespace wisp {

[[gnu::always_inline]] inline void switch_context(void** from, void* to) {
  register void** saved asm("x0") = from;
  register void* target asm("x1") = to;
  asm volatile(
      "adr x9, 1f\n\t"
      "stp x29, x9, [sp, #-16]!\n\t"
      "mov x10, sp\n\t"
      "str x10, [x0]\n\t"
      "mov sp, x1\n\t"
      "ldp x29, x9, [sp], #16\n\t"
      "br x9\n"
      "1:"
      : "+r"(saved), "+r"(target)
      :
      : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
        "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28",
        "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",
        "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",
        "v26", "v27", "v28", "v29", "v30", "v31", "memory", "cc");
}

[[gnu::always_inline]] inline void call_on_stack(void* context, void (*body)(void*),
                                                 void* environment) {
  register void* argument asm("x0") = environment;
  register void* target asm("x1") = context;
  register void (*code)(void*) asm("x2") = body;
  asm volatile(
      "mov x19, sp\n\t"
      "mov sp, x1\n\t"
      "blr x2\n\t"
      "mov sp, x19"
      : "+r"(argument), "+r"(target), "+r"(code)
      :
      : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16",
        "x17", "x18", "x19", "x30", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9",
        "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22",
        "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "memory", "cc");
}

inline void* prepare_context(void* stack_top, void (*entry)()) {
  auto* slots =
      reinterpret_cast<uint64_t*>(reinterpret_cast<uintptr_t>(stack_top) & ~uintptr_t{15});
  *--slots = reinterpret_cast<uint64_t>(entry);
  *--slots = 0;
  return slots;
}

}  // namespace wisp

#endif
