// The epoll backend: readiness by epoll, transfers by plain system calls, regular files on a
// worker pool.
//
// An operation takes one of four ways:
//   * poll: it hangs at its descriptor until epoll reports events that it awaits. A descriptor
//     stays registered once it was, disarmed by each report (EPOLLONESHOT): so a wait costs one
//     call to arm it and a share in the call that waits.
//   * a transfer without an offset: asked with poll(2) whether it would wait. If not, it is done at
//     once; else it hangs at its descriptor and is asked again. It is never made before poll(2)
//     says yes, so descriptors without O_NONBLOCK do not block the thread.
//   * a transfer at an offset, or on a descriptor that epoll refuses (EPERM: regular files are
//     never "ready"): a worker thread does it. Such a transfer cannot be cancelled: it ends by
//     itself.
//   * cancelled: done with ECANCELED.
#include <fcntl.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/clock.h"
#include "platform/io_backend.h"
#include "platform/worker_pool.h"

namespace wisp {

namespace {

constexpr uint32_t kMaxFileThreads = 4;
constexpr int kEventsPerWait = 64;
constexpr uint64_t kWorkerEvent = ~uint64_t{0};  // no descriptor's
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
  void reap(Reaped& reaped) override;
  bool may_sleep() const override { return finished_.empty(); }
  bool has_news() const override { return !finished_.empty(); }
  void submit_and_wait(Submissions& submissions, Deadline deadline) override;
  const char* name() const override { return "epoll"; }

 private:
  struct FileJob : WorkerPool::Job {
    EpollBackend* backend;
    Operation* operation;
  };

  // What waits at one descriptor.
  struct Place {
    Operation* first = nullptr;
    uint32_t watched = 0;  // what the next report is about; 0: none will come
    uint32_t order = 0;    // the last one, which its report carries; 0: none yet
  };

  void start(Operation& operation);
  bool try_now(Operation& operation);
  void wait_at_descriptor(Operation& operation);
  void refuse(Operation& operation, int error);
  int watch(int descriptor, uint32_t events);
  void start_on_worker(Operation& operation);
  void take_report(const epoll_event& report);
  void cancel(Operation& operation);
  void finish(Operation& operation, int32_t result);
  void wait_for_events(Deadline deadline);
  static void run_file_job(WorkerPool::Job& job);

  int epoll_ = -1;
  int worker_event_ = -1;      // an eventfd: a worker has finished something
  std::vector<Place> places_;  // by descriptor
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
  epoll_event event{EPOLLIN, {.u64 = kWorkerEvent}};
  if (::epoll_ctl(epoll_, EPOLL_CTL_ADD, worker_event_, &event) != 0) {
    return Error(ErrorCode::kIo, std::string("epoll_ctl: ") + std::strerror(errno));
  }
  return {};
}

void EpollBackend::finish(Operation& operation, int32_t result) {
  operation.mark_done(result);
  finished_.push(operation);
}

// Does the transfer if it need not wait.
bool EpollBackend::try_now(Operation& operation) {
  if (faults != nullptr && faults->take_again()) [[unlikely]]
    return false;
  if (current_events(operation.descriptor(), awaited_events(operation)) == 0) return false;
  const int32_t result = perform_blocking(operation);
  if (result == -EAGAIN) return false;
  finish(operation, result);
  return true;
}

void EpollBackend::start(Operation& operation) {
  operation.mark_in_kernel();
  WISP_DCHECK(operation.kind() != OperationKind::kReceive);
  if (operation.kind() != OperationKind::kPoll) {
    if (operation.offset() != Operation::kNoOffset) {
      start_on_worker(operation);
      return;
    }
    if (try_now(operation)) return;
  }
  wait_at_descriptor(operation);
}

void EpollBackend::wait_at_descriptor(Operation& operation) {
  const int descriptor = operation.descriptor();
  if (descriptor < 0) return refuse(operation, EBADF);
  const auto index = static_cast<size_t>(descriptor);
  // The kernel has no descriptor beyond its own table, so this one is not longer.
  if (index >= places_.size() && ::fcntl(descriptor, F_GETFD) < 0) return refuse(operation, errno);
  if (index >= places_.size()) places_.resize(index + 1);
  const uint32_t wanted = places_[index].watched | awaited_events(operation);
  if (const int error = watch(descriptor, wanted); error != 0) return refuse(operation, error);
  operation.backend_next = places_[index].first;
  places_[index].first = &operation;
}

// What epoll does not take.
void EpollBackend::refuse(Operation& operation, int error) {
  if (error != EPERM) return finish(operation, -error);
  // A regular file: never "ready" for epoll, always for poll(2).
  if (operation.kind() != OperationKind::kPoll) return start_on_worker(operation);
  finish(operation,
         static_cast<int32_t>(current_events(operation.descriptor(), operation.events())));
}

// Orders one report of these events. The descriptor may have been closed and its number given to
// another since the last order, and the file that had it may still be open elsewhere: its reports
// carry an order that is past. Gives errno, or 0.
int EpollBackend::watch(int descriptor, uint32_t events) {
  Place& place = places_[static_cast<size_t>(descriptor)];
  const bool first = place.order == 0;
  if (++place.order == 0) place.order = 1;
  const uint64_t what = static_cast<uint32_t>(descriptor) | uint64_t{place.order} << 32;
  epoll_event event{events | EPOLLONESHOT, {.u64 = what}};
  const auto ask = [&](int how) {
    return ::epoll_ctl(epoll_, how, descriptor, &event) == 0 ? 0 : errno;
  };
  int error = first ? ENOENT : ask(EPOLL_CTL_MOD);
  if (error == ENOENT) error = ask(EPOLL_CTL_ADD);
  if (error == 0) place.watched = events;
  return error;
}

void EpollBackend::take_report(const epoll_event& report) {
  const auto descriptor = static_cast<uint32_t>(report.data.u64);
  Place& place = places_[descriptor];
  if (place.order != report.data.u64 >> 32) return;  // of a file that had the number before
  place.watched = 0;
  uint32_t wanted = 0;
  Operation** link = &place.first;
  while (Operation* operation = *link) {
    const uint32_t events = report.events & (awaited_events(*operation) | EPOLLERR | EPOLLHUP);
    Operation* next = operation->backend_next;
    bool over = false;
    if (operation->kind() == OperationKind::kPoll) {
      over = events != 0;
      if (over) finish(*operation, static_cast<int32_t>(events));
    } else {
      over = try_now(*operation);
    }
    if (over) {
      *link = next;
    } else {
      wanted |= awaited_events(*operation);
      link = &operation->backend_next;
    }
  }
  if (wanted == 0) return;
  if (const int error = watch(static_cast<int>(descriptor), wanted); error != 0) {
    for (Operation* at = std::exchange(place.first, nullptr); at != nullptr; at = at->backend_next)
      finish(*at, -error);
  }
}

// Its descriptor stays armed: a report for nobody is ignored.
void EpollBackend::cancel(Operation& operation) {
  const auto index = static_cast<size_t>(operation.descriptor());
  if (operation.descriptor() < 0 || index >= places_.size()) return;
  for (Operation** link = &places_[index].first; *link != nullptr; link = &(*link)->backend_next) {
    if (*link != &operation) continue;
    *link = operation.backend_next;
    finish(operation, -ECANCELED);
    return;
  }
  // Else it is on a worker, or done.
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
  while (Operation* operation = submissions.cancellations.pop()) cancel(*operation);
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
    if (events[i].data.u64 == kWorkerEvent) {
      uint64_t finished_count;
      [[maybe_unused]] const ssize_t drained =
          ::read(worker_event_, &finished_count, sizeof finished_count);
      continue;
    }
    take_report(events[i]);
  }
  std::lock_guard lock(worker_mutex_);
  for (auto [operation, result] : worker_results_) finish(*operation, result);
  worker_results_.clear();
}

void EpollBackend::reap(Reaped& reaped) {
  if (!asked_) wait_for_events(0);
  asked_ = false;
  reaped.done.append(finished_);
}

}  // namespace

Result<std::unique_ptr<IoBackend>> make_epoll_backend() {
  auto backend = std::make_unique<EpollBackend>();
  WISP_TRY(backend->open());
  return std::unique_ptr<IoBackend>(std::move(backend));
}

}  // namespace wisp
