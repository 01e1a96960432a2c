// Who waits beside how many: polls among idle pollables, fibers among parked ones, timers among
// timers. The argument is how many others there are.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "platform/event_loop.h"
#include "platform/fiber.h"
#include "platform/timer_heap.h"
#include "wasi/cli/stdio.h"
#include "wasi/io/poll.h"

namespace wisp::wasi {
namespace {

struct Pipe {
  Pipe() {
    if (::pipe2(ends, O_CLOEXEC) != 0) std::abort();
  }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  void put() const {
    if (::write(ends[1], "x", 1) != 1) std::abort();
  }
  int ends[2];
};

// Streams over one quiet pipe, and behind them one over a busy pipe, in a table of handles.
class Polled {
 public:
  Polled(IoChoice choice, int64_t idle) : loop(choice) {
    for (int64_t i = 0; i < idle; i++) add(quiet_);
    add(busy);
  }
  // Of the last one, a byte that was put.
  void take() {
    component::HostCall call(&environment);
    if (!streams::read(call, context, *inputs_.back(), 1).ok()) std::abort();
  }
  size_t poll() {
    component::HostCall call(&environment);
    return poll::poll_handles(call, context, {call, handles_}).size();
  }

  Pipe busy;
  EventLoop loop;
  WasiContext context{loop};

 private:
  void add(Pipe& pipe) {
    component::HostCall call;
    inputs_.push_back(std::make_unique<DescriptorInputStream>(loop, pipe.ends[0]));
    auto pollable = streams::subscribe_input(call, context, *inputs_.back());
    handles_.push_back(table_.insert(&component::kHostResourceType<Pollable>,
                                     reinterpret_cast<uintptr_t>(pollable.release())));
  }

  Pipe quiet_;
  component::HandleBudget budget_;
  std::vector<std::unique_ptr<InputStream>> inputs_;
  std::vector<uint32_t> handles_;
  component::ResourceTable table_{budget_};

 public:
  component::HostFunctionEnvironment environment = [this] {
    component::HostFunctionEnvironment made;
    made.table = &table_;
    return made;
  }();
};

constexpr int64_t kUring = 0;
constexpr int64_t kEpoll = 1;

IoChoice choice_of(const benchmark::State& state) {
  return state.range(1) == kUring ? IoChoice::kUring : IoChoice::kEpoll;
}

// A byte comes, a poll finds it, it is read: the life of an echo server.
void poll_one_of_many(benchmark::State& state) {
  Polled polled(choice_of(state), state.range(0));
  for (auto _ : state) {
    polled.busy.put();
    if (polled.poll() != 1) std::abort();
    polled.take();
  }
}
BENCHMARK(poll_one_of_many)
    ->ArgsProduct({{10, 1'000, 10'000}, {kUring, kEpoll}})
    ->ArgNames({"idle", "epoll"});

// The one is ready already and stays so.
void poll_ready_one_of_many(benchmark::State& state) {
  Polled polled(choice_of(state), state.range(0));
  polled.busy.put();
  for (auto _ : state) {
    if (polled.poll() != 1) std::abort();
  }
}
BENCHMARK(poll_ready_one_of_many)
    ->ArgsProduct({{10, 1'000, 10'000}, {kUring, kEpoll}})
    ->ArgNames({"idle", "epoll"});

struct Parked {
  EventLoop* loop = nullptr;
  Source source;
  Watcher watcher;
  Link link;
  bool over = false;
  bool woken = false;

  static void body(void* environment) {
    auto& self = *static_cast<Parked*>(environment);
    self.watcher.attach(self.link, self.source);
    while (!self.over) {
      self.woken = false;
      Waiter waiter(
          *self.loop,
          [](void* parked) {
            return static_cast<Parked*>(parked)->woken || static_cast<Parked*>(parked)->over;
          },
          &self);
      self.watcher.set_waiter(&waiter);
      self.loop->wait(waiter);
    }
  }
  void wake() {
    woken = true;
    source.notify();
  }
};

// One fiber wakes another and waits for a turn of the kernel, among many that are parked.
void resume_one_of_many(benchmark::State& state) {
  EventLoop loop(IoChoice::kUring);
  struct Conductor {
    benchmark::State& state;
    EventLoop& loop;
    std::vector<Parked>& parked;
    static void body(void* environment) {
      auto& self = *static_cast<Conductor*>(environment);
      Pipe pipe;
      for (auto _ : self.state) {
        self.parked[self.parked.size() / 2].wake();
        Operation turn;
        turn.set_poll(pipe.ends[1], POLLOUT);
        self.loop.finish(turn);
      }
      for (Parked& each : self.parked) {
        each.over = true;
        each.source.notify();
      }
    }
  };
  std::vector<Parked> parked(static_cast<size_t>(state.range(0)));
  Conductor conductor{state, loop, parked};
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> pointers;
  for (Parked& each : parked) {
    each.loop = &loop;
    fibers.push_back(Fiber::create(&Parked::body, &each, 16 << 10).value());
  }
  fibers.push_back(Fiber::create(&Conductor::body, &conductor).value());
  for (auto& fiber : fibers) pointers.push_back(fiber.get());
  loop.run(pointers);
}
BENCHMARK(resume_one_of_many)->Arg(10)->Arg(10'000);

void ignore(void*) {}

class ManyTimers {
 public:
  explicit ManyTimers(int64_t count) {
    for (int64_t i = 0; i < count; i++) {
      timers_.push_back(std::make_unique<Timer>(&ignore, nullptr));
      heap.arm(*timers_.back(), instant());
    }
  }
  uint64_t instant() { return 1'000'000 + random_() % 1'000'000'000; }

  TimerHeap heap;

 private:
  std::minstd_rand random_{1};
  std::vector<std::unique_ptr<Timer>> timers_;
};

// A time-out that does not come.
void arm_and_cancel_timer(benchmark::State& state) {
  ManyTimers timers(state.range(0));
  Timer timer(&ignore, nullptr);
  for (auto _ : state) {
    timers.heap.arm(timer, timers.instant());
    timer.cancel();
  }
}
BENCHMARK(arm_and_cancel_timer)->Arg(10)->Arg(10'000);

// Time goes on; each timer that is due is armed again.
void expire_timers(benchmark::State& state) {
  struct Again {
    TimerHeap* heap;
    std::minstd_rand* random;
    uint64_t* now;
    Timer timer{[](void* self) {
                  auto& again = *static_cast<Again*>(self);
                  again.heap->arm(again.timer, *again.now + 1 + (*again.random)() % 1'000'000);
                },
                this};
  };
  TimerHeap heap;
  std::minstd_rand random(1);
  uint64_t now = 0;
  std::vector<std::unique_ptr<Again>> timers;
  for (int64_t i = 0; i < state.range(0); i++) {
    timers.emplace_back(new Again{&heap, &random, &now});
    heap.arm(timers.back()->timer, random() % 1'000'000);
  }
  for (auto _ : state) {
    now = heap.earliest();
    heap.expire(now);
  }
}
BENCHMARK(expire_timers)->Arg(10)->Arg(10'000);

}  // namespace
}  // namespace wisp::wasi

BENCHMARK_MAIN();
