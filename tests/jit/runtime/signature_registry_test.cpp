#include "jit/runtime/signature_registry.h"

#include <gtest/gtest.h>

#include <memory>

namespace wisp::jit {
namespace {

const FuncType kUnary{{ValueType::kI32}, {}};
const FuncType kConstant{{}, {ValueType::kI32}};

TEST(SignatureRegistry, GivesEqualTypesOneNumberAndNeverZero) {
  auto registry = std::make_shared<SignatureRegistry>();
  SignatureSet set(registry), other(registry);
  const uint32_t first = set.add(kUnary).value();
  const uint32_t second = set.add(kConstant).value();
  EXPECT_NE(first, 0u);
  EXPECT_NE(first, second);
  EXPECT_EQ(other.add({{ValueType::kI32}, {}}).value(), first);
  EXPECT_EQ(registry->type_of(second), kConstant);
  EXPECT_EQ(set.ids(), (std::vector<uint32_t>{first, second}));
}

TEST(SignatureRegistry, ForgetsATypeWithItsLastUserAndNeverUsesItsNumberAgain) {
  auto registry = std::make_shared<SignatureRegistry>();
  SignatureSet keeper(registry);
  uint32_t gone = 0;
  {
    SignatureSet set(registry);
    gone = set.add(kUnary).value();
    EXPECT_EQ(set.add(kUnary).value(), gone);
    set.add(kConstant).value();
    keeper.add(kConstant).value();
    SignatureSet moved = std::move(set);
    EXPECT_EQ(registry->size(), 2u);
  }
  EXPECT_EQ(registry->size(), 1u);
  EXPECT_EQ(registry->type_of(keeper.ids()[0]), kConstant);
  const uint32_t again = keeper.add(kUnary).value();
  EXPECT_GT(again, gone);
  EXPECT_GT(again, keeper.ids()[0]);
}

TEST(SignatureRegistry, CodeGoesWithTheLastTypeThatHasSomeOfIt) {
  auto registry = std::make_shared<SignatureRegistry>();
  std::weak_ptr<const PublishedCode> watch;
  SignatureSet first(registry);
  {
    SignatureSet second(registry);
    auto code = std::make_shared<const PublishedCode>(CodeArena());
    watch = code;
    registry->set_entry(first.add(kUnary).value(), &watch, code);
    registry->set_exit(second.add(kConstant).value(), &watch, code);
  }
  EXPECT_FALSE(watch.expired());
  EXPECT_EQ(registry->trampolines_of(first.ids()[0]).entry, &watch);
  EXPECT_EQ(registry->trampolines_of(first.ids()[0]).exit, nullptr);
  first = SignatureSet();
  EXPECT_TRUE(watch.expired());
}

}  // namespace
}  // namespace wisp::jit
