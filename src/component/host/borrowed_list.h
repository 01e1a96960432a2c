// BorrowedList: a list<borrow<R>> that is still handles, in the memory of the guest.
//
// For functions that can tell from the handles that they have seen the list before: looking up ten
// thousand handles costs more than comparing them. A view, which ends with the call.
#pragma once

#include <cstdint>
#include <span>

#include "component/host/host_call.h"

namespace wisp::component {

template <class R>
class BorrowedList {
 public:
  BorrowedList() = default;
  BorrowedList(HostCall& call, std::span<const uint32_t> handles)
      : call_(&call), handles_(handles) {}

  size_t size() const { return handles_.size(); }
  bool empty() const { return handles_.empty(); }
  std::span<const uint32_t> handles() const { return handles_; }
  // Null: there is no such handle, which is latched in the call.
  R* find(size_t index) const {
    return static_cast<R*>(call_->borrow(&kHostResourceType<R>, handles_[index]));
  }
  // Whether the table of the guest owns what a handle stands for, so that it is told when the
  // handle goes. Of a handle that was found.
  bool owned(size_t index) const { return !call_->table().find(handles_[index])->is_borrow(); }

 private:
  HostCall* call_ = nullptr;
  std::span<const uint32_t> handles_;
};

}  // namespace wisp::component
