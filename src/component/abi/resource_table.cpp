#include "component/abi/resource_table.h"

#include <cstddef>

#include "component/abi/host_resource.h"
#include "platform/check.h"

namespace wisp::component {

namespace {
constexpr size_t kFirstCapacity = 16;
}

ResourceTable::~ResourceTable() {
  // Chains of parents are short (stream, pollable), so few passes do.
  while (delete_childless_objects()) {
  }
}

// An index is used again, as the specification has it, and carries no generation. So the host keeps
// none, and no pointer into a table, for as long as its entry could be freed: the lists of lent
// handles last for one call, and nothing removes what is lent; all others copy the entry.
uint32_t ResourceTable::insert(const RuntimeResourceType* type, uint64_t representation,
                               Ownership ownership) {
  uint32_t index = first_free_;
  if (index != 0) {
    first_free_ = static_cast<uint32_t>(handles_[index].representation);
  } else {
    if (budget_->left == 0) [[unlikely]]
      return 0;
    budget_->left--;
    if (handles_.empty()) {
      handles_.reserve(kFirstCapacity);
      handles_.emplace_back();
    }
    index = static_cast<uint32_t>(handles_.size());
    handles_.emplace_back();
  }
  handles_[index] = Handle(type, representation, ownership);
  live_++;
  borrows_ += static_cast<uint32_t>(ownership);
  return index;
}

void ResourceTable::remove(uint32_t index) {
  Handle* handle = find(index);
  WISP_DCHECK(handle != nullptr);
  borrows_ -= handle->is_borrow() ? 1 : 0;
  *handle = Handle(nullptr, first_free_, Ownership::kOwned);
  first_free_ = index;
  live_--;
}

bool ResourceTable::delete_childless_objects() {
  bool found = false;
  for (uint32_t index = 1; index < handles_.size(); index++) {
    Handle* handle = find(index);
    if (handle == nullptr || handle->is_borrow() || handle->type()->implementation != nullptr)
      continue;
    if (handle->object() == nullptr || handle->object()->child_count() != 0) continue;
    HostResource* object = handle->object();
    remove(index);
    delete object;
    found = true;
  }
  return found;
}

}  // namespace wisp::component
