// One run of a guest, whatever it is: on a guest stack, so that it can wait, and with an eye on the
// time.
#pragma once

#include <cstdint>

#include "jit/runtime/store.h"
#include "platform/result.h"
#include "wasi/context.h"

namespace wisp::wasi {

// Everything that may run guest code, so that entering it costs one switch of stacks.
using GuestBody = Result<void> (*)(void* environment);

// `timeout_ns` is of the whole run; 0: none. Errors: what the body says. Of these, kTrap: `trap`
// has the reason and the backtrace; kExit: the guest asked for it, the context knows the status.
Result<void> run_guest(jit::Store& store, WasiContext& context, uint64_t timeout_ns, GuestBody body,
                       void* environment, jit::Trap& trap);

}  // namespace wisp::wasi
