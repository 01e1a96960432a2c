// Calls of real components: handles, limits, exits, teardown; and what a call may cost.
#include "component/instance/component_call.h"

#include <gtest/gtest.h>

#include "bench/calls_guest.h"
#include "component/instance/typed_function.h"
#include "tests/component/support/guest_fixture.h"
#include "tests/component/support/things.h"
#include "tests/support/allocation_count.h"

namespace wisp::component {
namespace {

class ComponentCallTest : public testing::GuestFixture {
 protected:
  void start(const HostLimits& limits = {}) {
    ComponentLinker linker(limits);
    linker.add(testing::kThingsInterface, &host);
    auto made = linker.instantiate(*store, compile("tests/component/guests/handles.wasm"));
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
    host.instance = instance.get();
  }
  // The text of the trap, or nothing.
  std::string call(const char* name, std::vector<Value> arguments = {}) {
    Result<std::optional<Value>> result = instance->find_function("", name)->call(arguments);
    if (!result.has_value()) {
      code = result.error().code();
      return result.error().message();
    }
    if (result->has_value()) returned = (*result)->bits;
    return "";
  }

  testing::ThingsHost host;
  std::unique_ptr<ComponentInstance> instance;
  ErrorCode code = ErrorCode::kUsage;
  uint64_t returned = 0;
};

Value u32(uint32_t value) { return Value{TypeKind::kU32, value, {}, {}}; }

TEST_F(ComponentCallTest, TeardownDropsWhatTheGuestHolds) {
  start();
  EXPECT_EQ(call("make-many", {u32(10)}), "");
  EXPECT_EQ(returned, 10u);
  EXPECT_EQ(call("make-family"), "");
  EXPECT_EQ(host.alive, 12);
  instance.reset();
  EXPECT_EQ(host.alive, 0);
}

TEST_F(ComponentCallTest, ParentsOutliveTheirChildren) {
  start();
  EXPECT_EQ(call("drop-child-first"), "");
  EXPECT_EQ(host.alive, 0);
  EXPECT_EQ(call("drop-parent"), "resource has children");
  EXPECT_EQ(code, ErrorCode::kTrap);
  EXPECT_EQ(call("make-family"), "cannot enter component instance");
  instance.reset();
  EXPECT_EQ(host.alive, 0);
}

TEST_F(ComponentCallTest, HandlesAreLimited) {
  start({.max_resources = 100});
  EXPECT_EQ(call("make-many", {u32(100)}), "");
  EXPECT_EQ(call("make-many", {u32(1)}), "resource table has no free keys");
}

TEST_F(ComponentCallTest, ExitUnwindsNestedComponents) {
  start();
  call("leave");
  EXPECT_EQ(code, ErrorCode::kExit);
  EXPECT_EQ(store->last_trap().code, jit::TrapCode::kExit);
  EXPECT_TRUE(store->is_poisoned());
}

TEST_F(ComponentCallTest, ATrapPoisonsTheWholeStore) {
  start();
  const std::unique_ptr<ComponentInstance> first = std::move(instance);
  start();
  EXPECT_EQ(call("drop-parent"), "resource has children");
  const auto refused = first->find_function("", "make-family")->call({});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kTrap);
  EXPECT_EQ(refused.error().message(), "cannot enter component instance");
  const auto typed = TypedFunction<void()>::of(*first->find_function("", "make-family"));
  EXPECT_EQ(typed.value()().error().message(), "cannot enter component instance");
}

TEST_F(ComponentCallTest, AnExitPoisonsTheWholeStore) {
  start();
  const std::unique_ptr<ComponentInstance> first = std::move(instance);
  start();
  call("leave");
  EXPECT_EQ(code, ErrorCode::kExit);
  const auto refused = first->find_function("", "make-family")->call({});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message(), "cannot enter component instance");
}

TEST_F(ComponentCallTest, NothingIsInstantiatedInAPoisonedStore) {
  start();
  call("leave");
  ComponentLinker linker;
  linker.add(testing::kThingsInterface, &host);
  const std::vector<uint8_t> first = std::exchange(bytes, {});
  const auto refused = linker.instantiate(*store, compile("tests/component/guests/handles.wasm"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kTrap);
  EXPECT_EQ(refused.error().message(), "cannot enter component instance");
}

TEST_F(ComponentCallTest, ATrapInAStartFunctionPoisonsTheStore) {
  start();
  const std::vector<uint8_t> first = std::exchange(bytes, {});
  const auto trapped =
      ComponentLinker().instantiate(*store, compile("tests/component/guests/trapping_start.wasm"));
  ASSERT_FALSE(trapped.has_value());
  EXPECT_EQ(trapped.error().code(), ErrorCode::kTrap);
  EXPECT_EQ(call("make-family"), "cannot enter component instance");
}

TEST_F(ComponentCallTest, TheHostMayNotCallBackIntoARunningInstance) {
  start();
  EXPECT_EQ(call("call-back"), "refused");
  EXPECT_EQ(host.answer, "cannot enter component instance");
}

TEST_F(ComponentCallTest, CallsAllocateNothing) {
  ComponentLinker linker;
  calls_guest::Host calls_host;
  linker.add(calls_guest::kInterface, &calls_host);
  auto made = linker.instantiate(*store, compile("bench/guests/calls.wasm"));
  ASSERT_TRUE(made.has_value()) << made.error().message();
  instance = std::move(made).value();
  // The same for any number of calls: what entering the guest allocates.
  const auto cost = [&](const char* name, uint32_t calls) {
    const std::vector<Value> arguments = {u32(calls), u32(32)};
    ComponentFunction* function = instance->find_function("", name);
    const size_t before = wisp::testing::allocation_count();
    EXPECT_TRUE(function->call(arguments).has_value()) << name;
    return wisp::testing::allocation_count() - before;
  };
  for (const char* name :
       {"nop", "add", "touch", "take-string", "take-bytes", "get-bytes", "get-record", "get-result",
        "inner-nop", "inner-add", "inner-take-string", "inner-take-bytes"}) {
    cost(name, 1);
    EXPECT_EQ(cost(name, 1000), cost(name, 1)) << name;
  }
  // Nor does entering the guest, where the types are known.
  const auto typed =
      TypedFunction<void(uint32_t, uint32_t)>::of(*instance->find_function("", "add"));
  ASSERT_TRUE(typed.has_value());
  const size_t before = wisp::testing::allocation_count();
  for (int i = 0; i < 100; i++) ASSERT_TRUE(typed.value()(1, 0).has_value());
  EXPECT_EQ(wisp::testing::allocation_count(), before);
}

}  // namespace
}  // namespace wisp::component
