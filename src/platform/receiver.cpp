#include "platform/receiver.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace wisp {

namespace {

constexpr uint32_t kWaitsBeforeReceiving = 4;
constexpr uint32_t kMaxUnreadBuffers = 16;

}  // namespace

Receiver::~Receiver() { LentOperation::release(lent_); }

bool Receiver::armed() const { return lent_ != nullptr && !lent_->operation().idle(); }

bool Receiver::ready() const {
  return has_ended_ || failure_ != 0 || (lent_ != nullptr && !lent_->operation().received.empty());
}

bool Receiver::arm(EventLoop& loop, int descriptor, const std::shared_ptr<const void>& keep_alive) {
  if (armed() || ready()) return true;
  if (++waits_ <= kWaitsBeforeReceiving || !loop.can_receive()) return false;
  if (lent_ == nullptr) {
    lent_ = LentOperation::make(
        loop, keep_alive, [](void* self) { static_cast<Receiver*>(self)->heard(); }, this);
  }
  lent_->operation().set_receive(descriptor);
  lent_->submit();
  return true;
}

int32_t Receiver::take(std::span<uint8_t> buffer) {
  size_t total = 0;
  ReceivedBuffer* from = lent_ == nullptr ? nullptr : lent_->operation().received.front();
  while (from != nullptr && total < buffer.size()) {
    const auto bytes = from->left().first(std::min(from->left().size(), buffer.size() - total));
    std::memcpy(buffer.data() + total, bytes.data(), bytes.size());
    total += bytes.size();
    from->taken += static_cast<uint32_t>(bytes.size());
    if (!from->left().empty()) break;
    lent_->operation().received.pop();
    lent_->loop().give_back(*from);
    from = lent_->operation().received.front();
  }
  if (total > 0) return static_cast<int32_t>(total);
  if (failure_ != 0) return -std::exchange(failure_, 0);
  return has_ended_ ? 0 : -EAGAIN;
}

void Receiver::give_up() {
  waits_ = 0;
  lent_->cancel();
}

void Receiver::heard() {
  Operation& operation = lent_->operation();
  if (operation.idle()) {
    const int32_t result = operation.result();
    if (result == 0) {
      has_ended_ = true;
    } else if (result < 0) {
      waits_ = 0;
      const bool plain_way = result == -ENOBUFS || result == -ECANCELED || result == -EINVAL;
      if (!plain_way) failure_ = -result;
    }
  } else {
    uint32_t unread = 0;
    bool any_full = false;
    for (ReceivedBuffer* at = operation.received.front(); at != nullptr;
         at = operation.received.after(*at)) {
      unread++;
      any_full |= at->full();
    }
    if (any_full || unread > kMaxUnreadBuffers) give_up();
  }
  source_.notify();
}

}  // namespace wisp
