// wisp.h: running commands and calling exports.
#include <algorithm>
#include <limits>

#include "api/handles.h"
#include "platform/system_limits.h"
#include "platform/utf8.h"
#include "wasi/command_world.h"

namespace wisp {

void grant(const wisp_wasi& from, wasi::WasiContext& context) {
  context.arguments = from.arguments;
  context.environment = from.environment;
  context.preopens = from.preopens;
  context.initial_cwd = from.initial_cwd;
  context.features = from.features;
  context.network = from.network;
  context.tcp_listeners = from.tcp_listeners;
  context.stdin_descriptor = from.stdin_descriptor;
  context.stdout_descriptor = from.stdout_descriptor;
  context.stderr_descriptor = from.stderr_descriptor;
  context.max_random_size = from.max_random_size;
}

namespace {

// Of a limit of which 0 stands for the default.
template <class Limit>
void set_limit(uint64_t given, Limit& limit) {
  if (given == 0) return;
  limit = static_cast<Limit>(
      given == WISP_ZERO ? 0 : std::min<uint64_t>(given, std::numeric_limits<Limit>::max()));
}

Result<component::UnknownImports> translate(wisp_unknown_imports_t policy) {
  switch (policy) {
    case WISP_UNKNOWN_IMPORTS_REFUSE:
      return component::UnknownImports::kRefuse;
    case WISP_UNKNOWN_IMPORTS_TRAP:
      return component::UnknownImports::kTrap;
    case WISP_UNKNOWN_IMPORTS_DEFAULT:
      return component::UnknownImports::kDefault;
  }
  return Error(ErrorCode::kUsage, "wisp_unknown_imports_t " +
                                      std::to_string(static_cast<int>(policy)) + " means nothing");
}

constexpr uint64_t kBudgetOfSmallPrograms = uint64_t{64} << 20;
// A guest that took all would have the process killed, and what is not the guest's needs some.
uint64_t default_memory_budget() { return memory_of_process() / 4 * 3; }

}  // namespace

Result<wasi::CommandOptions> translate(const wisp_run_options_t* options) {
  wasi::CommandOptions result;
  result.limits.memory_budget = kBudgetOfSmallPrograms;
  result.limits.find_memory_budget = &default_memory_budget;
  if (options == nullptr) return result;
  const wisp_run_options_t given = WISP_TRY(read_struct("wisp_run_options_t", *options));
  set_limit(given.max_memory_bytes, result.limits.max_memory_bytes);
  set_limit(given.memory_budget, result.limits.memory_budget);
  if (given.memory_budget != 0) result.limits.find_memory_budget = nullptr;
  set_limit(given.max_stack_bytes, result.limits.max_stack_bytes);
  set_limit(given.max_table_elements, result.limits.max_table_elements);
  set_limit(given.hostcall_fuel, result.host_limits.hostcall_fuel);
  set_limit(given.max_resources, result.host_limits.max_resources);
  // No time at all is over at once.
  result.timeout_ns = given.timeout_ns == WISP_ZERO ? 1 : given.timeout_ns;
  result.unknown_imports = WISP_TRY(translate(given.unknown_imports));
  return result;
}

}  // namespace wisp

wisp_error_t* wisp_run_command(wisp_component_t* component, wisp_wasi_t* wasi,
                               const wisp_run_options_t* options, int* exit_status) {
  auto given = wisp::translate(options);
  if (!given.has_value()) return wisp::make_error(given.error());
  wisp::EventLoop loop(wasi->io);
  wisp::wasi::WasiContext context(loop);
  wisp::grant(*wasi, context);
  wisp::jit::Trap trap;
  auto outcome =
      wisp::wasi::run_command(component->engine, component->component, context, *given, trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *exit_status = *outcome;
  return nullptr;
}

wisp_error_t* wisp_invoke(wisp_component_t* component, wisp_wasi_t* wasi,
                          const wisp_run_options_t* options, const char* call, char** result,
                          int* exit_status) {
  if (!wisp::is_valid_utf8(call))
    return wisp::make_error(wisp::Error(wisp::ErrorCode::kUsage, "the call is not UTF-8"));
  auto given = wisp::translate(options);
  if (!given.has_value()) return wisp::make_error(given.error());
  wisp::EventLoop loop(wasi->io);
  wisp::wasi::WasiContext context(loop);
  wisp::grant(*wasi, context);
  wisp::jit::Trap trap;
  auto outcome =
      wisp::wasi::invoke(component->engine, component->component, context, *given, call, trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *result = outcome->result ? wisp::copy_string(*outcome->result) : nullptr;
  *exit_status = outcome->exit_status;
  return nullptr;
}
