// The event loop, polls that are ready, files through streams, random bytes.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <vector>

#include "platform/entropy.h"
#include "platform/event_loop.h"
#include "wasi/cli/stdio.h"
#include "wasi/clocks/monotonic_clock.h"
#include "wasi/filesystem/file_streams.h"
#include "wasi/filesystem/path_sandbox.h"
#include "wasi/io/poll.h"

namespace wisp::wasi {
namespace {

constexpr int64_t kUring = 0;
constexpr int64_t kEpoll = 1;

IoChoice choice_of(const benchmark::State& state) {
  return state.range(0) == kUring ? IoChoice::kUring : IoChoice::kEpoll;
}

struct Pipe {
  Pipe() { open = ::pipe2(ends, O_CLOEXEC) == 0; }
  ~Pipe() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  int ends[2] = {-1, -1};
  bool open = false;
};

// One turn that finds one completion.
void loop_turn(benchmark::State& state) {
  EventLoop loop(choice_of(state));
  Pipe pipe;
  Operation poll;
  poll.set_poll(pipe.ends[1], POLLOUT);
  for (auto _ : state) {
    loop.submit(poll);
    loop.tick(kForever);
  }
}
BENCHMARK(loop_turn)->Arg(kUring)->Arg(kEpoll)->ArgName("epoll");

// A turn with many completions, as a busy server sees it: the time is per operation.
void loop_turn_of_64(benchmark::State& state) {
  constexpr size_t kOperations = 64;
  EventLoop loop(choice_of(state));
  std::vector<Pipe> pipes(kOperations);
  std::vector<Operation> polls(kOperations);
  for (size_t i = 0; i < kOperations; i++) polls[i].set_poll(pipes[i].ends[1], POLLOUT);
  for (auto _ : state) {
    for (Operation& poll : polls) loop.submit(poll);
    while (loop.statistics().completions < loop.statistics().submissions) loop.tick(kForever);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(kOperations));
}
BENCHMARK(loop_turn_of_64)->Arg(kUring)->Arg(kEpoll)->ArgName("epoll");

// wasi:io/poll over clocks, of which the last is ready.
void poll_ready(benchmark::State& state) {
  EventLoop loop(IoChoice::kAuto);
  WasiContext context(loop);
  component::HostCall setup;
  std::vector<std::unique_ptr<Pollable>> clocks;
  std::vector<Pollable*> list;
  for (int64_t i = 0; i < state.range(0); i++) {
    const uint64_t duration = i + 1 == state.range(0) ? 0 : 3'600'000'000'000;
    clocks.push_back(monotonic_clock::subscribe_duration(setup, context, duration));
    list.push_back(clocks.back().get());
  }
  for (auto _ : state) {
    component::HostCall call;
    benchmark::DoNotOptimize(poll::poll(call, context, list));
  }
}
BENCHMARK(poll_ready)->Arg(1)->Arg(16);

// A file of 16 MiB through an input-stream, in reads of this many bytes.
void read_file_stream(benchmark::State& state) {
  constexpr int64_t kFileBytes = 16 << 20;
  EventLoop loop(IoChoice::kAuto);
  WasiContext context(loop);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::tmpfile(), &std::fclose);
  const int descriptor = ::fileno(file.get());
  const std::vector<uint8_t> content(kFileBytes, 'x');
  if (::write(descriptor, content.data(), content.size()) != kFileBytes) std::abort();
  auto open = std::make_shared<const OpenFile>(descriptor);
  for (auto _ : state) {
    FileInputStream stream(loop, open, 0);
    component::HostCall call;
    while (streams::read(call, context, stream, static_cast<uint64_t>(state.range(0))).ok()) {
    }
  }
  state.SetBytesProcessed(state.iterations() * kFileBytes);
}
BENCHMARK(read_file_stream)->Arg(4096)->Arg(65536);

// Opening and closing a file three directories down.
void sandbox_open(benchmark::State& state) {
  PathSandbox sandbox(state.range(0) == 0 ? PathSandbox::Resolver::kOpenat2
                                          : PathSandbox::Resolver::kWalk);
  const int root = ::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  for (auto _ : state) {
    ScopedDescriptor file(sandbox.open(root, "usr/include/linux/fs.h", O_RDONLY, FinalLink::kKeep));
    benchmark::DoNotOptimize(file.get());
  }
  ::close(root);
}
BENCHMARK(sandbox_open)->Arg(0)->Arg(1)->ArgName("walk");

void random_bytes(benchmark::State& state) {
  std::vector<uint8_t> bytes(static_cast<size_t>(state.range(0)));
  for (auto _ : state) {
    fill_random(bytes);
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(random_bytes)->Arg(8)->Arg(32)->Arg(1024)->Arg(65536);

}  // namespace
}  // namespace wisp::wasi

BENCHMARK_MAIN();
