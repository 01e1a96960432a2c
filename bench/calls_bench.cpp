// What a call costs: into a guest from the host's stack and from the guest's own, out to the host,
// and what it costs to make an instance.
#include <benchmark/benchmark.h>

#include "bench/runtime_guest.h"

namespace wisp::jit {
namespace {

struct Loop {
  benchmark::State& state;
  RuntimeGuest& guest;
};

// With a switch to the guest's stack and back each time.
void call_from_outside(benchmark::State& state) {
  RuntimeGuest guest;
  const FuncRef& add = guest.function("add");
  uint64_t values[] = {1, 2};
  for (auto _ : state) benchmark::DoNotOptimize(guest.store().call(add, values).has_value());
}

void call_on_the_guest_stack(benchmark::State& state) {
  RuntimeGuest guest;
  Loop loop{state, guest};
  auto body = [](void* environment) {
    Loop& it = *static_cast<Loop*>(environment);
    const FuncRef& add = it.guest.function("add");
    uint64_t values[] = {1, 2};
    for (auto _ : it.state) {
      benchmark::DoNotOptimize(it.guest.store().call(add, values).has_value());
    }
  };
  if (!guest.store().run_on_guest_stack(body, &loop).has_value()) state.SkipWithError("no stack");
}

void call_to_the_host(benchmark::State& state) {
  RuntimeGuest guest;
  const FuncRef& loop = guest.function("call_host");
  constexpr uint64_t kCalls = 1000;
  for (auto _ : state) {
    uint64_t values[] = {kCalls};
    benchmark::DoNotOptimize(guest.store().call(loop, values).has_value());
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * kCalls));
}

// Store, host function, memory of a page, table, segments; and the end of it all.
void make_and_drop_an_instance(benchmark::State& state) {
  RuntimeGuest guest;
  auto host = [](void*, uint64_t*) { return TrapCode::kNone; };
  for (auto _ : state) {
    Store store(guest.engine());
    Extern imports[] = {store.add_host_function(
        {{ValueType::kI32, ValueType::kI64}, {ValueType::kI64}}, host, nullptr)};
    benchmark::DoNotOptimize(store.instantiate(guest.module(), imports).has_value());
  }
}

BENCHMARK(call_from_outside);
BENCHMARK(call_on_the_guest_stack);
BENCHMARK(call_to_the_host);
BENCHMARK(make_and_drop_an_instance);

}  // namespace
}  // namespace wisp::jit

BENCHMARK_MAIN();
