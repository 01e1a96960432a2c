// KeptWaitSet: the last long list that a guest polled, kept for the next poll.
//
// A server polls the same thousands of handles over and over. Its list is compared with the last
// one as bytes; when they are equal, no handle is looked up and no pollable looked at but those
// whose sources were notified. The set is forgotten when a handle of it goes, and when another long
// list is polled.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "component/host/borrowed_list.h"
#include "platform/memory_budget.h"
#include "wasi/io/wait_set.h"

namespace wisp::wasi {

class KeptWaitSet {
 public:
  // Shorter lists are looked at as a whole faster than they are remembered; those
  // between the two lengths are remembered once they had to be waited for.
  static constexpr size_t kFromHandles = 64;
  static constexpr size_t kAlwaysFromHandles = 256;

  explicit KeptWaitSet(EventLoop& loop) : set_(loop) {}
  ~KeptWaitSet() { forget(); }
  KeptWaitSet(const KeptWaitSet&) = delete;
  KeptWaitSet& operator=(const KeptWaitSet&) = delete;

  bool is_of(component::HostCall& call, const component::BorrowedList<Pollable>& list) const;
  // Makes it the set of this list, unless it is. False: latched in the call.
  bool keep(component::HostCall& call, const component::BorrowedList<Pollable>& list);
  void forget();

  WaitSet& set() { return set_; }
  // Of a suspect.
  uint32_t index_of(const Link& link) const {
    return static_cast<uint32_t>(static_cast<const WaitEntry*>(&link) - entries_.get());
  }

 private:
  bool make_room(component::HostCall& call, size_t count);

  WaitSet set_;
  std::unique_ptr<WaitEntry[]> entries_;
  std::unique_ptr<uint32_t[]> handles_;
  size_t capacity_ = 0;
  size_t count_ = 0;
  const component::ResourceTable* table_ = nullptr;  // null: not to be used again
  MemoryBudget* charged_ = nullptr;                  // what the capacity was taken from
};

}  // namespace wisp::wasi
