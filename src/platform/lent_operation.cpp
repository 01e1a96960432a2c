#include "platform/lent_operation.h"

namespace wisp {

LentOperation::LentOperation(EventLoop& loop, std::shared_ptr<const void> keep_alive, Heard heard,
                             void* owner)
    : loop_(loop), keep_alive_(std::move(keep_alive)), heard_(heard), owner_(owner) {
  operation_.set_callback(&LentOperation::told, this);
}

void LentOperation::release(LentOperation* lent) {
  if (lent == nullptr) return;
  if (lent->operation_.idle()) {
    delete lent;
    return;
  }
  lent->owner_ = nullptr;
  lent->drop_received();
  lent->cancel();
}

void LentOperation::told(void* self) {
  auto* lent = static_cast<LentOperation*>(self);
  if (lent->owner_ != nullptr) {
    lent->heard_(lent->owner_);
  } else if (lent->operation_.idle()) {
    delete lent;
  } else {
    lent->drop_received();
  }
}

// Buffers of the loop, which others need.
void LentOperation::drop_received() {
  while (ReceivedBuffer* buffer = operation_.received.pop()) loop_.give_back(*buffer);
}

}  // namespace wisp
