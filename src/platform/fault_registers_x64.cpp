// Fault's view of the registers on x86-64 Linux.
#if defined(__x86_64__)

#include <ucontext.h>

#include "platform/fault_handler.h"

namespace wisp {
namespace {

// Index in gregs by the number that instructions use.
constexpr int kGregOfNumber[16] = {REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP,
                                   REG_RSI, REG_RDI, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                   REG_R12, REG_R13, REG_R14, REG_R15};

greg_t* registers(void* context) { return static_cast<ucontext_t*>(context)->uc_mcontext.gregs; }

uintptr_t value(void* context, int index) {
  return static_cast<uintptr_t>(registers(context)[index]);
}

}  // namespace

uintptr_t Fault::pc() const { return value(ucontext_, REG_RIP); }
uintptr_t Fault::stack_pointer() const { return value(ucontext_, REG_RSP); }
uintptr_t Fault::frame_pointer() const { return value(ucontext_, REG_RBP); }
uint64_t Fault::general_register(uint8_t number) const {
  return value(ucontext_, kGregOfNumber[number & 15]);
}

void Fault::redirect(uintptr_t pc, uintptr_t argument) {
  registers(ucontext_)[REG_RIP] = static_cast<greg_t>(pc);
  registers(ucontext_)[REG_RDI] = static_cast<greg_t>(argument);
}

}  // namespace wisp

#endif
