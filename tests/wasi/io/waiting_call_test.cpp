// A guest that waits inside a call of the host: the fiber is parked where somebody drives it, the
// loop is pumped in place where nobody does.
#include <gtest/gtest.h>

#include "component/instance/typed_function.h"
#include "platform/clock.h"
#include "tests/component/support/guest_fixture.h"
#include "wasi/context.h"
#include "wasi/imports.h"

namespace wisp::wasi {
namespace {

constexpr uint64_t kWaitNs = 3'000'000;

class WaitingCallTest : public component::testing::GuestFixture {
 public:
  void SetUp() override {
    GuestFixture::SetUp();
    add_imports(linker, context);
    auto made = linker.instantiate(*store, compile("tests/guests/waiting.wasm"));
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
  }
  // Each of them waits.
  void wait(int times) {
    const auto call =
        component::TypedFunction<uint64_t(uint64_t)>::of(*instance->find_function("", "wait"));
    ASSERT_TRUE(call.has_value());
    for (int i = 0; i < times; i++) {
      const uint64_t begin = monotonic_now_ns();
      const auto result = call.value()(kWaitNs);
      ASSERT_TRUE(result.has_value()) << result.error().message();
      EXPECT_EQ(result.value(), kWaitNs);
      EXPECT_GE(monotonic_now_ns() - begin, kWaitNs);
    }
  }

  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  component::ComponentLinker linker;
  std::unique_ptr<component::ComponentInstance> instance;
};

TEST_F(WaitingCallTest, OnAPlainStack) {
  wait(3);
  EXPECT_EQ(loop.statistics().parks, 0u);
}

TEST_F(WaitingCallTest, OnAFiberThatIsDriven) {
  const auto body = [](void* self) {
    auto& test = *static_cast<WaitingCallTest*>(self);
    EventLoop::Driven driven(test.loop);
    test.wait(3);
  };
  ASSERT_TRUE(store->run_on_guest_stack(body, this, &EventLoop::pump, &loop).has_value());
  EXPECT_EQ(loop.statistics().parks, 3u);
  // The stack that was parked is used again.
  wait(1);
}

}  // namespace
}  // namespace wisp::wasi
