#include "wasi/cli/exit.h"

namespace wisp::wasi::exit {

void exit(component::HostCall& call, WasiContext& context, Status status) {
  context.exit_status = status.ok() ? 0 : 1;
  call.exit();
}

void exit_with_code(component::HostCall& call, WasiContext& context, uint8_t status_code) {
  context.exit_status = status_code;
  call.exit();
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_function<&exit>("exit"),
    component::host_function<&exit_with_code>("exit-with-code"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:cli/exit", "0.2.12", kItems};

}  // namespace wisp::wasi::exit
