#include "wasi/io/kept_wait_set.h"

#include <algorithm>
#include <cstring>

namespace wisp::wasi {

bool KeptWaitSet::is_of(component::HostCall& call,
                        const component::BorrowedList<Pollable>& list) const {
  const std::span<const uint32_t> handles = list.handles();
  return &call.table() == table_ && handles.size() == count_ &&
         std::memcmp(handles.data(), handles_.get(), handles.size_bytes()) == 0;
}

// The room that was taken stays with the store, for whose budget it counts until the store ends.
bool KeptWaitSet::make_room(component::HostCall& call, size_t count) {
  MemoryBudget* budget = call.table().memory_budget();
  if (budget != charged_) capacity_ = 0;  // of a store that has ended
  if (count <= capacity_) return true;
  const size_t more = std::max(count, capacity_ * 2) - capacity_;
  if (budget != nullptr && !budget->take(more * (sizeof(WaitEntry) + sizeof(uint32_t)))) {
    call.trap("the memory budget has no room for what is polled (--memory-budget)");
    return false;
  }
  charged_ = budget;
  capacity_ += more;
  entries_ = std::make_unique<WaitEntry[]>(capacity_);
  handles_ = std::make_unique_for_overwrite<uint32_t[]>(capacity_);
  return true;
}

bool KeptWaitSet::keep(component::HostCall& call, const component::BorrowedList<Pollable>& list) {
  if (is_of(call, list)) return true;
  forget();
  if (!make_room(call, list.size())) return false;
  bool all_owned = true;
  for (size_t i = 0; i < list.size(); i++) {
    Pollable* pollable = list.find(i);
    if (pollable == nullptr) {
      forget();
      return false;
    }
    all_owned &= list.owned(i);
    pollable->set_keeper(this);
    set_.add(entries_[i], *pollable);
    count_ = i + 1;
  }
  std::memcpy(handles_.get(), list.handles().data(), list.handles().size_bytes());
  // Nobody says when the handle of a borrow goes.
  table_ = all_owned ? &call.table() : nullptr;
  return true;
}

void KeptWaitSet::forget() {
  const size_t count = count_;
  count_ = 0;
  table_ = nullptr;
  for (size_t i = 0; i < count; i++) {
    Watcher::detach(entries_[i]);
    entries_[i].pollable->set_keeper(nullptr);
  }
}

}  // namespace wisp::wasi
