// Instances: what making one allocates, and exports that are imports of the host.
#include "component/instance/component_instance.h"

#include <gtest/gtest.h>

#include "component/host/host_binding.h"
#include "component/instance/typed_function.h"
#include "tests/component/support/guest_fixture.h"
#include "tests/support/allocation_count.h"

namespace wisp::component {
namespace {

struct Thing : HostResource {};
struct Context {};

std::unique_ptr<Thing> same_thing(HostCall&, Context&, std::unique_ptr<Thing> it) { return it; }
uint32_t add(HostCall&, Context&, uint32_t a, uint32_t b) { return a + b; }
std::tuple<uint64_t, uint32_t> pair(HostCall&, Context&, uint32_t a, uint64_t b) { return {b, a}; }
std::string join(HostCall&, Context&, std::vector<std::string_view> texts) {
  std::string all;
  for (const std::string_view text : texts) all += text;
  return all;
}
using U = uint32_t;
std::tuple<U, U> sum(HostCall&, Context&, U a, U b, U c, U d, U e, U f, U g, U h, U i, U j, U k,
                     U l, U m, U n, U o, U p, U q) {
  return {a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p, q};
}
void stop(HostCall& call, Context&) { call.trap("stopped"); }

constexpr HostItem kItems[] = {
    host_resource<Thing>("thing"), host_function<&same_thing>("same-thing"),
    host_function<&add>("add"),    host_function<&pair>("pair"),
    host_function<&join>("join"),  host_function<&sum>("sum"),
    host_function<&stop>("stop"),
};
constexpr HostInterface kInterface{"test:host/items", "", kItems};

class ComponentInstanceTest : public testing::GuestFixture {
 protected:
  void start() {
    linker.add(kInterface, &context);
    auto prepared = linker.prepare(compile("tests/component/guests/reexports.wasm"));
    ASSERT_TRUE(prepared.has_value()) << prepared.error().message();
    const size_t before = wisp::testing::allocation_count();
    auto made = ComponentInstance::create(*store, prepared.value());
    allocations = wisp::testing::allocation_count() - before;
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
  }
  template <class Signature>
  TypedFunction<Signature> typed(const char* interface, const char* name) {
    return TypedFunction<Signature>::of(*instance->find_function(interface, name)).value();
  }

  Context context;
  ComponentLinker linker;
  std::unique_ptr<ComponentInstance> instance;
  size_t allocations = 0;
};

// There is no core module in it, so the one is all that the component layer allocates.
// And one for the store's list of what it keeps.
TEST_F(ComponentInstanceTest, StateIsOneAllocation) {
  start();
  EXPECT_EQ(allocations, 1u + 1);
  const size_t before = wisp::testing::allocation_count();
  EXPECT_NE(instance->find_function("", "add"), nullptr);
  EXPECT_EQ(wisp::testing::allocation_count(), before);
}

TEST_F(ComponentInstanceTest, ImportsThatAreExportedAgainTakeDynamicValues) {
  start();
  const Value arguments[] = {Value{TypeKind::kU32, 40, {}, {}}, Value{TypeKind::kU32, 2, {}, {}}};
  const auto result = instance->find_function("", "add")->call(arguments);
  ASSERT_TRUE(result.has_value()) << result.error().message();
  EXPECT_EQ(result.value()->bits, 42u);
}

TEST_F(ComponentInstanceTest, ImportsThatAreExportedAgainTakeTypedValues) {
  start();
  EXPECT_EQ(typed<U(U, U)>("", "add")(40, 2).value(), 42u);
  EXPECT_EQ(typed<U(U, U)>("items", "add")(1, 2).value(), 3u);
  using Pair = std::tuple<uint64_t, uint32_t>;
  EXPECT_EQ((typed<Pair(uint32_t, uint64_t)>("items", "pair")(1, 2).value()), Pair(2, 1));
  const std::vector<std::string> texts = {"re", std::string(70'000, '-'), "export"};
  EXPECT_EQ(typed<std::string(const std::vector<std::string>&)>("inner", "join")(texts).value(),
            "re" + texts[1] + "export");
  const auto all =
      typed<std::tuple<U, U>(U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U)>("items", "sum");
  EXPECT_EQ(all(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 5).value(), std::tuple(16u, 5u));
  auto thing = std::make_unique<Thing>();
  const Thing* address = thing.get();
  const auto same = typed<std::unique_ptr<Thing>(std::unique_ptr<Thing>)>("items", "same-thing");
  EXPECT_EQ(same(std::move(thing)).value().get(), address);
}

TEST_F(ComponentInstanceTest, ImportsThatAreExportedAgainTrap) {
  start();
  const auto stopped = typed<void()>("items", "stop")();
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().message(), "stopped");
  EXPECT_EQ((typed<U(U, U)>("", "add")(1, 1).error().message()), "cannot enter component instance");
}

TEST_F(ComponentInstanceTest, ImportsThatAreExportedAgainAreOfOneType) {
  start();
  const auto refused = TypedFunction<U(U)>::of(*instance->find_function("", "add"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code(), ErrorCode::kUsage);
}

}  // namespace
}  // namespace wisp::component
