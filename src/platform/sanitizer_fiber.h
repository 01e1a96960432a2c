// Tells AddressSanitizer and ThreadSanitizer of switches between stacks; without them everything
// here is empty.
//
// Protocol of a switch to a fiber: before_enter(); jump; in the fiber after_enter(). Back:
// before_leave(); jump; outside after_leave().
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SANITIZE_ADDRESS__)
#define WISP_ASAN_FIBERS 1
#elif defined(__SANITIZE_THREAD__)
#define WISP_TSAN_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WISP_ASAN_FIBERS 1
#elif __has_feature(thread_sanitizer)
#define WISP_TSAN_FIBERS 1
#endif
#endif

namespace wisp {
enum class SwitchKind : uint8_t {
  kSuspend,
  kLast
};  // kLast: the stack that is left is not entered again
}  // namespace wisp

#if defined(WISP_ASAN_FIBERS)

#include <sanitizer/common_interface_defs.h>

namespace wisp {

constexpr bool kSanitizerFollowsFibers = true;

class SanitizerFiber {
 public:
  SanitizerFiber(const void* stack_limit, size_t stack_bytes)
      : limit_(stack_limit), size_(stack_bytes) {}
  void before_enter() { __sanitizer_start_switch_fiber(&resumer_fake_stack_, limit_, size_); }
  void after_enter() {
    __sanitizer_finish_switch_fiber(fake_stack_, &resumer_limit_, &resumer_size_);
  }
  void before_leave(SwitchKind kind) {
    __sanitizer_start_switch_fiber(kind == SwitchKind::kLast ? nullptr : &fake_stack_,
                                   resumer_limit_, resumer_size_);
  }
  void after_leave() { __sanitizer_finish_switch_fiber(resumer_fake_stack_, nullptr, nullptr); }

 private:
  const void* limit_;
  size_t size_;
  void* fake_stack_ = nullptr;
  void* resumer_fake_stack_ = nullptr;
  const void* resumer_limit_ = nullptr;
  size_t resumer_size_ = 0;
};

}  // namespace wisp

#elif defined(WISP_TSAN_FIBERS)

#include <sanitizer/tsan_interface.h>

namespace wisp {

constexpr bool kSanitizerFollowsFibers = true;

class SanitizerFiber {
 public:
  SanitizerFiber(const void*, size_t) : self_(__tsan_create_fiber(0)) {}
  ~SanitizerFiber() { __tsan_destroy_fiber(self_); }
  void before_enter() {
    resumer_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(self_, 0);
  }
  void after_enter() {}
  void before_leave(SwitchKind) { __tsan_switch_to_fiber(resumer_, 0); }
  void after_leave() {}

 private:
  void* self_;
  void* resumer_ = nullptr;
};

}  // namespace wisp

#else

namespace wisp {

constexpr bool kSanitizerFollowsFibers = false;

class SanitizerFiber {
 public:
  SanitizerFiber(const void*, size_t) {}
  void before_enter() {}
  void after_enter() {}
  void before_leave(SwitchKind) {}
  void after_leave() {}
};

}  // namespace wisp

#endif
