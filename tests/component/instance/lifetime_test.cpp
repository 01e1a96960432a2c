// Components, instances and stores that come and go leave nothing behind, however they end: fused
// calls, handles of the host, traps and exits in the middle, refused links.
#include <gtest/gtest.h>

#include "platform/sanitizer_fiber.h"
#include "tests/component/support/guest_fixture.h"
#include "tests/component/support/things.h"
#include "tests/support/footprint.h"

namespace wisp::component {
namespace {

using wisp::testing::Footprint;

// As for modules (tests/jit/runtime/lifetime_test.cpp): a sanitizer's heap is not what mallinfo
// counts.
constexpr bool kHeapIsOurs = !kSanitizerFollowsFibers;
constexpr int kRounds = kHeapIsOurs ? 2'000 : 200;

class ComponentLifetimes : public testing::GuestFixture {
 protected:
  // Instantiates the component in a store of its own and calls these functions, until one fails.
  void run(const char* path, std::initializer_list<const char*> functions, ErrorCode last) {
    const std::shared_ptr<const Component> component = compile(path);
    jit::Store own(engine);
    ComponentLinker linker;
    linker.add(testing::kThingsInterface, &host_);
    auto instance = linker.instantiate(own, component).value();
    for (const char* name : functions) {
      const bool is_last = name == std::data(functions)[functions.size() - 1];
      const Value argument{TypeKind::kU32, 5, {}, {}};
      ComponentFunction* function = instance->find_function("", name);
      std::vector<Value> arguments(function->type().params.size(), argument);
      const auto result = function->call(arguments);
      ASSERT_EQ(result.has_value(), !is_last) << path << " " << name;
      if (is_last) {
        EXPECT_EQ(result.error().code(), last) << path << " " << name;
      }
    }
    instance.reset();
    EXPECT_LT(own.budget().used(), uint64_t{1} << 20);
  }

  void round(int i) {
    switch (i % 4) {
      case 0:
        return run("tests/component/guests/handles.wasm",
                   {"make-many", "make-family", "drop-child-first", "drop-parent"},
                   ErrorCode::kTrap);
      case 1:
        return run("tests/component/guests/handles.wasm", {"make-family", "leave"},
                   ErrorCode::kExit);
      case 2:
        return run("tests/component/guests/fused.wasm", {"same-u8", "get", "sum", "fail"},
                   ErrorCode::kTrap);
      default:
        const std::shared_ptr<const Component> component =
            compile("tests/component/guests/handles.wasm");
        jit::Store own(engine);
        EXPECT_EQ(ComponentLinker().instantiate(own, component).error().code(), ErrorCode::kLink);
        bytes.resize(bytes.size() / 2);
        EXPECT_FALSE(compile_component(engine, bytes).has_value());
    }
  }

  testing::ThingsHost host_;
};

TEST_F(ComponentLifetimes, ThousandsOfComponentsLeaveNothing) {
  for (int i = 0; i < 100; i++) round(i);
  EXPECT_EQ(engine->signatures()->size(), 0u);
  const Footprint before = Footprint::now();
  for (int i = 0; i < kRounds; i++) round(i);
  const Footprint after = Footprint::now();
  EXPECT_EQ(engine->signatures()->size(), 0u);
  EXPECT_EQ(after.descriptors, before.descriptors);
  EXPECT_LE(after.mappings, before.mappings + 8) << before << "; " << after;
  if (!kHeapIsOurs) return;
  EXPECT_LE(after.heap_bytes, before.heap_bytes + 64 * 1024) << before << "; " << after;
  EXPECT_LE(after.resident_bytes, before.resident_bytes + 4 * 1024 * 1024)
      << before << "; " << after;
}

}  // namespace
}  // namespace wisp::component
