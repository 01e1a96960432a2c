// The world wasi:cli/command: instantiates a component and calls its wasi:cli/run, on a guest
// stack, until it ends.
#pragma once

#include <memory>

#include "component/component.h"
#include "jit/runtime/store.h"
#include "platform/result.h"
#include "wasi/context.h"

namespace wisp::wasi {

struct CommandOptions {
  jit::StoreLimits limits;
  uint64_t timeout_ns = 0;  // of the whole run; 0: none
};

// The exit status: what the guest handed to exit, or 0 and 1 for what `run` returned.
// Error kTrap: `trap` has the reason and the backtrace.
Result<int> run_command(std::shared_ptr<jit::Engine> engine,
                        std::shared_ptr<const component::Component> component, WasiContext& context,
                        const CommandOptions& options, jit::Trap& trap);

}  // namespace wisp::wasi
