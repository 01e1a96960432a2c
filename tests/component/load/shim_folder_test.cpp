// Folding of shims: what folds, what must not, and that nobody can tell.
#include "component/load/shim_folder.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "component/host/host_binding.h"
#include "component/load/load.h"
#include "tests/component/support/guest_fixture.h"
#include "tests/spec/script.h"
#include "tests/support/linked_component.h"
#include "tests/support/shared_folder.h"

namespace wisp::component {
namespace {

namespace fs = std::filesystem;

struct Context {};
uint32_t get(HostCall&, Context&) { return 42; }
std::string_view text(HostCall&, Context&) { return "hello"; }
uint32_t difference(HostCall&, Context&, uint32_t a, uint32_t b) { return a - b; }
uint32_t four(HostCall&, Context&, uint32_t, uint32_t, uint32_t, uint32_t) { return 4; }
constexpr HostItem kItems[] = {
    host_function<&get>("get"),
    host_function<&text>("text"),
    host_function<&difference>("difference"),
    host_function<&four>("four"),
};
constexpr HostInterface kInterface{"test:host/fold", "0.2.0", kItems};

class ShimFolderTest : public testing::GuestFixture {
 protected:
  struct Outcome {
    size_t core_instances = 0;
    uint64_t value = 0;
    std::string trap;  // of instantiation, or of the call
  };
  Outcome run(const std::string& guest) {
    Outcome outcome;
    const auto component = compile("tests/component/guests/fold/" + guest + ".wasm");
    if (component == nullptr) return outcome;
    EXPECT_EQ(LinkedComponentCheck(*component).run(), "");
    outcome.core_instances = component->core_instances.size();
    linker.add(kInterface, &context);
    auto instance = linker.instantiate(*store, component);
    if (!instance.has_value()) {
      outcome.trap = instance.error().message();
      return outcome;
    }
    const Result<std::optional<Value>> result = (*instance)->find_function("", "run")->call({});
    if (result.has_value()) {
      outcome.value = result.value()->bits;
    } else {
      outcome.trap = result.error().message();
    }
    return outcome;
  }
  void expect_value(const std::string& guest, size_t core_instances, uint64_t value) {
    const Outcome outcome = run(guest);
    EXPECT_EQ(outcome.core_instances, core_instances);
    EXPECT_EQ(outcome.trap, "");
    EXPECT_EQ(outcome.value, value);
  }
  void expect_trap(const std::string& guest, size_t core_instances, const std::string& trap) {
    const Outcome outcome = run(guest);
    EXPECT_EQ(outcome.core_instances, core_instances);
    EXPECT_EQ(outcome.trap, trap);
  }
  // The core instances of a program, which may be missing.
  static size_t count(const fs::path& path) {
    const auto bytes = spec::read_file(path);
    Result<std::shared_ptr<Component>> linked = link_component(bytes);
    if (!linked.has_value()) ADD_FAILURE() << linked.error().message();
    if (!linked.has_value()) return 0;
    EXPECT_EQ(LinkedComponentCheck(**linked).run(), "");
    return (*linked)->core_instances.size();
  }

  ComponentLinker linker;
  Context context;
};

TEST_F(ShimFolderTest, Folds) { expect_value("plain", 1, 42 + 5 + 42); }
TEST_F(ShimFolderTest, OwnFunctions) { expect_value("own_function", 1, 42 + 5 + 42); }
TEST_F(ShimFolderTest, Destructors) { expect_value("destructor", 1, 89); }
TEST_F(ShimFolderTest, FunctionsOfLaterInstances) { expect_value("adapter", 2, 42 + 5 + 79); }

TEST_F(ShimFolderTest, ReferencesToFunctionsOfLaterInstances) {
  expect_value("adapter_referenced", 4, 42 + 5 + 79);
}
TEST_F(ShimFolderTest, ExportsOfFunctionsOfLaterInstances) {
  expect_value("adapter_exported", 2, 42 + 5 + 79);
}
TEST_F(ShimFolderTest, UsersOfFunctionsOfLaterInstances) {
  expect_value("adapter_linked", 3, 42 + 42);
}
TEST_F(ShimFolderTest, SharedTable) { expect_value("table_shared", 4, 89); }
TEST_F(ShimFolderTest, TableFilledTwice) { expect_value("filled_twice", 5, 42 + 5 + 58); }
TEST_F(ShimFolderTest, StartFunctionBetween) { expect_value("start_between", 4, 89); }
TEST_F(ShimFolderTest, StartFunctionThatCalls) {
  expect_trap("start_calls", 3, "uninitialized element");
}
TEST_F(ShimFolderTest, MoreThanForwards) { expect_value("more_than_forwards", 3, 90); }
TEST_F(ShimFolderTest, SwappedParameters) { expect_value("swapped", 3, 42 + 5 - 42); }
TEST_F(ShimFolderTest, AnotherType) { expect_trap("other_type", 3, "indirect call type mismatch"); }
TEST_F(ShimFolderTest, EmptyEntry) { expect_trap("not_filled", 3, "uninitialized element"); }
TEST_F(ShimFolderTest, SegmentOutOfBounds) {
  expect_trap("out_of_bounds", 3, "out of bounds table access");
}
TEST_F(ShimFolderTest, Circle) { expect_trap("circle", 3, "call stack exhausted"); }
TEST_F(ShimFolderTest, LoweredFunctionAsRealloc) { expect_value("lowered_realloc", 3, 89); }

TEST_F(ShimFolderTest, RealPrograms) {
  EXPECT_EQ(count(fs::path(WISP_SOURCE_DIR) / "examples/hello.wasm"), 1u);
  const fs::path guests = fs::path(test::shared_folder()) / "guests";
  if (!fs::exists(guests / "python.wasm")) GTEST_SKIP() << guests << " is missing";
  EXPECT_EQ(count(guests / "ripgrep.wasm"), 1u);
  EXPECT_EQ(count(guests / "js-http.wasm"), 2u) << "program and adapter";
  EXPECT_EQ(count(guests / "python.wasm"), 12u) << "program, its libraries, adapter, init";
}

}  // namespace
}  // namespace wisp::component
