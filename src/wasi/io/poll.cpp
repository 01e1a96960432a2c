#include "wasi/io/poll.h"

#include <memory>
#include <new>

namespace wisp::wasi::poll {

namespace {

using PollableList = std::span<Pollable* const>;

struct Look {
  size_t count = 0;
  bool only_time = true;
};

// How many are ready, and which. Arms the others.
Look look_at_all(EventLoop& loop, PollableList in, uint32_t* indices) {
  Look look;
  Moment moment;
  for (size_t i = 0; i < in.size(); i++) {
    if (in[i]->ready(moment)) {
      indices[look.count++] = static_cast<uint32_t>(i);
      look.only_time &= in[i]->is_time();
    } else {
      in[i]->arm(loop);
    }
  }
  return look;
}

std::span<const uint32_t> refuse_empty_list(component::HostCall& call) {
  call.trap("empty poll list");
  return {};
}

// Something is ready; but what was armed just now may be ready too, and a guest that always finds
// something must not keep the others from being heard. A guest for which only an instant has come
// wants to know about the others now: that is how it asks without waiting. Whether it is to look
// again.
bool hear_others(EventLoop& loop, bool only_time) {
  return loop.glance(only_time ? Glance::kThorough : Glance::kCheap);
}

// What is ready without waiting.
size_t poll_now(EventLoop& loop, PollableList in, uint32_t* indices) {
  const Look look = look_at_all(loop, in, indices);
  if (look.count == 0 || !hear_others(loop, look.only_time)) return look.count;
  return look_at_all(loop, in, indices).count;
}

}  // namespace

bool wait_for(component::HostCall& call, WaitSet& set) {
  if (set.wait() == WaitResult::kReady) return true;
  call.unwind(jit::TrapCode::kInterrupted);
  return false;
}

bool wait_for(component::HostCall& call, WasiContext& context, Pollable& pollable) {
  WaitSet set(context.loop);
  WaitEntry entry;
  set.add(entry, pollable);
  return wait_for(call, set);
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
  wait_for(call, context, self);
}

std::span<const uint32_t> poll(component::HostCall& call, WasiContext& context, PollableList in) {
  if (in.empty()) return refuse_empty_list(call);
  auto* indices = static_cast<uint32_t*>(call.allocate(in.size() * sizeof(uint32_t)));
  if (indices == nullptr) return {};
  if (const size_t count = poll_now(context.loop, in, indices)) return {indices, count};
  auto* entries = static_cast<WaitEntry*>(call.allocate(in.size() * sizeof(WaitEntry)));
  if (entries == nullptr) return {};
  WaitSet set(context.loop);
  for (size_t i = 0; i < in.size(); i++) set.add(*new (entries + i) WaitEntry, *in[i]);
  const bool any = wait_for(call, set);
  std::destroy_n(entries, in.size());
  if (!any) return {};
  return {indices, look_at_all(context.loop, in, indices).count};
}

namespace {

std::span<const uint32_t> poll_kept(component::HostCall& call, KeptWaitSet& kept, EventLoop& loop) {
  WaitSet& set = kept.set();
  if (!set.settle()) {
    if (!wait_for(call, set)) return {};
  } else if (hear_others(loop, set.only_time_is_ready())) {
    set.settle();
  }
  const size_t count = set.ready_count();
  auto* indices = static_cast<uint32_t*>(call.allocate(count * sizeof(uint32_t)));
  if (indices == nullptr) return {};
  Link* at = set.first_suspect();
  for (size_t i = 0; i < count; i++, at = set.next_suspect(*at)) indices[i] = kept.index_of(*at);
  return {indices, count};
}

}  // namespace

std::span<const uint32_t> poll_handles(component::HostCall& call, WasiContext& context,
                                       component::BorrowedList<Pollable> in) {
  if (in.empty()) return refuse_empty_list(call);
  KeptWaitSet& kept = context.last_poll;
  const bool may_keep = in.size() >= KeptWaitSet::kFromHandles && !kept.set().has_waiter();
  if (may_keep && (in.size() >= KeptWaitSet::kAlwaysFromHandles || kept.is_of(call, in))) {
    if (!kept.keep(call, in)) return {};
    return poll_kept(call, kept, context.loop);
  }
  auto** pollables = static_cast<Pollable**>(call.allocate(in.size() * sizeof(Pollable*)));
  if (pollables == nullptr) return {};
  for (size_t i = 0; i < in.size(); i++) {
    if ((pollables[i] = in.find(i)) == nullptr) return {};
  }
  if (!may_keep) return poll(call, context, {pollables, in.size()});
  auto* indices = static_cast<uint32_t*>(call.allocate(in.size() * sizeof(uint32_t)));
  if (indices == nullptr) return {};
  if (const size_t count = poll_now(context.loop, {pollables, in.size()}, indices))
    return {indices, count};
  if (!kept.keep(call, in)) return {};
  return poll_kept(call, kept, context.loop);
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_resource<Pollable>("pollable"),
    component::host_function<&ready>("[method]pollable.ready"),
    component::host_function<&block>("[method]pollable.block"),
    component::host_function<&poll_handles>("poll"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:io/poll", "0.2.12", kItems};

}  // namespace wisp::wasi::poll
