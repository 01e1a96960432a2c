#include "jit/runtime/trap_handler.h"

#include <algorithm>
#include <utility>

#include "jit/runtime/code_registry.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/store.h"
#include "platform/fiber.h"

namespace wisp::jit {
namespace {

// The divisor tells the two causes of a division fault apart.
TrapCode classify_division(const Fault& fault, const TrapSite* site) {
  if (site == nullptr || site->divisor == TrapSite::kNoDivisor) return TrapCode::kNone;
  return fault.general_register(site->divisor) == 0 ? TrapCode::kIntegerDivideByZero
                                                    : TrapCode::kIntegerOverflow;
}

}  // namespace

void install_trap_handler() { install_fault_handler(&TrapHandler::on_fault); }

bool TrapHandler::on_fault(Fault& fault) {
  Store* store = Store::running();
  if (fault.signal() == kInterruptSignal) {
    if (store != nullptr) on_interrupt(fault, *store);
    return true;
  }
  if (store == nullptr || store->context_.entry == nullptr) return false;
  TrapCode code = classify(fault, *store);
  if (code == TrapCode::kNone) return false;
  leave(fault, *store, code);
  return true;
}

// The flag says what is to be raised; where the guest cannot be unwound here, it is looked at
// later.
void TrapHandler::on_interrupt(Fault& fault, Store& store) {
  StoreContext& context = store.context_;
  if (context.entry == nullptr || context.interrupt == 0) return;
  if (code_registry::find(fault.pc()).begin == 0) return;
  auto code = static_cast<TrapCode>(std::exchange(context.interrupt, 0));
  leave(fault, store, code);
}

TrapCode TrapHandler::classify(const Fault& fault, const Store& store) {
  CodeRange range = code_registry::find(fault.pc());
  if (range.begin == 0) return TrapCode::kNone;
  bool is_access = fault.signal() == SIGSEGV || fault.signal() == SIGBUS;
  if (is_access && Fiber::current()->stack().guard_contains(fault.address())) {
    return TrapCode::kStackExhausted;
  }
  if (range.module == nullptr) {
    // A trampoline gives up where it says why, or where host code would not have its headroom.
    if (fault.signal() != SIGILL) return TrapCode::kNone;
    auto code = static_cast<TrapCode>(store.context_.trap_code);
    return code == TrapCode::kNone ? TrapCode::kStackExhausted : code;
  }
  auto code_offset = static_cast<uint32_t>(fault.pc() - range.begin);
  const TrapSite* site = range.module->trap_table().find_at_or_before(code_offset);
  if (fault.signal() == SIGFPE) return classify_division(fault, site);
  if (is_access) {
    // Anywhere else it would be a bug of the compiler, which must not pass for a trap.
    bool is_in_a_memory =
        std::any_of(store.memories_.begin(), store.memories_.end(),
                    [&fault](const auto& memory) { return memory->reserves(fault.address()); });
    return is_in_a_memory ? TrapCode::kMemoryOutOfBounds : TrapCode::kNone;
  }
  return site != nullptr && site->code_offset == code_offset ? site->code : TrapCode::kNone;
}

void TrapHandler::leave(Fault& fault, Store& store, TrapCode code) {
  StoreContext& context = store.context_;
  // A host function may pass on the trap of a nested call, whose backtrace goes deeper; see
  // Store::take_trap.
  bool is_from_host = static_cast<TrapCode>(context.trap_code) == code;
  store.trap_source_ = is_from_host ? Store::TrapSource::kHost : Store::TrapSource::kGuest;
  if (!is_from_host || store.raw_backtrace_.count == 0) {
    store.raw_backtrace_.count = 0;
    capture_backtrace(store.raw_backtrace_, context, fault.pc(), fault.frame_pointer());
  }
  context.trap_code = static_cast<uint32_t>(code);
  fault.redirect(reinterpret_cast<uintptr_t>(context.trap_exit),
                 reinterpret_cast<uintptr_t>(&context));
}

void TrapHandler::raise(Store& store, TrapCode code) {
  StoreContext& context = store.context_;
  store.trap_source_ = Store::TrapSource::kGuest;
  store.raw_backtrace_.count = 0;
  capture_backtrace(store.raw_backtrace_, context, 0,
                    reinterpret_cast<uintptr_t>(context.entry->exit_frame));
  context.trap_code = static_cast<uint32_t>(code);
  using TrapExit = void (*)(StoreContext*);
  reinterpret_cast<TrapExit>(const_cast<void*>(context.trap_exit))(&context);
  __builtin_unreachable();
}

void raise_trap(VmContext* context, TrapCode code) {
  TrapHandler::raise(context->instance->store(), code);
}

}  // namespace wisp::jit
