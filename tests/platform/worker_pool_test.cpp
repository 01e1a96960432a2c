#include "platform/worker_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>
#include <vector>

namespace wisp {
namespace {

struct CountingJob : WorkerPool::Job {
  std::atomic<int>* count = nullptr;
};

TEST(WorkerPool, StartsNoThreadWithoutWork) {
  WorkerPool pool(4);
  EXPECT_EQ(pool.thread_count(), 0u);
}

TEST(WorkerPool, RunsEveryJobOnce) {
  std::atomic<int> count = 0;
  std::vector<CountingJob> jobs(1000);
  {
    WorkerPool pool(3);
    for (CountingJob& job : jobs) {
      job.count = &count;
      job.run = [](WorkerPool::Job& self) { (*static_cast<CountingJob&>(self).count)++; };
      pool.submit(job);
    }
    EXPECT_LE(pool.thread_count(), 3u);
    EXPECT_GE(pool.thread_count(), 1u);
  }  // finishes what was accepted
  EXPECT_EQ(count, 1000);
}

TEST(WorkerPool, JobsRunBesideEachOther) {
  struct MeetingJob : WorkerPool::Job {
    std::latch* latch = nullptr;
  };
  std::latch latch(2);
  MeetingJob jobs[2];
  WorkerPool pool(2);
  for (MeetingJob& job : jobs) {
    job.latch = &latch;
    job.run = [](WorkerPool::Job& self) {
      static_cast<MeetingJob&>(self).latch->arrive_and_wait();
    };
    pool.submit(job);
  }
  latch.wait();  // both have to be running at once
  EXPECT_EQ(pool.thread_count(), 2u);
}

}  // namespace
}  // namespace wisp
