#include "platform/worker_pool.h"

#include <pthread.h>

#include <csignal>

namespace wisp {

namespace {

// Signals of the process are for its own threads: a worker takes none, but for those of its own
// faults.
class BlockedSignals {
 public:
  BlockedSignals() {
    sigset_t all;
    sigfillset(&all);
    for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT}) sigdelset(&all, fault);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace

WorkerPool::~WorkerPool() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkerPool::submit(Job& job) {
  std::lock_guard lock(mutex_);
  job.next = nullptr;
  (tail_ == nullptr ? head_ : tail_->next) = &job;
  tail_ = &job;
  queued_++;
  if (queued_ > idle_threads_ && threads_.size() < max_threads_) {
    BlockedSignals blocked;  // a thread inherits the mask of its maker
    threads_.emplace_back([this] { work(); });
    return;
  }
  wake_.notify_one();
}

uint32_t WorkerPool::thread_count() const {
  std::lock_guard lock(mutex_);
  return static_cast<uint32_t>(threads_.size());
}

void WorkerPool::work() {
  std::unique_lock lock(mutex_);
  for (;;) {
    idle_threads_++;
    wake_.wait(lock, [this] { return head_ != nullptr || stopping_; });
    idle_threads_--;
    if (head_ == nullptr) return;
    Job* job = head_;
    head_ = job->next;
    if (head_ == nullptr) tail_ = nullptr;
    queued_--;
    lock.unlock();
    job->run(*job);  // may destroy the job
    lock.lock();
  }
}

}  // namespace wisp
