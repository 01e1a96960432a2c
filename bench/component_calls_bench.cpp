// What a call between a component and the host, or between two components, costs; per kind.
//
// The guest (guests/calls.wat) calls in a loop; the time of an empty loop is reported beside.
// component.md, section 10, has the figures of others and the targets.
#include <benchmark/benchmark.h>

#include <cstdio>
#include <fstream>
#include <iterator>
#include <vector>

#include "component/host/host_binding.h"
#include "component/instance/component_instance.h"
#include "component/instance/typed_function.h"
#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "component/model/component.h"
#include "platform/clock.h"
#include "platform/entropy.h"

namespace wisp::component {
namespace {

struct Context {
  uint64_t calls = 0;
  std::vector<uint8_t> bytes = std::vector<uint8_t>(65536);
};
class Thing : public HostResource {
 public:
  uint64_t touched = 0;
};

void nop(HostCall&, Context&) {}
uint32_t add(HostCall&, Context&, uint32_t a, uint32_t b) { return a + b; }
std::unique_ptr<Thing> make(HostCall&, Context&) { return std::make_unique<Thing>(); }
uint64_t touch(HostCall&, Context&, Thing& self) { return ++self.touched; }
void take_string(HostCall&, Context& context, std::string_view text) {
  context.calls += text.size();
}
void take_bytes(HostCall&, Context& context, std::span<const uint8_t> bytes) {
  context.calls += bytes.size();
}
std::span<const uint8_t> get_bytes(HostCall&, Context& context, uint32_t length) {
  return {context.bytes.data(), length};
}
std::tuple<uint64_t, uint32_t> get_record(HostCall&, Context& context) {
  return {context.calls, 1};
}
Outcome<uint64_t, std::string> get_result(HostCall&, Context& context, bool fail) {
  if (fail) return Failure{std::string("failed")};
  return context.calls;
}

constexpr HostItem kItems[] = {
    host_resource<Thing>("thing"),
    host_function<&nop>("nop"),
    host_function<&add>("add"),
    host_function<&make>("make"),
    host_function<&touch>("[method]thing.touch"),
    host_function<&take_string>("take-string"),
    host_function<&take_bytes>("take-bytes"),
    host_function<&get_bytes>("get-bytes"),
    host_function<&get_record>("get-record"),
    host_function<&get_result>("get-result"),
};
constexpr HostInterface kInterface{"bench:host/calls", "", kItems};

template <class T>
T expect(Result<T> result) {
  if (result.has_value()) return std::move(result).value();
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::exit(1);
}

class Guest {
 public:
  Guest() {
    std::ifstream in(WISP_SOURCE_DIR "/bench/guests/calls.wasm", std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(in), {});
    std::shared_ptr<jit::Engine> engine = expect(jit::Engine::create());
    store_ = std::make_unique<jit::Store>(engine);
    linker_.add(kInterface, &context_);
    instance_ = expect(linker_.instantiate(*store_, expect(compile_component(engine, bytes_))));
  }

  void run(const char* function, uint32_t calls, uint32_t size) {
    const Value arguments[] = {Value{TypeKind::kU32, calls, {}, {}},
                               Value{TypeKind::kU32, size, {}, {}}};
    expect(instance_->find_function("", function)->call(arguments));
  }
  jit::Store& store() { return *store_; }
  template <class Body>
  void on_stack(Body body) {
    auto run = [](void* it) { (*static_cast<Body*>(it))(); };
    benchmark::DoNotOptimize(store_->run_on_guest_stack(run, &body).has_value());
  }
  template <class Signature>
  TypedFunction<Signature> typed(const char* function) {
    return expect(TypedFunction<Signature>::of(*instance_->find_function("", function)));
  }

 private:
  Context context_;
  std::vector<uint8_t> bytes_;
  std::unique_ptr<jit::Store> store_;
  ComponentLinker linker_;
  std::unique_ptr<ComponentInstance> instance_;
};

void calls(benchmark::State& state, const char* function, uint32_t size) {
  Guest guest;
  constexpr uint32_t kCalls = 10'000;
  for (auto _ : state) guest.run(function, kCalls, size);
  state.SetItemsProcessed(state.iterations() * kCalls);
  state.SetBytesProcessed(state.iterations() * kCalls * size);
  state.counters["per_call"] =
      benchmark::Counter(static_cast<double>(state.iterations()) * kCalls,
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

// Entering the guest for one call: host to guest.
void host_to_guest_dynamic(benchmark::State& state) {
  Guest guest;
  for (auto _ : state) guest.run("empty", 1, 0);
}
void host_to_guest(benchmark::State& state) {
  Guest guest;
  const auto function = guest.typed<void(uint32_t, uint32_t)>("empty");
  for (auto _ : state) benchmark::DoNotOptimize(function(1, 0).has_value());
}

// The part of it that is the switch to the guest's stack and back.
void enter_guest_stack(benchmark::State& state) {
  Guest guest;
  jit::Store& store = guest.store();
  for (auto _ : state) {
    benchmark::DoNotOptimize(store.run_on_guest_stack([](void*) {}, nullptr).has_value());
  }
}
// The part of it that is left where a host function calls back.
void host_to_guest_nested(benchmark::State& state) {
  Guest guest;
  guest.on_stack([&] {
    const auto function = guest.typed<void(uint32_t, uint32_t)>("empty");
    for (auto _ : state) benchmark::DoNotOptimize(function(1, 0).has_value());
  });
}

// What calls to WASI are measured against.
void clock_gettime(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(monotonic_now_ns());
}
void random_64k(benchmark::State& state) {
  std::vector<uint8_t> bytes(65536);
  for (auto _ : state) fill_random(bytes);
  state.SetBytesProcessed(state.iterations() * 65536);
}

BENCHMARK_CAPTURE(calls, empty_loop, "empty", 0);
BENCHMARK_CAPTURE(calls, host_nop, "nop", 0);
BENCHMARK_CAPTURE(calls, host_add, "add", 0);
BENCHMARK_CAPTURE(calls, host_method, "touch", 0);
BENCHMARK_CAPTURE(calls, host_make_and_drop, "make-drop", 0);
BENCHMARK_CAPTURE(calls, host_take_string_16, "take-string", 16);
BENCHMARK_CAPTURE(calls, host_take_string_64k, "take-string", 65536);
BENCHMARK_CAPTURE(calls, host_take_bytes_16, "take-bytes", 16);
BENCHMARK_CAPTURE(calls, host_take_bytes_64k, "take-bytes", 65536);
BENCHMARK_CAPTURE(calls, host_get_bytes_16, "get-bytes", 16);
BENCHMARK_CAPTURE(calls, host_get_bytes_64k, "get-bytes", 65536);
BENCHMARK_CAPTURE(calls, host_get_record, "get-record", 0);
BENCHMARK_CAPTURE(calls, host_get_result, "get-result", 0);
BENCHMARK_CAPTURE(calls, component_nop, "inner-nop", 0);
BENCHMARK_CAPTURE(calls, component_add, "inner-add", 0);
BENCHMARK_CAPTURE(calls, component_take_string_64k, "inner-take-string", 65536);
BENCHMARK_CAPTURE(calls, component_take_bytes_64k, "inner-take-bytes", 65536);
BENCHMARK(host_to_guest_dynamic);
BENCHMARK(host_to_guest);
BENCHMARK(enter_guest_stack);
BENCHMARK(host_to_guest_nested);
BENCHMARK(clock_gettime);
BENCHMARK(random_64k);

}  // namespace
}  // namespace wisp::component

BENCHMARK_MAIN();
