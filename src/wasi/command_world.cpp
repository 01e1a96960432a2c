#include "wasi/command_world.h"

#include <optional>
#include <string>
#include <utility>

#include "component/instance/component_instance.h"
#include "component/instance/export_search.h"
#include "component/link/import_advice.h"
#include "component/load/load.h"
#include "component/text/wave_reader.h"
#include "component/text/wave_writer.h"
#include "platform/printable.h"
#include "wasi/guest_run.h"
#include "wasi/imports.h"

namespace wisp::wasi {

namespace {

constexpr std::string_view kRunInterface = "wasi:cli/run@0.2.12";

// What is to be done with the instance; errors end the run.
using UseInstance = Result<void> (*)(component::ComponentInstance& instance, void* environment);

// A component that is ready, until it has been used.
struct Run {
  jit::Store& store;
  std::shared_ptr<const component::PreparedComponent> component;
  UseInstance use;
  void* environment;
  std::unique_ptr<component::ComponentInstance> instance = nullptr;

  static Result<void> instantiate_and_use(void* self) {
    auto& run = *static_cast<Run*>(self);
    run.instance =
        WISP_TRY(component::ComponentInstance::create(run.store, std::move(run.component)));
    return run.use(*run.instance, run.environment);
  }
};

// What the guest has written to its sockets goes out after it has ended, and before the budget of
// its store goes.
struct FinishWrites {
  WasiContext& context;
  ~FinishWrites() { context.background_writes.finish(); }
};

// With imports of WASI.
Result<std::shared_ptr<const component::PreparedComponent>> prepare(
    std::shared_ptr<const component::Component> component, WasiContext& context,
    const CommandOptions& options) {
  component::ComponentLinker linker(options.host_limits);
  linker.set_unknown_imports(options.unknown_imports);
  add_imports(linker, context);
  auto prepared = linker.prepare(std::move(component));
  if (prepared.has_value() || prepared.error().code() != ErrorCode::kLink) return prepared;
  return Error(ErrorCode::kLink, with_feature_hints(prepared.error().message()),
               prepared.error().offset());
}

// kExit: the guest asked for it, the context knows the status.
Result<void> run(std::shared_ptr<jit::Engine> engine,
                 std::shared_ptr<component::Component> component, WasiContext& context,
                 const CommandOptions& options, jit::Trap& trap, UseInstance use,
                 void* environment) {
  auto prepared = WISP_TRY(prepare(component, context, options));
  WISP_TRY(component::make_code(*component, *engine));
  jit::Store store(std::move(engine), options.limits);
  const FinishWrites finish_writes{context};
  Run run{store, std::move(prepared), use, environment};
  return run_guest(store, context, options.timeout_ns, &Run::instantiate_and_use, &run, trap);
}

// What the component is instead, and which command fits.
Error not_a_command(const component::Component& component) {
  using component::ExternSort;
  std::string exports;
  bool has_functions = false, is_handler = false, is_candidate = false;
  for (const component::ExportDefinition& each : component.exports) {
    if (each.sort == ExternSort::kType) continue;
    exports += (exports.empty() ? "" : ", ") + quoted(each.name);
    has_functions |= each.sort == ExternSort::kFunc || each.sort == ExternSort::kInstance;
    is_handler |= each.name.starts_with("wasi:http/incoming-handler@");
    is_candidate |= each.name.starts_with("wasi:cli/run@0.2.0-rc");
  }
  std::string message = "this is not a command: it does not export wasi:cli/run@0.2; it exports " +
                        (exports.empty() ? "nothing" : exports);
  if (is_candidate) {
    message +=
        ": release candidates have another ABI; rebuild with a current toolchain, for example for "
        "wasm32-wasip2";
  } else if (is_handler) {
    message += "; it serves HTTP, which needs `wisp serve`: that is not there yet";
  } else if (has_functions) {
    message +=
        "; `wisp run --invoke 'NAME(ARGUMENTS)' FILE` calls a function, `wisp wit FILE` shows "
        "them";
  }
  return Error(ErrorCode::kLink, std::move(message));
}

// `func() -> result`
bool is_type_of_run(const component::FuncType& type) {
  return type.params.empty() && type.result != nullptr &&
         type.result->kind == component::TypeKind::kResult && type.result->element == nullptr &&
         type.result->error == nullptr;
}

// Before anything runs. Error kLink: says what it is instead.
Result<void> check_is_command(const component::Component& component) {
  const component::ExportDefinition* instance =
      find_export(component.exports, component::ExternSort::kInstance, kRunInterface);
  if (instance == nullptr) return not_a_command(component);
  const std::string name = "`" + std::string(instance->name) + "`";
  const component::ExportDefinition* function =
      find_export(instance->exports, component::ExternSort::kFunc, "run");
  if (function == nullptr) {
    return Error(ErrorCode::kLink, "this is not a command: its " + name + " lacks `run`");
  }
  if (is_type_of_run(*function->func_type)) return {};
  return Error(ErrorCode::kLink,
               "this is not a command: the type of `run` in its " + name + " differs" +
                   component::compare_types("func() -> result", to_string(*function->func_type)));
}

Result<void> call_run(component::ComponentInstance& instance, void* status) {
  component::ComponentFunction* function = instance.find_function(kRunInterface, "run");
  const std::optional<component::Value> result = WISP_TRY(function->call({}));
  // result: case 1 is the error.
  *static_cast<int*>(status) = result && result->bits != 0 ? 1 : 0;
  return {};
}

struct Invocation {
  component::ExportedFunction function;
  std::vector<component::Value> arguments;
  std::string result;
};

Result<void> call_export(component::ComponentInstance& instance, void* environment) {
  auto& invocation = *static_cast<Invocation*>(environment);
  const component::ExportedFunction& wanted = invocation.function;
  component::ComponentFunction* function =
      instance.find_function(wanted.interface, wanted.definition->name);
  const std::optional<component::Value> result = WISP_TRY(function->call(invocation.arguments));
  const component::ValType* type = function->type().result;
  invocation.result = result && type != nullptr ? component::to_wave(*type, *result) : "()";
  return {};
}

}  // namespace

Result<int> run_command(std::shared_ptr<jit::Engine> engine,
                        std::shared_ptr<component::Component> component, WasiContext& context,
                        const CommandOptions& options, jit::Trap& trap) {
  WISP_TRY(check_is_command(*component));
  int status = 0;
  Result<void> outcome =
      run(std::move(engine), std::move(component), context, options, trap, &call_run, &status);
  if (outcome.has_value()) return status;
  if (outcome.error().code() == ErrorCode::kExit) return context.exit_status.value_or(0);
  return std::move(outcome).error();
}

Result<Invoked> invoke(std::shared_ptr<jit::Engine> engine,
                       std::shared_ptr<component::Component> component, WasiContext& context,
                       const CommandOptions& options, std::string_view call, jit::Trap& trap) {
  const component::WaveCall parsed = WISP_TRY(component::parse_wave_call(call));
  Invocation invocation;
  invocation.function = WISP_TRY(component::find_exported_function(*component, parsed.name));
  const component::FuncType& type = *invocation.function.definition->func_type;
  invocation.arguments = WISP_TRY(component::parse_wave_arguments(parsed, type));
  Result<void> outcome = run(std::move(engine), std::move(component), context, options, trap,
                             &call_export, &invocation);
  if (outcome.has_value()) return Invoked{std::move(invocation.result), 0};
  if (outcome.error().code() == ErrorCode::kExit) {
    return Invoked{std::nullopt, context.exit_status.value_or(0)};
  }
  return std::move(outcome).error();
}

}  // namespace wisp::wasi
