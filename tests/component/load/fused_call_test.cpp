// Calls between components through compiled adapters (guests/fused.wat): conversions in registers,
// arguments on the stack, post-return; and that traps and backtraces go through them.
#include <gtest/gtest.h>

#include "tests/component/support/guest_fixture.h"

namespace wisp::component {
namespace {

class FusedCallTest : public testing::GuestFixture {
 protected:
  void SetUp() override {
    GuestFixture::SetUp();
    auto made = ComponentLinker().instantiate(*store, compile("tests/component/guests/fused.wasm"));
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
    for (uint32_t i = 0; i < instance->component().trampolines.size(); i++) {
      EXPECT_NE(instance->component().adapter_code(i), nullptr);
    }
  }
  // The result, or the text of the trap.
  std::string call(const char* name, std::vector<Value> arguments = {}) {
    Result<std::optional<Value>> result = instance->find_function("", name)->call(arguments);
    if (!result.has_value()) return result.error().message();
    return result->has_value() ? std::to_string((*result)->bits) : "";
  }
  std::string call(const char* name, uint32_t argument) {
    return call(name, std::vector{Value{TypeKind::kU32, argument, {}, {}}});
  }

  std::unique_ptr<ComponentInstance> instance;
};

TEST_F(FusedCallTest, NumbersAreNormalised) {
  EXPECT_EQ(call("same-u8", 0x1ff), "255");
  EXPECT_EQ(call("same-s16", 0xffff), std::to_string(0xffffffffu));
  EXPECT_EQ(call("same-bool", 0x100), "1");
  EXPECT_EQ(call("same-bool", 0), "0");
  EXPECT_EQ(call("same-char", 0x10ffff), std::to_string(0x10ffff));
  EXPECT_EQ(call("same-color", 2), "2");
  EXPECT_EQ(call("bad-color", 2), "2");
}

TEST_F(FusedCallTest, SurrogatesAreNoChars) {
  EXPECT_EQ(call("same-char", 0xd7ff), std::to_string(0xd7ff));
  EXPECT_EQ(call("same-char", 0xe000), std::to_string(0xe000));
  EXPECT_EQ(call("same-char", 0xdfff), "invalid `char` bit pattern");
  EXPECT_EQ(call("same-char", 1), "cannot enter component instance");
}
TEST_F(FusedCallTest, CharsEnd) {
  EXPECT_EQ(call("same-char", 0x110000), "invalid `char` bit pattern");
}
TEST_F(FusedCallTest, EnumsEndInArguments) {
  EXPECT_EQ(call("same-color", 3), "invalid variant discriminant");
}
TEST_F(FusedCallTest, EnumsEndInResults) {
  EXPECT_EQ(call("bad-color", 3), "invalid variant discriminant");
}

TEST_F(FusedCallTest, ArgumentsOnTheStack) {
  EXPECT_EQ(call("sum"),
            std::to_string(1 + 20 + 300 + 4000 + 50000 + 6 + 600000 + 1 + 2 + 7000000));
}

// It gets the result as the callee returned it.
TEST_F(FusedCallTest, PostReturn) {
  EXPECT_EQ(call("get"), std::to_string(0xff + 0x1ffull * 65536));
}

TEST_F(FusedCallTest, Strings) {
  EXPECT_EQ(call("first", 2), std::to_string('y'));
  EXPECT_EQ(call("first", 0x10000), "string content out-of-bounds");
}

TEST_F(FusedCallTest, BacktracesGoThrough) {
  EXPECT_EQ(call("fail"), "unreachable");
  const auto& frames = store->last_trap().backtrace;
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].function, "fail");
  EXPECT_EQ(frames[1].function, "call-fail");
  EXPECT_EQ(call("sum"), "cannot enter component instance");
}

TEST_F(FusedCallTest, TheCalleeMayExhaustTheStack) {
  EXPECT_EQ(call("deep"), "call stack exhausted");
}

}  // namespace
}  // namespace wisp::component
