#include "wasi/io/poll.h"

#include <algorithm>

namespace wisp::wasi::poll {

namespace {

using PollableList = std::span<Pollable* const>;

struct Waiting {
  PollableList pollables;
  EventLoop& loop;
};

// Whether the wait is over. If not, sees to it that the loop watches: also for those that it has
// watched before, since what made one ready may have been taken by somebody else in between.
bool any_ready_else_arm(void* environment) {
  const auto& waiting = *static_cast<const Waiting*>(environment);
  Moment moment;
  for (Pollable* pollable : waiting.pollables) {
    if (pollable->ready(moment)) return true;
  }
  for (Pollable* pollable : waiting.pollables) pollable->arm(waiting.loop);
  return false;
}

}  // namespace

bool wait_for_any(component::HostCall& call, WasiContext& context, PollableList pollables) {
  Deadline deadline = kForever;
  for (Pollable* pollable : pollables) deadline = std::min(deadline, pollable->deadline());
  Waiting waiting{pollables, context.loop};
  for (;;) {
    switch (context.loop.wait_until(&any_ready_else_arm, &waiting, deadline)) {
      case WaitResult::kReady:
        return true;
      case WaitResult::kDeadline:
        continue;  // of a clock: its pollable is ready now
      case WaitResult::kInterrupted:
        call.unwind(jit::TrapCode::kInterrupted);
        return false;
    }
  }
}

// A guest that asks in a loop must make progress: one turn of the loop, without sleep, and a second
// look.
bool ready(component::HostCall&, WasiContext& context, Pollable& self) {
  if (self.ready()) return true;
  self.arm(context.loop);
  context.loop.tick(0);
  return self.ready();
}

void block(component::HostCall& call, WasiContext& context, Pollable& self) {
  Pollable* const list[] = {&self};
  wait_for_any(call, context, list);
}

std::span<const uint32_t> poll(component::HostCall& call, WasiContext& context, PollableList in) {
  if (in.empty()) {
    call.trap("empty poll list");
    return {};
  }
  auto* indices = static_cast<uint32_t*>(call.allocate(in.size() * sizeof(uint32_t)));
  if (indices == nullptr) return {};
  for (;;) {
    size_t count = 0;
    Moment moment;
    for (size_t i = 0; i < in.size(); i++) {
      if (in[i]->ready(moment)) indices[count++] = static_cast<uint32_t>(i);
    }
    if (count > 0) return {indices, count};
    if (!wait_for_any(call, context, in)) return {};
  }
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_resource<Pollable>("pollable"),
    component::host_function<&ready>("[method]pollable.ready"),
    component::host_function<&block>("[method]pollable.block"),
    component::host_function<&poll>("poll"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:io/poll", "0.2.12", kItems};

}  // namespace wisp::wasi::poll
