#include "wasi/command_world.h"

#include <optional>
#include <string>
#include <utility>

#include "component/component_instance.h"
#include "component/component_linker.h"
#include "platform/clock.h"
#include "wasi/imports.h"

namespace wisp::wasi {

namespace {

constexpr std::string_view kRunInterface = "wasi:cli/run@0.2.12";

// What happens on the guest's stack: everything that may run guest code, so that entering it costs
// one switch.
struct Run {
  jit::Store& store;
  component::ComponentLinker& linker;
  std::shared_ptr<const component::Component> component;
  EventLoop& loop;
  std::unique_ptr<component::ComponentInstance> instance = nullptr;
  std::optional<Result<int>> outcome = std::nullopt;

  Result<int> instantiate_and_call() {
    instance = WISP_TRY(linker.instantiate(store, component));
    component::ComponentFunction* function = instance->find_function(kRunInterface, "run");
    if (function == nullptr) {
      return not_a_command();
    }
    const std::optional<component::Value> result = WISP_TRY(function->call({}));
    // result: case 1 is the error.
    return result && result->bits != 0 ? 1 : 0;
  }

  Error not_a_command() const {
    std::string message = "this is not a command: it does not export wasi:cli/run@0.2; it exports ";
    const std::vector<std::string> names = instance->export_names();
    for (const std::string& name : names) message += (&name == &names[0] ? "" : ", ") + name;
    if (names.empty()) message += "nothing";
    return Error(ErrorCode::kLink, std::move(message));
  }

  static void body(void* self) {
    auto& run = *static_cast<Run*>(self);
    EventLoop::Driven driven(run.loop);
    run.outcome.emplace(run.instantiate_and_call());
  }
};

Deadline deadline_after(uint64_t timeout_ns) {
  Deadline deadline = kForever;
  if (timeout_ns == 0 || __builtin_add_overflow(monotonic_now_ns(), timeout_ns, &deadline))
    return kForever;
  return deadline;
}

}  // namespace

Result<int> run_command(std::shared_ptr<jit::Engine> engine,
                        std::shared_ptr<const component::Component> component, WasiContext& context,
                        const CommandOptions& options, jit::Trap& trap) {
  component::ComponentLinker linker;
  add_imports(linker, context);
  jit::Store store(std::move(engine), options.limits);
  Run run{store, linker, std::move(component), context.loop};
  context.exit_status.reset();

  // Two clocks watch over the time: one wakes the loop while the guest waits (or its streams are
  // drained in the end), and a signal ends a guest that does not wait.
  if (options.timeout_ns != 0) WISP_TRY(store.set_deadline(options.timeout_ns));
  context.loop.set_call_deadline(deadline_after(options.timeout_ns));
  auto ran = store.run_on_guest_stack(&Run::body, &run, &EventLoop::pump, &context.loop);
  if (!ran.has_value()) return std::move(ran).error();

  Result<int> outcome = std::move(*run.outcome);
  if (outcome.has_value()) return outcome;
  if (outcome.error().code() == ErrorCode::kExit) return context.exit_status.value_or(0);
  if (outcome.error().code() == ErrorCode::kTrap) trap = store.last_trap();
  if (outcome.error().code() == ErrorCode::kLink) {
    const std::string& message = outcome.error().message();
    return Error(ErrorCode::kLink, message + feature_hint(message), outcome.error().offset());
  }
  return outcome;
}

}  // namespace wisp::wasi
