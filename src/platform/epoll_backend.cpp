// The epoll backend: readiness by epoll, transfers by plain system calls, regular files on a
// worker pool.
//
// An operation takes one of three ways:
//   * poll, or a transfer without an offset: asked once with poll(2) whether it would wait. If not,
//     it is done at once; else it hangs at its descriptor until epoll reports it, and is asked
//     again. A transfer is never made before poll(2) says yes, so descriptors without O_NONBLOCK
//     do not block the thread.
//   * a transfer at an offset, or on a descriptor that epoll refuses (EPERM: regular files are
//     never "ready"): a worker thread does it. Such a transfer cannot be cancelled: it ends by
//     itself.
//   * cancelled: done with ECANCELED.
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "platform/clock.h"
#include "platform/io_backend.h"
#include "platform/worker_pool.h"

namespace wisp {

namespace {

constexpr uint32_t kMaxFileThreads = 4;
constexpr int kEventsPerWait = 64;
static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT && EPOLLERR == POLLERR &&
              EPOLLHUP == POLLHUP);

// What poll(2) says now, without waiting; 0 if nothing holds.
uint32_t current_events(int descriptor, uint32_t events) {
  pollfd entry{descriptor, static_cast<short>(events), 0};
  return ::poll(&entry, 1, 0) > 0 ? static_cast<uint16_t>(entry.revents) : 0;
}

class EpollBackend final : public IoBackend {
 public:
  ~EpollBackend() override;
  Result<void> open();

  void submit(Submissions& submissions) override;
  void reap(OperationList& done) override;
  bool may_sleep() const override { return finished_.empty(); }
  void submit_and_wait(Submissions& submissions, Deadline deadline) override;
  const char* name() const override { return "epoll"; }

 private:
  struct FileJob : WorkerPool::Job {
    EpollBackend* backend;
    Operation* operation;
  };

  // The operations that wait at one descriptor, and the events that epoll watches for them.
  struct Waiters {
    Operation* first = nullptr;
    uint32_t watched = 0;
  };

  void start(Operation& operation);
  bool try_now(Operation& operation);
  void wait_at_descriptor(Operation& operation);
  bool watch(int descriptor, Waiters& waiters);
  void start_on_worker(Operation& operation);
  void retry_waiters(int descriptor);
  void cancel(Operation& operation);
  void finish(Operation& operation, int32_t result);
  void wait_for_events(Deadline deadline);
  static void run_file_job(WorkerPool::Job& job);

  int epoll_ = -1;
  int worker_event_ = -1;  // an eventfd: a worker has finished something
  std::unordered_map<int, Waiters> waiters_;
  OperationList finished_;
  std::mutex worker_mutex_;
  std::vector<std::pair<Operation*, int32_t>> worker_results_;
  bool has_precise_wait_ = true;  // epoll_pwait2
  bool asked_ = false;            // epoll was asked since the last reap
  std::optional<WorkerPool> workers_{std::in_place, kMaxFileThreads};
};

EpollBackend::~EpollBackend() {
  workers_.reset();  // joins: a thread may still be about to write to the eventfd
  if (epoll_ >= 0) ::close(epoll_);
  if (worker_event_ >= 0) ::close(worker_event_);
}

Result<void> EpollBackend::open() {
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0)
    return Error(ErrorCode::kIo, std::string("epoll_create1: ") + std::strerror(errno));
  worker_event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (worker_event_ < 0)
    return Error(ErrorCode::kIo, std::string("eventfd: ") + std::strerror(errno));
  epoll_event event{EPOLLIN, {.fd = worker_event_}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, worker_event_, &event) != 0) {
    return Error(ErrorCode::kIo, std::string("epoll_ctl: ") + std::strerror(errno));
  }
  return {};
}

void EpollBackend::finish(Operation& operation, int32_t result) {
  operation.mark_done(result);
  finished_.push(operation);
}

// Does the operation if it need not wait.
bool EpollBackend::try_now(Operation& operation) {
  if (faults != nullptr && operation.kind() != OperationKind::kPoll && faults->take_again())
      [[unlikely]]
    return false;
  const uint32_t events = current_events(operation.descriptor(), awaited_events(operation));
  if (events == 0) return false;
  if (operation.kind() == OperationKind::kPoll) {
    const bool invalid = (events & POLLNVAL) != 0;
    finish(operation, invalid ? -EBADF : static_cast<int32_t>(events));
    return true;
  }
  const int32_t result = perform_blocking(operation);
  if (result == -EAGAIN) return false;
  finish(operation, result);
  return true;
}

void EpollBackend::start(Operation& operation) {
  operation.mark_in_kernel();
  if (operation.kind() != OperationKind::kPoll && operation.offset() != Operation::kNoOffset) {
    start_on_worker(operation);
    return;
  }
  if (!try_now(operation)) wait_at_descriptor(operation);
}

void EpollBackend::wait_at_descriptor(Operation& operation) {
  Waiters& waiters = waiters_[operation.descriptor()];
  operation.backend_next = waiters.first;
  waiters.first = &operation;
  if (watch(operation.descriptor(), waiters)) return;
  const int error = errno;
  waiters.first = operation.backend_next;
  if (waiters.first == nullptr) waiters_.erase(operation.descriptor());
  if (error == EPERM && operation.kind() != OperationKind::kPoll) {
    start_on_worker(operation);  // a regular file
  } else {
    finish(operation, -error);
  }
}

// Makes epoll watch for what the waiters need.
bool EpollBackend::watch(int descriptor, Waiters& waiters) {
  uint32_t wanted = 0;
  for (Operation* at = waiters.first; at != nullptr; at = at->backend_next)
    wanted |= awaited_events(*at);
  if (wanted == waiters.watched) return true;
  epoll_event event{wanted, {.fd = descriptor}};
  const int how = waiters.watched == 0 ? EPOLL_CTL_ADD
                  : wanted == 0        ? EPOLL_CTL_DEL
                                       : EPOLL_CTL_MOD;
  if (::epoll_ctl(epoll_, how, descriptor, &event) != 0) return false;
  waiters.watched = wanted;
  return true;
}

void EpollBackend::retry_waiters(int descriptor) {
  auto found = waiters_.find(descriptor);
  if (found == waiters_.end()) return;
  Waiters& waiters = found->second;
  Operation** link = &waiters.first;
  while (Operation* operation = *link) {
    Operation* next = operation->backend_next;
    if (try_now(*operation)) {
      *link = next;
    } else {
      link = &operation->backend_next;
    }
  }
  watch(descriptor, waiters);
  if (waiters.first == nullptr) waiters_.erase(found);
}

void EpollBackend::cancel(Operation& operation) {
  auto found = waiters_.find(operation.descriptor());
  if (found == waiters_.end()) return;  // on a worker, or done already
  for (Operation** link = &found->second.first; *link != nullptr; link = &(*link)->backend_next) {
    if (*link != &operation) continue;
    *link = operation.backend_next;
    finish(operation, -ECANCELED);
    watch(operation.descriptor(), found->second);
    if (found->second.first == nullptr) waiters_.erase(found);
    return;
  }
}

void EpollBackend::start_on_worker(Operation& operation) {
  auto* job = new FileJob;
  job->run = &run_file_job;
  job->backend = this;
  job->operation = &operation;
  workers_->submit(*job);
}

void EpollBackend::run_file_job(WorkerPool::Job& job) {
  auto& self = static_cast<FileJob&>(job);
  const int32_t result = perform_blocking(*self.operation);
  EpollBackend& backend = *self.backend;
  {
    std::lock_guard lock(backend.worker_mutex_);
    backend.worker_results_.emplace_back(self.operation, result);
  }
  delete &self;
  const uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(backend.worker_event_, &one, sizeof one);
}

void EpollBackend::submit(Submissions& submissions) {
  while (Operation* operation = submissions.operations.pop()) start(*operation);
  for (Operation* operation : submissions.cancellations) cancel(*operation);
  submissions.cancellations.clear();
}

void EpollBackend::submit_and_wait(Submissions& submissions, Deadline deadline) {
  submit(submissions);
  if (may_sleep()) wait_for_events(deadline);
}

void EpollBackend::wait_for_events(Deadline deadline) {
  asked_ = true;
  epoll_event events[kEventsPerWait];
  uint64_t left = 0;
  if (deadline != 0 && deadline != kForever) {
    const uint64_t now = monotonic_now_ns();
    left = deadline > now ? deadline - now : 0;
  }
  int count = -1;
  if (has_precise_wait_) {
    const timespec timeout{static_cast<time_t>(left / 1'000'000'000),
                           static_cast<long>(left % 1'000'000'000)};
    count = ::epoll_pwait2(epoll_, events, kEventsPerWait,
                           deadline == kForever ? nullptr : &timeout, nullptr);
    has_precise_wait_ = count >= 0 || (errno != ENOSYS && errno != EPERM);
  }
  if (!has_precise_wait_) {
    constexpr uint64_t kMillisecond = 1'000'000;
    constexpr uint64_t kLongest = 60'000;  // the loop asks again
    const uint64_t milliseconds = left / kMillisecond + (left % kMillisecond != 0);
    count = ::epoll_wait(epoll_, events, kEventsPerWait,
                         deadline == kForever
                             ? -1
                             : static_cast<int>(milliseconds < kLongest ? milliseconds : kLongest));
  }
  for (int i = 0; i < count; i++) {
    if (events[i].data.fd == worker_event_) {
      uint64_t finished_count;
      [[maybe_unused]] const ssize_t drained =
          ::read(worker_event_, &finished_count, sizeof finished_count);
      continue;
    }
    retry_waiters(events[i].data.fd);
  }
  std::lock_guard lock(worker_mutex_);
  for (auto [operation, result] : worker_results_) finish(*operation, result);
  worker_results_.clear();
}

void EpollBackend::reap(OperationList& done) {
  if (!asked_) wait_for_events(0);
  asked_ = false;
  done.append(finished_);
}

}  // namespace

Result<std::unique_ptr<IoBackend>> make_epoll_backend() {
  auto backend = std::make_unique<EpollBackend>();
  WISP_TRY(backend->open());
  return std::unique_ptr<IoBackend>(std::move(backend));
}

}  // namespace wisp
