// What an instance of hello allocates, and what polling does.
#include <gtest/gtest.h>

#include "component/instance/typed_function.h"
#include "tests/component/support/guest_fixture.h"
#include "tests/support/allocation_count.h"
#include "wasi/context.h"
#include "wasi/imports.h"

namespace wisp::wasi {
namespace {

using wisp::testing::allocation_count;

class InstantiationTest : public component::testing::GuestFixture {
 protected:
  void SetUp() override {
    GuestFixture::SetUp();
    add_imports(linker, context);
  }

  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  component::ComponentLinker linker;
};

// The state of the component is one. The rest is the store's: a memory, a table, and the lists of
// memories, tables, instances and of what it keeps (the instance itself is zeroed memory, which is
// not counted). No string or hash table is made, nor a handle table before there are handles.
TEST_F(InstantiationTest, OfAPreparedHelloAllocatesItsStateAtOnce) {
  const auto prepared = linker.prepare(compile("examples/hello.wasm"));
  ASSERT_TRUE(prepared.has_value()) << prepared.error().message();
  for (int round = 0; round < 2; round++) {
    jit::Store fresh(engine);
    const size_t before = allocation_count();
    const auto made = component::ComponentInstance::create(fresh, prepared.value());
    EXPECT_EQ(allocation_count() - before, 1u + 2 + 4);
    ASSERT_TRUE(made.has_value()) << made.error().message();
  }
}

TEST_F(InstantiationTest, PollingAllocatesNothing) {
  const auto instance = linker.instantiate(*store, compile("tests/guests/polling.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  const auto poll =
      component::TypedFunction<void(uint32_t)>::of(*instance.value()->find_function("", "poll"));
  ASSERT_TRUE(poll.has_value()) << poll.error().message();
  // The same for any number of polls: what making a pollable allocates.
  const auto cost = [&](uint32_t times) {
    const size_t before = allocation_count();
    EXPECT_TRUE(poll.value()(times).has_value());
    return allocation_count() - before;
  };
  cost(1);
  EXPECT_EQ(cost(1000), cost(1));
}

}  // namespace
}  // namespace wisp::wasi
