// wasi:cli/exit: unwinds every instance like a trap, without a diagnostic. The context keeps the
// status.
#pragma once

#include <cstdint>

#include "component/host/host_binding.h"
#include "wasi/context.h"

namespace wisp::wasi::exit {

using Status = component::Outcome<void, component::Unit>;

void exit(component::HostCall& call, WasiContext& context, Status status);
void exit_with_code(component::HostCall& call, WasiContext& context, uint8_t status_code);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::exit
