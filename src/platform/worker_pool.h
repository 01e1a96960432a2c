// WorkerPool: a few threads for work that has no asynchronous form. No thread exists before the
// first job.
//
// A job is caller-owned and intrusive; it must live until its function has returned. The function
// runs on some thread of the pool and says itself how the owner learns of the end. Destroying the
// pool finishes the jobs that were accepted.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace wisp {

class WorkerPool {
 public:
  struct Job {
    void (*run)(Job&) = nullptr;
    Job* next = nullptr;  // the pool's link
  };

  explicit WorkerPool(uint32_t max_threads) : max_threads_(max_threads == 0 ? 1 : max_threads) {}
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Starts a thread if all are busy and there may be more.
  void submit(Job& job);
  uint32_t thread_count() const;

 private:
  void work();

  const uint32_t max_threads_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::thread> threads_;
  Job* head_ = nullptr;
  Job* tail_ = nullptr;
  uint32_t queued_ = 0;
  uint32_t idle_threads_ = 0;
  bool stopping_ = false;
};

}  // namespace wisp
