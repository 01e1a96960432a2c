#include "platform/result.h"

#include <gtest/gtest.h>

namespace wisp {
namespace {

Result<std::unique_ptr<int>> make(bool good) {
  if (!good) return Error(ErrorCode::kMalformed, "odd byte", 7);
  return std::make_unique<int>(42);
}
Result<int> unwrap(bool good) {
  auto pointer = WISP_TRY(make(good));
  return *pointer;
}
Result<void> check(bool good) {
  WISP_TRY(unwrap(good));
  return {};
}

TEST(Result, CarriesMoveOnlyValues) { EXPECT_EQ(unwrap(true).value(), 42); }

TEST(Result, TryReturnsTheErrorOfTheCallee) {
  auto result = check(false);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kMalformed);
  EXPECT_EQ(result.error().offset(), 7u);
  EXPECT_EQ(std::move(result).error().with_context("section 3").message(), "section 3: odd byte");
}

TEST(Result, OfVoidIsGoodByDefault) { EXPECT_TRUE(check(true).has_value()); }

}  // namespace
}  // namespace wisp
