// Switching stacks on x86-64; see context_switch.h.
//
// A saved stack pointer points at the address to go on at, which is popped. Left is the red zone of
// whoever switches; the frame pointer, which no clobber list may name, is above the address.
#pragma once

#include <cstdint>

#if defined(__x86_64__)  // every header compiles alone, on either architecture

namespace wisp {

[[gnu::always_inline]] inline void switch_context(void** from, void* to) {
  asm volatile(
      "leaq -128(%%rsp), %%rsp\n\t"
      "pushq %%rbp\n\t"
      "leaq 1f(%%rip), %%rax\n\t"
      "pushq %%rax\n\t"
      "movq %%rsp, (%%rdi)\n\t"
      "movq %%rsi, %%rsp\n\t"
      "popq %%rax\n\t"
      "jmpq *%%rax\n"
      "1:\n\t"
      "popq %%rbp\n\t"
      "leaq 128(%%rsp), %%rsp"
      : "+D"(from), "+S"(to)
      :
      : "rax", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm0",
        "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
        "xmm12", "xmm13", "xmm14", "xmm15", "memory", "cc");
}

[[gnu::always_inline]] inline void call_on_stack(void* context, void (*body)(void*),
                                                 void* environment) {
  asm volatile(
      "movq %%rsp, %%rbx\n\t"
      "movq %%rsi, %%rsp\n\t"
      "andq $-16, %%rsp\n\t"
      "callq *%%rdx\n\t"
      "movq %%rbx, %%rsp"
      : "+D"(environment), "+S"(context), "+d"(body)
      :
      : "rax", "rbx", "rcx", "r8", "r9", "r10", "r11", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
        "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14",
        "xmm15", "memory", "cc");
}

// As if `entry` had been called from a frame that has no caller.
inline void* prepare_context(void* stack_top, void (*entry)()) {
  auto* slots =
      reinterpret_cast<uint64_t*>(reinterpret_cast<uintptr_t>(stack_top) & ~uintptr_t{15});
  *--slots = 0;
  *--slots = reinterpret_cast<uint64_t>(entry);
  return slots;
}

}  // namespace wisp

#endif
