#include "wasi/sockets/background_write.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "platform/clock.h"
#include "wasi/sockets/socket.h"

namespace wisp::wasi::sockets {

namespace {

constexpr uint64_t kChargedBytes = BackgroundWrite::kMostBytes + sizeof(BackgroundWrite);

}  // namespace

BackgroundWrite* BackgroundWrite::start(BackgroundWrites& all, std::shared_ptr<const Socket> socket,
                                        MemoryBudget* budget, Ended ended, void* owner) {
  if (budget != nullptr && !budget->take(kChargedBytes)) return nullptr;
  return new BackgroundWrite(all, std::move(socket), budget, ended, owner);
}

BackgroundWrite::BackgroundWrite(BackgroundWrites& all, std::shared_ptr<const Socket> socket,
                                 MemoryBudget* budget, Ended ended, void* owner)
    : all_(all),
      socket_(std::move(socket)),
      budget_(budget),
      ended_(ended),
      owner_(owner),
      bytes_(std::make_unique_for_overwrite<uint8_t[]>(kMostBytes)) {
  all_.writes_.push(*this);
  all_.alive_++;
  writable_.set_callback(&writable, this);
}

BackgroundWrite::~BackgroundWrite() { all_.alive_--; }

void BackgroundWrite::append(std::span<const uint8_t> bytes) {
  WISP_CHECK(bytes.size() <= kMostBytes - end_);
  std::memcpy(bytes_.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void BackgroundWrite::arm() {
  if (!writable_.idle()) return;
  writable_.set_poll(socket_->number(), POLLOUT);
  all_.loop_.submit(writable_);
}

void BackgroundWrite::push() {
  while (begin_ < end_) {
    const int32_t count =
        socket_->send({bytes_.get() + begin_, end_ - begin_}, all_.loop_.faults());
    if (count == -EAGAIN) return arm();
    if (count < 0) return end(count);
    begin_ += static_cast<size_t>(count);
    all_.sent_bytes_ += static_cast<uint64_t>(count);
  }
  end(0);
}

void BackgroundWrite::disown() {
  owner_ = nullptr;
  is_last_ = true;
}

// The memory goes at once; the object when the kernel has let go of its operation.
void BackgroundWrite::end(int status) {
  bytes_.reset();
  if (budget_ != nullptr) budget_->give_back(kChargedBytes);
  unlink();
  if (is_last_ && status == 0) socket_->shutdown(SHUT_WR);
  if (owner_ != nullptr) ended_(owner_, status);
  if (writable_.idle()) {
    delete this;
  } else {
    all_.loop_.cancel(writable_);
  }
}

void BackgroundWrite::writable(void* self) {
  auto* write = static_cast<BackgroundWrite*>(self);
  if (write->bytes_ == nullptr) {
    delete write;
  } else if (const int32_t result = write->writable_.result(); result < 0) {
    write->end(result);
  } else {
    write->push();
  }
}

void BackgroundWrite::abandon() {
  const linger at_once{1, 0};
  ::setsockopt(socket_->number(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  end(-ECANCELED);
}

void BackgroundWrites::finish() {
  struct Progress {
    const BackgroundWrites& all;
    uint64_t sent_bytes;
  };
  const Deadline end = monotonic_now_ns() + kLongestNs;
  for (Deadline now = monotonic_now_ns(); !writes_.empty() && now < end; now = monotonic_now_ns()) {
    Progress since{*this, sent_bytes_};
    const auto made_progress = [](void* environment) {
      const auto& before = *static_cast<const Progress*>(environment);
      return before.all.empty() || before.all.sent_bytes_ != before.sent_bytes;
    };
    const Deadline patience = std::min(now + kPatienceNs, end);
    if (loop_.wait_until(made_progress, &since, patience) != WaitResult::kReady) break;
  }
  abandon();
}

void BackgroundWrites::abandon() {
  while (BackgroundWrite* write = writes_.front()) write->abandon();
  while (alive_ > 0) loop_.tick(kForever);
}

}  // namespace wisp::wasi::sockets
