// Fault's view of the registers on AArch64 Linux.
#if defined(__aarch64__)

#include <ucontext.h>

#include "platform/fault_handler.h"

namespace wisp {
namespace {
mcontext_t& machine(void* context) { return static_cast<ucontext_t*>(context)->uc_mcontext; }
}  // namespace

uintptr_t Fault::pc() const { return machine(ucontext_).pc; }
uintptr_t Fault::stack_pointer() const { return machine(ucontext_).sp; }
uintptr_t Fault::frame_pointer() const { return machine(ucontext_).regs[29]; }
uint64_t Fault::general_register(uint8_t number) const {
  return number < 31 ? machine(ucontext_).regs[number] : 0;
}

void Fault::redirect(uintptr_t pc, uintptr_t argument) {
  machine(ucontext_).pc = pc;
  machine(ucontext_).regs[0] = argument;
}

}  // namespace wisp

#endif
