#include "wasi/guest_run.h"

#include <optional>
#include <utility>

#include "platform/clock.h"

namespace wisp::wasi {

namespace {

struct Run {
  EventLoop& loop;
  GuestBody body;
  void* environment;
  std::optional<Result<void>> outcome = std::nullopt;

  static void on_guest_stack(void* self) {
    auto& run = *static_cast<Run*>(self);
    EventLoop::Driven driven(run.loop);
    run.outcome.emplace(run.body(run.environment));
  }
};

Deadline deadline_after(uint64_t timeout_ns) {
  Deadline deadline = kForever;
  if (timeout_ns == 0 || __builtin_add_overflow(monotonic_now_ns(), timeout_ns, &deadline))
    return kForever;
  return deadline;
}

}  // namespace

Result<void> run_guest(jit::Store& store, WasiContext& context, uint64_t timeout_ns, GuestBody body,
                       void* environment, jit::Trap& trap) {
  Run run{context.loop, body, environment};
  context.exit_status.reset();
  context.insecure_seed.reset();

  // Two clocks watch over the time: one wakes the loop while the guest waits (or its streams are
  // drained in the end), and a signal ends a guest that does not wait.
  if (timeout_ns != 0) WISP_TRY(store.set_deadline(timeout_ns));
  context.loop.set_call_deadline(deadline_after(timeout_ns));
  WISP_TRY(store.run_on_guest_stack(&Run::on_guest_stack, &run, &EventLoop::pump, &context.loop));

  Result<void> outcome = std::move(*run.outcome);
  if (!outcome.has_value() && outcome.error().code() == ErrorCode::kTrap) trap = store.last_trap();
  return outcome;
}

}  // namespace wisp::wasi
