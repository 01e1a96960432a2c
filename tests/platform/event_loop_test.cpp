#include "platform/event_loop.h"

#include <poll.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/clock.h"
#include "platform/fiber.h"
#include "tests/platform/io_test_support.h"
#include "tests/support/temporary_directory.h"

namespace wisp {
namespace {

using testing::IoTest;
using testing::Pipe;

constexpr uint64_t kMillisecond = 1'000'000;

bool is_idle(void* operation) { return static_cast<Operation*>(operation)->idle(); }

std::span<uint8_t> bytes_of(char* text, size_t size) {
  return {reinterpret_cast<uint8_t*>(text), size};
}
std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class EventLoopTest : public IoTest {
 protected:
  int32_t finish(Operation& operation) {
    loop.submit(operation);
    EXPECT_EQ(loop.wait_until(&is_idle, &operation), WaitResult::kReady);
    return operation.result();
  }
};
WISP_ON_BOTH_BACKENDS(EventLoopTest);

TEST_P(EventLoopTest, PollReportsReadiness) {
  Pipe pipe;
  pipe.put("x");
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  EXPECT_EQ(finish(poll) & POLLIN, POLLIN);
}

TEST_P(EventLoopTest, PollWaitsForAnotherThread) {
  Pipe pipe;
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  std::thread writer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    pipe.put("x");
  });
  EXPECT_EQ(finish(poll) & POLLIN, POLLIN);
  writer.join();
}

TEST_P(EventLoopTest, PollSeesTheOtherEndClose) {
  Pipe pipe;
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  loop.submit(poll);
  loop.tick(0);
  pipe.close_write();
  loop.wait_until(&is_idle, &poll);
  EXPECT_NE(poll.result() & POLLHUP, 0);
}

TEST_P(EventLoopTest, PollOfABadDescriptorFails) {
  Operation poll;
  poll.set_poll(1 << 20, POLLIN);
  EXPECT_EQ(finish(poll), -EBADF);
}

TEST_P(EventLoopTest, SeveralOperationsWaitAtOneDescriptor) {
  Pipe pipe;
  Operation first, second;
  first.set_poll(pipe.read_end, POLLIN);
  second.set_poll(pipe.read_end, POLLIN);
  loop.submit(first);
  loop.submit(second);
  loop.tick(0);
  EXPECT_EQ(first.state(), CompletionState::kInKernel);
  pipe.put("x");
  loop.wait_until(&is_idle, &first);
  loop.wait_until(&is_idle, &second);
  EXPECT_GT(first.result(), 0);
  EXPECT_GT(second.result(), 0);
}

TEST_P(EventLoopTest, ReadsAndWritesAPipe) {
  for (int flags : {0, O_NONBLOCK}) {
    Pipe pipe(flags);
    char buffer[8] = {};
    Operation read, write;
    read.set_read(pipe.read_end, bytes_of(buffer, sizeof buffer));
    loop.submit(read);
    loop.tick(0);
    EXPECT_EQ(read.state(), CompletionState::kInKernel);
    write.set_write(pipe.write_end, bytes_of("hello"));
    EXPECT_EQ(finish(write), 5);
    loop.wait_until(&is_idle, &read);
    EXPECT_EQ(read.result(), 5);
    EXPECT_EQ(std::string_view(buffer), "hello");
    pipe.close_write();
    read.set_read(pipe.read_end, bytes_of(buffer, sizeof buffer));
    EXPECT_EQ(finish(read), 0);
  }
}

TEST_P(EventLoopTest, ReadsAndWritesAFileAtOffsets) {
  testing::TemporaryDirectory directory;
  directory.write("file", "0123456789");
  const int file = ::open((directory / "file").c_str(), O_RDWR | O_CLOEXEC);
  char buffer[4] = {};
  Operation operation;
  operation.set_write(file, bytes_of("ab"), 4);
  EXPECT_EQ(finish(operation), 2);
  operation.set_read(file, bytes_of(buffer, 4), 3);
  EXPECT_EQ(finish(operation), 4);
  EXPECT_EQ(std::string_view(buffer, 4), "3ab6");
  operation.set_read(file, bytes_of(buffer, 4), 100);
  EXPECT_EQ(finish(operation), 0);
  operation.set_read(file, bytes_of(buffer, 2));  // the descriptor's own position
  EXPECT_EQ(finish(operation), 2);
  EXPECT_EQ(std::string_view(buffer, 2), "01");
  ::close(file);
}

TEST_P(EventLoopTest, FaultSwitchForcesTheSlowPath) {
  IoFaults faults{.again = 3};
  loop.set_faults(&faults);
  Pipe pipe;
  pipe.put("abc");
  char buffer[3] = {};
  Operation read;
  read.set_read(pipe.read_end, bytes_of(buffer, 3));
  EXPECT_EQ(finish(read), 3);
  EXPECT_EQ(std::string_view(buffer, 3), "abc");
  EXPECT_EQ(faults.injected, 3u);
}

TEST_P(EventLoopTest, CancelEndsWhatIsInTheKernel) {
  Pipe pipe;
  char buffer[1];
  Operation poll, read;
  poll.set_poll(pipe.read_end, POLLIN);
  read.set_read(pipe.read_end, bytes_of(buffer, 1));
  loop.submit(poll);
  loop.submit(read);
  loop.tick(0);
  loop.cancel(poll);
  loop.cancel(poll);
  loop.cancel(read);
  loop.wait_until(&is_idle, &poll);
  loop.wait_until(&is_idle, &read);
  EXPECT_EQ(poll.result(), -ECANCELED);
  EXPECT_EQ(read.result(), -ECANCELED);
}

TEST_P(EventLoopTest, CancelEndsAReadThatWaitsAgain) {
  Pipe pipe(O_NONBLOCK);
  char buffer[1];
  Operation read;
  read.set_read(pipe.read_end, bytes_of(buffer, 1));
  loop.submit(read);
  for (int turn = 0; turn < 3; turn++) loop.tick(0);
  EXPECT_EQ(read.state(), CompletionState::kInKernel);
  loop.cancel(read);
  loop.wait_until(&is_idle, &read);
  EXPECT_EQ(read.result(), -ECANCELED);
}

TEST_P(EventLoopTest, CancelEndsWhatIsStillQueued) {
  Pipe pipe;
  Operation first, second;
  first.set_poll(pipe.write_end, POLLOUT);
  second.set_poll(pipe.read_end, POLLIN);
  loop.submit(first);
  loop.submit(second);
  loop.cancel(second);
  loop.wait_until(&is_idle, &second);
  EXPECT_EQ(second.result(), -ECANCELED);
  loop.wait_until(&is_idle, &first);
  EXPECT_EQ(first.result() & POLLOUT, POLLOUT);
}

// Its end is known, though nobody was told: it is too late.
TEST_P(EventLoopTest, CancelOfWhatIsDoneHasNoEffect) {
  struct Pair {
    EventLoop& loop;
    Operation first, second;
    int told = 0;
  };
  Pipe pipe;
  Pair pair{loop, {}, {}, 0};
  const auto cancel_both = [](void* environment) {
    auto& self = *static_cast<Pair*>(environment);
    self.told++;
    self.loop.cancel(self.first);
    self.loop.cancel(self.second);
  };
  pair.first.set_callback(cancel_both, &pair);
  pair.second.set_callback(cancel_both, &pair);
  pair.first.set_poll(pipe.write_end, POLLOUT);
  pair.second.set_poll(pipe.write_end, POLLOUT);
  loop.submit(pair.first);
  loop.submit(pair.second);
  loop.wait_until([](void* both) { return static_cast<Pair*>(both)->told == 2; }, &pair);
  EXPECT_EQ(pair.first.result() & POLLOUT, POLLOUT);
  EXPECT_EQ(pair.second.result() & POLLOUT, POLLOUT);
  loop.tick(0);
  EXPECT_EQ(pair.told, 2);
}

// Descriptors are closed and their numbers used again: nobody hears of the file that had it before.
TEST_P(EventLoopTest, ANumberThatIsUsedAgainIsAnotherDescriptor) {
  Pipe keeper;
  for (int round = 0; round < 5; round++) {
    auto pipe = std::make_unique<Pipe>();
    const int alias = ::dup(pipe->read_end);  // the file outlives the number
    Operation poll;
    poll.set_poll(pipe->read_end, POLLIN);
    loop.submit(poll);
    loop.tick(0);
    loop.cancel(poll);
    loop.wait_until(&is_idle, &poll);
    EXPECT_EQ(poll.result(), -ECANCELED);
    const int number = pipe->read_end;
    ASSERT_EQ(::dup2(keeper.read_end, number), number);
    Operation next;
    next.set_poll(number, POLLIN);
    loop.submit(next);
    pipe->put("x");
    loop.tick(0);
    loop.tick(0);
    EXPECT_FALSE(next.idle());
    keeper.put("y");
    EXPECT_EQ(loop.wait_until(&is_idle, &next), WaitResult::kReady);
    char byte;
    EXPECT_EQ(::read(number, &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    ::close(alias);
  }
}

void ignore_signal(int) {}

TEST_P(EventLoopTest, SignalsEndTurnsAndNoWait) {
  struct sigaction action {};
  action.sa_handler = &ignore_signal;  // without SA_RESTART
  struct sigaction before;
  ASSERT_EQ(::sigaction(SIGUSR1, &action, &before), 0);
  const pthread_t self = ::pthread_self();
  std::atomic<bool> over = false;
  Pipe pipe;
  std::thread sender([&] {
    for (int i = 0; i < 20; i++) {
      std::this_thread::sleep_for(std::chrono::microseconds(200));
      ::pthread_kill(self, SIGUSR1);
    }
    pipe.put("x");
    while (!over) {
      ::pthread_kill(self, SIGUSR1);
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  char buffer[1];
  Operation read;
  read.set_read(pipe.read_end, bytes_of(buffer, 1));
  EXPECT_EQ(finish(read), 1);
  const uint64_t deadline = monotonic_now_ns() + 3 * kMillisecond;
  EXPECT_EQ(loop.wait_until([](void*) { return false; }, nullptr, deadline), WaitResult::kDeadline);
  EXPECT_GE(monotonic_now_ns(), deadline);
  over = true;
  sender.join();
  ::sigaction(SIGUSR1, &before, nullptr);
}

TEST_P(EventLoopTest, MoreOperationsThanTheRingHasEntries) {
  constexpr size_t kCount = 300;
  Pipe pipe;
  std::vector<Operation> polls(kCount);
  for (Operation& poll : polls) {
    poll.set_poll(pipe.read_end, POLLIN);
    loop.submit(poll);
  }
  loop.tick(0);
  pipe.put("x");
  for (Operation& poll : polls) {
    loop.wait_until(&is_idle, &poll);
    EXPECT_EQ(poll.result() & POLLIN, POLLIN);
  }
}

// All complete at once: more than the kernel keeps in its ring.
TEST_P(EventLoopTest, MoreCompletionsThanTheRingHasEntries) {
  constexpr size_t kCount = 5000;
  Pipe pipe;
  std::vector<Operation> polls(kCount);
  for (Operation& poll : polls) {
    poll.set_poll(pipe.write_end, POLLOUT);
    loop.submit(poll);
  }
  for (Operation& poll : polls) {
    loop.wait_until(&is_idle, &poll);
    EXPECT_EQ(poll.result() & POLLOUT, POLLOUT);
  }
}

TEST_P(EventLoopTest, ManyCancellationsAtOnce) {
  constexpr size_t kCount = 500;
  Pipe pipe;
  std::vector<Operation> polls(kCount);
  for (Operation& poll : polls) {
    poll.set_poll(pipe.read_end, POLLIN);
    loop.submit(poll);
  }
  while (polls.back().state() == CompletionState::kQueued) loop.tick(0);
  for (Operation& poll : polls) loop.cancel(poll);
  for (Operation& poll : polls) {
    loop.wait_until(&is_idle, &poll);
    EXPECT_EQ(poll.result(), -ECANCELED);
  }
}

TEST_P(EventLoopTest, CallbacksRunAfterReapingAndMaySubmitAgain) {
  struct Echo {
    EventLoop& loop;
    Operation operation;
    int rounds = 0;
  };
  Pipe pipe;
  Echo echo{loop, {}, 0};
  echo.operation.set_callback(
      [](void* environment) {
        auto& self = *static_cast<Echo*>(environment);
        EXPECT_TRUE(self.operation.idle());
        if (++self.rounds < 3) self.loop.submit(self.operation);
      },
      &echo);
  echo.operation.set_poll(pipe.write_end, POLLOUT);
  loop.submit(echo.operation);
  loop.wait_until([](void* environment) { return static_cast<Echo*>(environment)->rounds == 3; },
                  &echo);
  EXPECT_EQ(loop.statistics().completions, 3u);
}

TEST_P(EventLoopTest, DeadlineEndsAWaitWithAnOperationInFlight) {
  Pipe pipe;
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  loop.submit(poll);
  const uint64_t start = monotonic_now_ns();
  EXPECT_EQ(loop.wait_until(&is_idle, &poll, start + 20 * kMillisecond), WaitResult::kDeadline);
  EXPECT_GE(monotonic_now_ns() - start, 20 * kMillisecond);
  loop.set_call_deadline(start);
  EXPECT_EQ(loop.wait_until(&is_idle, &poll), WaitResult::kInterrupted);
  loop.set_call_deadline(kForever);
  loop.cancel(poll);
  loop.wait_until(&is_idle, &poll);
}

TEST_P(EventLoopTest, FibersParkAndEachContinuesWhenItsOwnPipeIsReady) {
  struct Guest {
    EventLoop* loop;
    Pipe pipe;
    std::vector<int>* order;
    int number;
  };
  std::vector<int> order;
  Guest guests[3] = {
      {&loop, Pipe(), &order, 0}, {&loop, Pipe(), &order, 1}, {&loop, Pipe(), &order, 2}};
  auto body = [](void* environment) {
    auto& self = *static_cast<Guest*>(environment);
    Operation poll;
    poll.set_poll(self.pipe.read_end, POLLIN);
    self.loop->submit(poll);
    self.loop->wait_until(&is_idle, &poll);
    self.order->push_back(self.number);
  };
  std::unique_ptr<Fiber> fibers[3];
  Fiber* pointers[3];
  for (int i = 0; i < 3; i++) {
    fibers[i] = Fiber::create(body, &guests[i]).value();
    pointers[i] = fibers[i].get();
  }
  std::thread writer([&] {
    for (int i : {2, 0, 1}) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      guests[i].pipe.put("x");
    }
  });
  loop.run(pointers);
  writer.join();
  EXPECT_EQ(order, (std::vector<int>{2, 0, 1}));
  EXPECT_EQ(loop.statistics().parks, 3u);
}

#ifdef WISP_SANITIZED
constexpr size_t kManyFibers = 500;
#else
constexpr size_t kManyFibers = 10'000;
#endif

// Each wake-up looks at the one fiber that is concerned.
TEST_P(EventLoopTest, ManyParkedFibersAreLookedAtWhenTheyAreWoken) {
  struct Guest {
    EventLoop* loop = nullptr;
    Source source;
    bool ready = false;

    static void body(void* environment) {
      auto& self = *static_cast<Guest*>(environment);
      Watcher watcher;
      Link link;
      watcher.attach(link, self.source);
      Waiter waiter(
          *self.loop, [](void* guest) { return static_cast<Guest*>(guest)->ready; }, &self);
      watcher.set_waiter(&waiter);
      EXPECT_EQ(self.loop->wait(waiter), WaitResult::kReady);
    }
  };
  struct Conductor {
    EventLoop& loop;
    std::vector<Guest>& guests;
    uint64_t looks = 0;

    // Wakes one after the other, each in a turn of its own.
    static void body(void* environment) {
      auto& self = *static_cast<Conductor*>(environment);
      Pipe pipe;
      const uint64_t before = self.loop.statistics().looks;
      for (Guest& guest : self.guests) {
        guest.ready = true;
        guest.source.notify();
        guest.source.notify();
        Operation turn;
        turn.set_poll(pipe.write_end, POLLOUT);
        EXPECT_EQ(self.loop.finish(turn), WaitResult::kReady);
      }
      self.looks = self.loop.statistics().looks - before;
    }
  };
  std::vector<Guest> guests(kManyFibers);
  Conductor conductor{loop, guests};
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> pointers;
  for (Guest& guest : guests) {
    guest.loop = &loop;
    fibers.push_back(Fiber::create(&Guest::body, &guest, 64 << 10).value());
  }
  fibers.push_back(Fiber::create(&Conductor::body, &conductor).value());
  for (auto& fiber : fibers) pointers.push_back(fiber.get());
  loop.run(pointers);
  // Of the conductor, two each; of a guest, one.
  EXPECT_EQ(conductor.looks, 3 * kManyFibers);
}

TEST_P(EventLoopTest, ADeadlineWakesItsFiberOnly) {
  struct Guest {
    EventLoop* loop;
    Deadline deadline;
    WaitResult result = WaitResult::kReady;
    uint64_t woken_at = 0;
  };
  const Deadline start = monotonic_now_ns();
  Guest guests[] = {{&loop, start + 9 * kMillisecond},
                    {&loop, start + 3 * kMillisecond},
                    {&loop, start + 3 * kMillisecond},
                    {&loop, 0}};
  const auto body = [](void* environment) {
    auto& self = *static_cast<Guest*>(environment);
    Waiter waiter(
        *self.loop, [](void*) { return false; }, nullptr);
    self.result = self.loop->wait(waiter, self.deadline);
    self.woken_at = monotonic_now_ns();
  };
  std::vector<std::unique_ptr<Fiber>> fibers;
  std::vector<Fiber*> pointers;
  for (Guest& guest : guests) {
    fibers.push_back(Fiber::create(body, &guest).value());
    pointers.push_back(fibers.back().get());
  }
  Pipe pipe;  // so that the kernel is asked with a time-out
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  loop.submit(poll);
  loop.run(pointers);
  for (Guest& guest : guests) {
    EXPECT_EQ(guest.result, WaitResult::kDeadline);
    EXPECT_GE(guest.woken_at, guest.deadline);
  }
  EXPECT_LE(loop.statistics().looks, 2 * std::size(guests));
  loop.cancel(poll);
  loop.wait_until(&is_idle, &poll);
}

TEST_P(EventLoopTest, TheDeadlineOfTheCallEndsEveryWait) {
  struct Guest {
    EventLoop* loop;
    WaitResult result = WaitResult::kReady;
  };
  Guest guests[] = {{&loop}, {&loop}};
  const auto body = [](void* environment) {
    auto& self = *static_cast<Guest*>(environment);
    Pipe pipe;
    Operation poll;
    poll.set_poll(pipe.read_end, POLLIN);
    self.result = self.loop->finish(poll);
    EXPECT_EQ(poll.result(), -ECANCELED);
  };
  auto first = Fiber::create(body, &guests[0]).value();
  auto second = Fiber::create(body, &guests[1]).value();
  Fiber* const fibers[] = {first.get(), second.get()};
  loop.set_call_deadline(monotonic_now_ns() + 2 * kMillisecond);
  loop.run(fibers);
  for (Guest& guest : guests) EXPECT_EQ(guest.result, WaitResult::kInterrupted);
  loop.set_call_deadline(kForever);
}

TEST_P(EventLoopTest, AGlanceFindsWhatHasCompletedAndIsFreeOtherwise) {
  Pipe pipe;
  Operation poll;
  poll.set_poll(pipe.read_end, POLLIN);
  loop.submit(poll);
  EXPECT_TRUE(loop.glance());  // it is submitted
  EXPECT_FALSE(loop.glance());
  pipe.put("x");
  for (int glances = 0; !poll.idle(); glances++) {
    loop.glance();
    ASSERT_LT(glances, 100);
  }
  const uint64_t ticks = loop.statistics().ticks;
  for (int i = 0; i < 100; i++) EXPECT_FALSE(loop.glance());
  EXPECT_EQ(loop.statistics().ticks, ticks);
}

// As the runtime does it: it resumes the fiber itself and pumps whenever the fiber is parked.
TEST_P(EventLoopTest, ADrivenFiberIsPumpedByItsResumer) {
  struct Guest {
    EventLoop& loop;
    Pipe pipe;
    int waits = 0;
  };
  Guest guest{loop, Pipe(), 0};
  auto body = [](void* environment) {
    auto& self = *static_cast<Guest*>(environment);
    EventLoop::Driven driven(self.loop);
    for (int i = 0; i < 3; i++) {
      Operation poll;
      poll.set_poll(self.pipe.write_end, POLLOUT);
      self.loop.submit(poll);
      EXPECT_EQ(self.loop.wait_until(&is_idle, &poll), WaitResult::kReady);
      self.waits++;
    }
  };
  auto fiber = Fiber::create(body, &guest).value();
  int resumed = 0;
  for (;;) {
    fiber->resume();
    resumed++;
    if (fiber->done()) break;
    EXPECT_EQ(Fiber::current(), nullptr);
    EventLoop::pump(&loop, *fiber);
  }
  EXPECT_EQ(guest.waits, 3);
  EXPECT_EQ(resumed, 4);
  EXPECT_EQ(loop.statistics().parks, 3u);
}

TEST(EventLoopTime, WaitingForTimeMakesNoBackend) {
  EventLoop loop(IoChoice::kAuto);
  const uint64_t start = monotonic_now_ns();
  EXPECT_EQ(loop.wait_until([](void*) { return false; }, nullptr, start + 5 * kMillisecond),
            WaitResult::kDeadline);
  EXPECT_GE(monotonic_now_ns() - start, 5 * kMillisecond);
  EXPECT_STREQ(loop.backend_name(), "none");
}

}  // namespace
}  // namespace wisp
