// An embedder that has handlers of its own for the signals that Wisp takes: they go on getting what
// is not a guest's, also while guests run. Each test is a process of its own, since the handlers
// stand before the first engine.
#include <gtest/gtest.h>
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <csetjmp>
#include <csignal>
#include <thread>

#include "wisp/wisp.hpp"

namespace wisp {
namespace {

// (module (func (export "spin") (loop (br 0)))
//         (func (export "divide") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
//         (func (export "load") (result i32) (i32.load (i32.const -1))) (memory 1))
const uint8_t kModule[] = {0,    'a',  's',  'm',  1,    0,    0,    0,    0x01, 0x08, 0x02, 0x60,
                           0x00, 0x00, 0x60, 0x00, 0x01, 0x7f, 0x03, 0x04, 0x03, 0x00, 0x01, 0x01,
                           0x05, 0x03, 0x01, 0x00, 0x01, 0x07, 0x18, 0x03, 0x04, 's',  'p',  'i',
                           'n',  0x00, 0x00, 0x06, 'd',  'i',  'v',  'i',  'd',  'e',  0x00, 0x01,
                           0x04, 'l',  'o',  'a',  'd',  0x00, 0x02, 0x0a, 0x19, 0x03, 0x07, 0x00,
                           0x03, 0x40, 0x0c, 0x00, 0x0b, 0x0b, 0x07, 0x00, 0x41, 0x01, 0x41, 0x00,
                           0x6d, 0x0b, 0x07, 0x00, 0x41, 0x7f, 0x28, 0x02, 0x00, 0x0b};

// The line is the status of the process.
#define REQUIRE(condition) \
  if (!(condition)) _exit(__LINE__ % 255 + 1)

class SignalsDeathTest : public testing::Test {
 protected:
  SignalsDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

void handle_with(int signal, void (*handler)(int, siginfo_t*, void*), int flags = 0) {
  struct sigaction action = {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | flags;
  REQUIRE(sigaction(signal, &action, nullptr) == 0);
}

Module make_module() {
  auto engine = Engine::create();
  REQUIRE(engine);
  auto module = Module::from_bytes(*engine, kModule);
  REQUIRE(module);
  return std::move(*module);
}

// What ends a guest is a timer, which uses the signal as well.
void spin(const Module& module, uint64_t timeout_ns) {
  wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
  options.timeout_ns = timeout_ns;
  auto outcome = invoke(module, Wasi(), "spin", {}, &options);
  REQUIRE(!outcome && outcome.error().kind() == WISP_ERROR_TRAP);
  REQUIRE(outcome.error().message() == "wasm trap: interrupted");
}

std::atomic<int> received = 0;

int its_own_interrupts_arrive() {
  handle_with(
      SIGURG, [](int, siginfo_t*, void*) { received++; }, SA_RESTART);
  const Module module = make_module();
  std::atomic<bool> is_over = false;
  const pthread_t guest = pthread_self();
  int sent = 0;
  std::thread sender([&] {
    while (!is_over) {
      const int before = received;
      pthread_kill(guest, SIGURG);
      sent++;
      while (received == before) std::this_thread::yield();
    }
  });
  spin(module, 50'000'000);
  is_over = true;
  sender.join();
  REQUIRE(sent > 1 && received >= sent);
  return 0;
}
TEST_F(SignalsDeathTest, ItsOwnInterruptsArrive) {
  EXPECT_EXIT(_exit(its_own_interrupts_arrive()), testing::ExitedWithCode(0), "");
}

uint8_t* volatile page = nullptr;
thread_local sigjmp_buf back;

void fault_on_this_thread() {
  for (int i = 0; i < 100; i++) {
    REQUIRE(mprotect(page, 4096, PROT_NONE) == 0);
    *static_cast<volatile uint8_t*>(page + i) = 1;
    const int illegal = sigsetjmp(back, 1);
    if (illegal == 0) __builtin_trap();
    REQUIRE(illegal == SIGILL || illegal == SIGTRAP);
  }
}

int its_own_faults_arrive() {
  handle_with(SIGSEGV, [](int, siginfo_t* info, void*) {
    received++;
    if (info->si_addr < page || info->si_addr >= page + 4096) _exit(1);
    mprotect(page, 4096, PROT_READ | PROT_WRITE);
  });
  handle_with(SIGILL, [](int signal, siginfo_t*, void*) { siglongjmp(back, signal); });
  handle_with(SIGFPE, [](int, siginfo_t*, void*) { _exit(2); });
  page = static_cast<uint8_t*>(mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  const Module module = make_module();
  std::thread other(&fault_on_this_thread);
  spin(module, 20'000'000);
  other.join();
  fault_on_this_thread();
  REQUIRE(received == 200);
  // None of the guest's comes to the embedder.
  for (const char* name : {"divide", "load"}) {
    auto outcome = invoke(module, Wasi(), name);
    REQUIRE(!outcome && outcome.error().kind() == WISP_ERROR_TRAP);
  }
  REQUIRE(received == 200);
  return 0;
}
TEST_F(SignalsDeathTest, ItsOwnFaultsArrive) {
  EXPECT_EXIT(_exit(its_own_faults_arrive()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wisp
