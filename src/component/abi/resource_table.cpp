#include "component/abi/resource_table.h"

#include <cstddef>

#include "component/abi/host_resource.h"
#include "platform/check.h"

namespace wisp::component {

namespace {

constexpr size_t kFirstCapacity = 16;

// Null for borrows and for representations of guests.
HostResource* owned_object(const Handle& handle) {
  if (handle.is_borrow() || handle.type()->implementation != nullptr) return nullptr;
  return handle.object();
}

// What a handle keeps the host from freeing.
size_t owned_bytes(const Handle& handle) {
  const HostResource* object = owned_object(handle);
  return object == nullptr ? 0 : object->size_bytes();
}

}  // namespace

ResourceTable::~ResourceTable() {
  // Chains of parents are short (stream, pollable), so few passes do.
  while (delete_childless_objects()) {
  }
  give_back_memory(handles_.capacity() * sizeof(Handle));
}

// An index is used again, as the specification has it, and carries no generation. So the host keeps
// none, and no pointer into a table, for as long as its entry could be freed: the lists of lent
// handles last for one call, and nothing removes what is lent; all others copy the entry, or are
// told of its removal (HostResource::handle_removed).
uint32_t ResourceTable::insert(const RuntimeResourceType* type, uint64_t representation,
                               Ownership ownership) {
  const Handle handle(type, representation, ownership);
  if (first_free_ == 0 && !make_room()) [[unlikely]]
    return 0;
  if (!take_memory(owned_bytes(handle))) [[unlikely]]
    return 0;
  uint32_t index = first_free_;
  if (index != 0) {
    first_free_ = static_cast<uint32_t>(handles_[index].representation);
  } else {
    budget_->left--;
    index = static_cast<uint32_t>(handles_.size());
    handles_.emplace_back();
  }
  handles_[index] = handle;
  live_++;
  borrows_ += static_cast<uint32_t>(ownership);
  return index;
}

// For one more entry. While they are moved, the old entries are there as well.
bool ResourceTable::make_room() {
  if (budget_->left == 0) return false;
  if (handles_.size() < handles_.capacity()) return true;
  const size_t before = handles_.capacity();
  const size_t after = before == 0 ? kFirstCapacity : before * 2;
  if (!take_memory(after * sizeof(Handle))) return false;
  handles_.reserve(after);
  WISP_CHECK(handles_.capacity() == after);
  if (before == 0) handles_.emplace_back();
  give_back_memory(before * sizeof(Handle));
  return true;
}

const char* ResourceTable::refusal() const {
  return first_free_ == 0 && budget_->left == 0
             ? "resource table has no free keys"
             : "the memory budget has no room for another handle (--memory-budget)";
}

void ResourceTable::remove(uint32_t index) {
  Handle* handle = find(index);
  WISP_DCHECK(handle != nullptr);
  if (HostResource* object = owned_object(*handle)) {
    give_back_memory(object->size_bytes());
    if (object->handle_watched()) object->handle_removed();
  }
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
