// Components plugged into others: who answers what, what does not fit, and that it runs.
#include "component/load/composition.h"

#include <gtest/gtest.h>

#include <list>

#include "component/host/host_binding.h"
#include "component/instance/component_function.h"
#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "tests/component/support/guest_fixture.h"
#include "tests/spec/script.h"
#include "tests/support/linked_component.h"

namespace wisp::component {
namespace {

struct Context {};
class Thing : public HostResource {
 public:
  explicit Thing(uint32_t number) : value(number) {}
  uint32_t value;
};
std::unique_ptr<Thing> make(HostCall&, Context&, uint32_t value) {
  return std::make_unique<Thing>(value);
}
uint32_t value_of(HostCall&, Context&, Thing& self) { return self.value; }
constexpr HostItem kThings[] = {
    host_resource<Thing>("thing"),
    host_function<&make>("[constructor]thing"),
    host_function<&value_of>("[method]thing.value"),
};
constexpr HostInterface kThingsInterface{"test:host/things", "0.2.12", kThings};

// A plug as the command line has it: "guest" or "import=guest".
class CompositionTest : public testing::GuestFixture {
 protected:
  Result<std::shared_ptr<const Component>> compose(const std::vector<std::string>& guests) {
    std::vector<Plug> parts;
    for (const std::string& guest : guests) {
      const size_t equals = guest.find('=');
      const bool is_named = equals != std::string::npos;
      const std::string name = is_named ? guest.substr(equals + 1) : guest;
      files.push_back(
          spec::read_file(WISP_SOURCE_DIR "/tests/component/guests/compose/" + name + ".wasm"));
      parts.push_back({name, files.back(), is_named ? guest.substr(0, equals) : ""});
    }
    auto composed = WISP_TRY(compose_components(parts));
    WISP_TRY(make_code(*composed, *engine));
    return std::shared_ptr<const Component>(std::move(composed));
  }
  uint64_t get(const std::vector<std::string>& guests) {
    auto composed = compose(guests);
    if (!composed.has_value()) ADD_FAILURE() << composed.error().message();
    if (!composed.has_value()) return ~uint64_t{0};
    EXPECT_EQ(LinkedComponentCheck(**composed).run(), "");
    linker.add(kThingsInterface, &context);
    auto instance = linker.instantiate(*store, std::move(composed).value());
    if (!instance.has_value()) ADD_FAILURE() << instance.error().message();
    if (!instance.has_value()) return ~uint64_t{0};
    Result<std::optional<Value>> result = (*instance)->find_function("", "get")->call({});
    if (!result.has_value()) ADD_FAILURE() << result.error().message();
    return result.has_value() ? result.value()->bits : ~uint64_t{0};
  }
  std::string refusal(const std::vector<std::string>& guests) {
    const auto composed = compose(guests);
    if (composed.has_value()) return "";
    EXPECT_EQ(composed.error().code(), ErrorCode::kLink);
    return composed.error().message();
  }

  std::list<std::vector<uint8_t>> files;
  ComponentLinker linker;
  Context context;
};

TEST_F(CompositionTest, AnExactVersionWins) {
  EXPECT_EQ(get({"user", "api_1_1"}), 11u);
  EXPECT_NE(refusal({"user", "api_1_1", "api_1_2"}).find("nothing needs `api_1_2`"),
            std::string::npos);
}
TEST_F(CompositionTest, OtherwiseTheHighestOnTheTrack) {
  EXPECT_EQ(get({"user", "test:dep/api=api_1_0"}), 10u);
  EXPECT_EQ(get({"user", "api_1_2"}), 12u);
  EXPECT_NE(refusal({"user", "api_1_0", "api_1_2"}).find("nothing needs `api_1_0`"),
            std::string::npos);
}
TEST_F(CompositionTest, ANameWins) { EXPECT_EQ(get({"user", "test:dep/api@1.1.0=api_1_2"}), 12u); }
TEST_F(CompositionTest, ANamedPlugMayBeTheInstance) {
  EXPECT_EQ(get({"user", "test:dep/api=plain"}), 5u);
}
TEST_F(CompositionTest, ANamedPlugMayBeTheComponent) {
  EXPECT_EQ(get({"factory_user", "factory=plain"}), 5u);
}
TEST_F(CompositionTest, CoreModules) { EXPECT_EQ(get({"module_user", "module"}), 77u); }
TEST_F(CompositionTest, AResourceTypeOfTheHostIsOneType) {
  EXPECT_EQ(get({"thing_user", "maker"}), 31u);
}

TEST_F(CompositionTest, Refusals) {
  EXPECT_EQ(refusal({"user", "api_1_1", "test:dep/api=api_1_0", "test:dep/api=api_1_0"}),
            "`api_1_0` is given twice");
  EXPECT_EQ(refusal({"user", "api_2_0"}),
            "nothing needs `api_2_0`: it exports test:dep/api@2.0.0; `user` imports "
            "test:dep/api@1.1.0");
  EXPECT_EQ(refusal({"user", "test:dep/other=plain"}),
            "nothing needs `plain` as `test:dep/other`: it exports get; `user` imports "
            "test:dep/api@1.1.0");
  EXPECT_EQ(refusal({"circle_user", "circle_a", "circle_b"}),
            "the components import each other in a circle: circle_a -> circle_b -> circle_a");
  EXPECT_EQ(refusal({"user", "api_typed"}),
            "`user` imports `test:dep/api@1.1.0#get`, and what is plugged in for it does not fit: "
            "the types differ\n    expected: func() -> u32\n    provided: func() -> s32");
  EXPECT_EQ(refusal({"user", "api_empty"}),
            "`user` imports `test:dep/api@1.1.0#get`, and what is plugged in for it does not fit: "
            "it is missing");
}

// What no plug answers is the host's.
TEST_F(CompositionTest, OthersAreTheHosts) {
  auto composed = compose({"thing_user", "maker"});
  ASSERT_TRUE(composed.has_value()) << composed.error().message();
  const Result<ResolvedImports> resolved = linker.resolve(**composed);
  ASSERT_FALSE(resolved.has_value());
  EXPECT_NE(resolved.error().message().find("`test:host/things@0.2.6` is not provided"),
            std::string::npos)
      << resolved.error().message();
}

// --- functions of the host that a component exports

std::string join(HostCall&, Context&, std::vector<std::string_view> parts,
                 std::string_view between) {
  std::string all;
  for (const std::string_view part : parts) {
    all += std::string(all.empty() ? "" : between) + std::string(part);
  }
  return all;
}
uint32_t add(HostCall&, Context&, uint32_t a, uint32_t b) { return a + b; }
void fail(HostCall& call, Context&) { call.trap("the host's own trap"); }
using Seventeen = std::tuple<uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                             uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                             uint64_t, uint64_t, uint64_t>;
std::tuple<uint64_t, uint64_t> many(HostCall&, Context&, Seventeen numbers) {
  return {std::get<0>(numbers), std::get<16>(numbers)};
}
constexpr HostItem kEcho[] = {
    host_function<&join>("join"),
    host_function<&add>("add"),
    host_function<&fail>("fail"),
    host_function<&many>("many"),
};
constexpr HostInterface kEchoInterface{"test:host/echo", "0.1.0", kEcho};

class HostFunctionsAgain : public testing::GuestFixture {
 protected:
  void SetUp() override {
    GuestFixture::SetUp();
    linker.add(kEchoInterface, &context);
    auto made =
        linker.instantiate(*store, compile("tests/component/guests/compose/host_again.wasm"));
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
  }
  Result<std::optional<Value>> call(const char* name, std::vector<Value> arguments) {
    return instance->find_function("echo", name)->call(arguments);
  }
  static Value number(TypeKind kind, uint64_t bits) { return {kind, bits, {}, {}}; }
  static Value text(std::string words) { return {TypeKind::kString, 0, std::move(words), {}}; }

  ComponentLinker linker;
  Context context;
  std::unique_ptr<ComponentInstance> instance;
};

TEST_F(HostFunctionsAgain, Numbers) {
  auto sum = call("add", {number(TypeKind::kU32, 40), number(TypeKind::kU32, 2)});
  ASSERT_TRUE(sum.has_value()) << sum.error().message();
  EXPECT_EQ(*sum.value(), number(TypeKind::kU32, 42));
  EXPECT_EQ(call("add", {}).error().code(), ErrorCode::kUsage);
  EXPECT_EQ(call("add", {text("1"), text("2")}).error().code(), ErrorCode::kUsage);
}

TEST_F(HostFunctionsAgain, ThroughMemory) {
  const std::string long_text(200'000, 'x');
  const Value parts{TypeKind::kList, 0, {}, {text("ä"), text(""), text(long_text)}};
  auto joined = call("join", {parts, text(", ")});
  ASSERT_TRUE(joined.has_value()) << joined.error().message();
  EXPECT_EQ(*joined.value(), text("ä, , " + long_text));
  Value numbers{TypeKind::kTuple, 0, {}, {}};
  for (uint64_t i = 0; i < 17; i++) {
    numbers.elements.push_back(number(TypeKind::kU64, 1000 + i));
  }
  auto ends = call("many", {numbers});
  ASSERT_TRUE(ends.has_value()) << ends.error().message();
  EXPECT_EQ(ends.value()->elements[0].bits, 1000u);
  EXPECT_EQ(ends.value()->elements[1].bits, 1016u);
}

TEST_F(HostFunctionsAgain, TrapsLockTheInstanceDown) {
  const auto trapped = call("fail", {});
  ASSERT_FALSE(trapped.has_value());
  EXPECT_EQ(trapped.error().code(), ErrorCode::kTrap);
  EXPECT_EQ(trapped.error().message(), "the host's own trap");
  EXPECT_EQ(call("add", {number(TypeKind::kU32, 1), number(TypeKind::kU32, 1)}).error().message(),
            "cannot enter component instance");
}

}  // namespace
}  // namespace wisp::component
