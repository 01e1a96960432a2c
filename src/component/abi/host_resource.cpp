#include "component/abi/host_resource.h"

#include "platform/check.h"

namespace wisp::component {

HostResource::~HostResource() {
  WISP_CHECK(child_count_ == 0);
  leave_parent();
}

void HostResource::leave_parent() {
  if (parent_ != nullptr) parent_->child_count_--;
  parent_ = nullptr;
}

void HostResource::set_parent(HostResource& parent) {
  WISP_CHECK(parent_ == nullptr);
  parent_ = &parent;
  parent.child_count_++;
}

}  // namespace wisp::component
