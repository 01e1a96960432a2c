// What a trap costs, from the entry of the guest to the error in the host's hands, beside a bare
// signal that returns.
#include <benchmark/benchmark.h>
#include <ucontext.h>

#include <csignal>

#include "bench/runtime_guest.h"

namespace wisp::jit {
namespace {

// A fault and its return, with nothing done about it but to step over the instruction.
void bare_signal(benchmark::State& state) {
  struct sigaction previous;
  struct sigaction action = {};
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  action.sa_sigaction = [](int, siginfo_t*, void* context) {
    constexpr int kSizeOfUd2 = 2;
    static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_RIP] += kSizeOfUd2;
  };
  sigaction(SIGILL, &action, &previous);
  for (auto _ : state) __asm__ volatile("ud2");
  sigaction(SIGILL, &previous, nullptr);
}

struct Loop {
  benchmark::State& state;
  RuntimeGuest& guest;
  const char* name;
  uint64_t argument;
};

void trap(benchmark::State& state, const char* name, uint64_t argument) {
  RuntimeGuest guest;
  Loop loop{state, guest, name, argument};
  auto body = [](void* environment) {
    Loop& it = *static_cast<Loop*>(environment);
    const FuncRef& function = it.guest.function(it.name);
    for (auto _ : it.state) {
      uint64_t values[] = {it.argument, 0};
      if (it.guest.store().call(function, values).has_value()) it.state.SkipWithError("no trap");
    }
  };
  if (!guest.store().run_on_guest_stack(body, &loop).has_value()) state.SkipWithError("no stack");
}

void stack_exhausted(benchmark::State& state) { trap(state, "recurse", 100'000'000); }

BENCHMARK(bare_signal);
BENCHMARK_CAPTURE(trap, unreachable, "unreachable", 0);
BENCHMARK_CAPTURE(trap, memory_out_of_bounds, "load", 1u << 20);
BENCHMARK_CAPTURE(trap, divide_by_zero, "divide", 1);
BENCHMARK(stack_exhausted);

}  // namespace
}  // namespace wisp::jit

BENCHMARK_MAIN();
