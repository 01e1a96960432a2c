#include "wasi/preview1/module_command.h"

#include <string>
#include <utility>
#include <vector>

#include "component/text/core_call.h"
#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "platform/printable.h"
#include "wasi/guest_run.h"
#include "wasi/preview1/imports.h"
#include "wasi/preview1/process.h"

namespace wisp::wasi::preview1 {

namespace {

constexpr std::string_view kInitialize = "_initialize";
// Beyond are those that shells use for how a process has ended.
constexpr uint32_t kMaxExitStatus = 125;

// Error kLink: says what the module is instead of a command.
Result<std::optional<uint32_t>> find_main(const jit::Module& module) {
  for (const std::string_view name : {"", "_start"}) {
    if (const auto index = component::find_core_function(module, name)) return index;
  }
  // What there is to do may have been done by then.
  if (module.start || component::find_core_function(module, kInitialize))
    return std::optional<uint32_t>();
  return Error(ErrorCode::kLink, "this is not a command: it does not export `_start`; it exports " +
                                     component::list_core_functions(module) +
                                     "; `wisp run --invoke NAME FILE` calls a function");
}

// What is called in the end; nothing: no function.
Result<std::optional<uint32_t>> find_callee(const jit::Module& module,
                                            std::optional<std::string_view> function) {
  if (!function) return find_main(module);
  if (const auto index = component::find_core_function(module, *function)) return index;
  return Error(ErrorCode::kLink, "there is no exported function " + quoted(*function) +
                                     "; the module exports " +
                                     component::list_core_functions(module));
}

const jit::MemoryView* exported_memory(jit::Instance& instance) {
  const std::optional<jit::Extern> item = instance.find_export("memory");
  jit::Memory* const* memory = item ? std::get_if<jit::Memory*>(&*item) : nullptr;
  return memory == nullptr ? nullptr : (*memory)->view();
}

struct Run {
  Process& process;
  std::shared_ptr<const jit::CompiledModule> module;
  std::vector<jit::Extern> imports;
  ModuleCall call;
  std::string result = {};

  static Result<void> instantiate_and_call(void* self) {
    auto& run = *static_cast<Run*>(self);
    jit::Store& store = run.process.store;
    jit::Instance& instance = *WISP_TRY(store.instantiate_without_start(run.module, run.imports));
    run.process.memory = exported_memory(instance);
    WISP_TRY(store.start(instance));
    const auto initialize = component::find_core_function(instance.module(), kInitialize);
    if (initialize && initialize != run.call.function) {
      WISP_TRY(store.call(*instance.reference_to(*initialize), {}));
    }
    if (!run.call.function) return {};
    const uint32_t function = *run.call.function;
    std::vector<uint64_t>& values = run.call.arguments;  // and results
    WISP_TRY(store.call(*instance.reference_to(function), values));
    run.result = component::core_results_to_text(instance.module().function_type(function), values);
    return {};
  }
};

// `_initialize` is called with nothing.
Result<void> check_initialize(const jit::Module& module) {
  const auto index = component::find_core_function(module, kInitialize);
  if (!index || module.function_type(*index) == jit::FuncType{}) return {};
  return Error(ErrorCode::kLink, "the exported `_initialize` has the type " +
                                     to_string(module.function_type(*index)) +
                                     ", which must be () -> ()");
}

}  // namespace

Result<ModuleCall> prepare_call(const jit::Module& module, component::UnknownImports unknown,
                                std::optional<std::string_view> function,
                                std::span<const char* const> arguments) {
  ModuleCall call{WISP_TRY(find_callee(module, function)), {}};
  WISP_TRY(check_initialize(module));
  if (unknown == component::UnknownImports::kRefuse) WISP_TRY(refuse_unknown(module));
  if (!call.function) return call;
  const std::string_view main = component::find_core_function(module, "") ? "" : "_start";
  call.arguments = WISP_TRY(component::parse_core_arguments(module.function_type(*call.function),
                                                            function.value_or(main), arguments));
  return call;
}

Result<Invoked> run_module(std::shared_ptr<jit::CodeServices> engine,
                           std::shared_ptr<const jit::CompiledModule> compiled,
                           WasiContext& context, const CommandOptions& options, ModuleCall call,
                           jit::Trap& trap) {
  jit::Store store(std::move(engine), options.limits);
  Process process(store, context, options.host_limits.hostcall_fuel);
  auto imports = WISP_TRY(link_imports(process, compiled->module(), options.unknown_imports));
  Run run{process, std::move(compiled), std::move(imports), std::move(call)};
  Result<void> outcome =
      run_guest(store, context, options.timeout_ns, &Run::instantiate_and_call, &run, trap);
  if (outcome.has_value()) return Invoked{std::move(run.result), 0};
  if (outcome.error().code() != ErrorCode::kExit) return std::move(outcome).error();
  if (process.exit_status > kMaxExitStatus) {
    return Error(ErrorCode::kLimit, "exit with invalid exit status outside of [0..126): " +
                                        std::to_string(process.exit_status));
  }
  return Invoked{std::nullopt, static_cast<int>(process.exit_status)};
}

}  // namespace wisp::wasi::preview1
