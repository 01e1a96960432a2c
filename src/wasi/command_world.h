// The world wasi:cli/command: instantiates a component with what WASI provides and calls its
// wasi:cli/run, or another of its exports, on a guest stack, until it ends.
//
// Code is made if there is none yet, when all else is known to be right: that there is such an
// export, that the arguments fit, and that everything is provided that the component imports.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "component/link/component_linker.h"
#include "component/model/component.h"
#include "jit/runtime/store.h"
#include "platform/result.h"
#include "wasi/context.h"

namespace wisp::wasi {

struct CommandOptions {
  jit::StoreLimits limits;
  component::HostLimits host_limits;
  component::UnknownImports unknown_imports = component::UnknownImports::kRefuse;
  uint64_t timeout_ns = 0;  // of the whole run; 0: none
};

// The exit status: what the guest handed to exit, or 0 and 1 for what `run` returned.
// Error kTrap: `trap` has the reason and the backtrace.
Result<int> run_command(std::shared_ptr<jit::Engine> engine,
                        std::shared_ptr<component::Component> component, WasiContext& context,
                        const CommandOptions& options, jit::Trap& trap);

struct Invoked {
  std::optional<std::string> result;  // as WAVE, "()" for none; nothing where the guest has exited
  int exit_status = 0;
};

// Calls what `call` says in WAVE, "add(1, 2)". Further errors: kLink where there is no such export,
// kUsage for arguments that are not of its parameters' types: both before any guest code runs.
Result<Invoked> invoke(std::shared_ptr<jit::Engine> engine,
                       std::shared_ptr<component::Component> component, WasiContext& context,
                       const CommandOptions& options, std::string_view call, jit::Trap& trap);

}  // namespace wisp::wasi
