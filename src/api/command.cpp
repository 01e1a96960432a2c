// wisp.h: running commands and calling exports.
#include "api/handles.h"
#include "wasi/command_world.h"

namespace wisp {

namespace {

void grant(const wisp_wasi& from, wasi::WasiContext& context) {
  context.arguments = from.arguments;
  context.environment = from.environment;
  context.preopens = from.preopens;
  context.features = from.features;
  context.stdin_descriptor = from.stdin_descriptor;
  context.stdout_descriptor = from.stdout_descriptor;
  context.stderr_descriptor = from.stderr_descriptor;
  context.max_random_size = from.max_random_size;
}

}  // namespace

wasi::CommandOptions translate(const wisp_run_options_t* options) {
  wisp_run_options_t given = WISP_RUN_OPTIONS_INIT;
  copy_options(options, given);
  wasi::CommandOptions result;
  if (given.max_memory_bytes != 0) result.limits.max_memory_bytes = given.max_memory_bytes;
  if (given.max_stack_bytes != 0) result.limits.max_stack_bytes = given.max_stack_bytes;
  if (given.max_table_elements != 0) result.limits.max_table_elements = given.max_table_elements;
  if (given.hostcall_fuel != 0) result.host_limits.hostcall_fuel = given.hostcall_fuel;
  if (given.max_resources != 0) result.host_limits.max_resources = given.max_resources;
  result.unknown_imports =
      given.unknown_imports == WISP_UNKNOWN_IMPORTS_TRAP      ? component::UnknownImports::kTrap
      : given.unknown_imports == WISP_UNKNOWN_IMPORTS_DEFAULT ? component::UnknownImports::kDefault
                                                              : component::UnknownImports::kRefuse;
  result.timeout_ns = given.timeout_ns;
  return result;
}

}  // namespace wisp

wisp_error_t* wisp_run_command(wisp_component_t* component, wisp_wasi_t* wasi,
                               const wisp_run_options_t* options, int* exit_status) {
  wisp::EventLoop loop(wasi->io);
  wisp::wasi::WasiContext context(loop);
  wisp::grant(*wasi, context);
  wisp::jit::Trap trap;
  auto outcome = wisp::wasi::run_command(component->engine, component->component, context,
                                         wisp::translate(options), trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *exit_status = *outcome;
  return nullptr;
}

wisp_error_t* wisp_invoke(wisp_component_t* component, wisp_wasi_t* wasi,
                          const wisp_run_options_t* options, const char* call, char** result,
                          int* exit_status) {
  wisp::EventLoop loop(wasi->io);
  wisp::wasi::WasiContext context(loop);
  wisp::grant(*wasi, context);
  wisp::jit::Trap trap;
  auto outcome = wisp::wasi::invoke(component->engine, component->component, context,
                                    wisp::translate(options), call, trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *result = outcome->result ? wisp::copy_string(*outcome->result) : nullptr;
  *exit_status = outcome->exit_status;
  return nullptr;
}
