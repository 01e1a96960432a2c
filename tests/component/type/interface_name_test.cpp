#include "component/type/interface_name.h"

#include <gtest/gtest.h>

namespace wisp::component {
namespace {

bool answers(std::string_view provided, std::string_view wanted) {
  return InterfaceName::parse(wanted).is_answered_by(InterfaceName::parse(provided));
}

TEST(InterfaceName, TakesNamesApart) {
  const InterfaceName name = InterfaceName::parse("wasi:io/streams@0.2.6");
  EXPECT_EQ(name.base, "wasi:io/streams");
  EXPECT_EQ(name.version, "0.2.6");
  EXPECT_EQ(name.numbers[2], 6u);
  EXPECT_TRUE(name.has_track);
  EXPECT_EQ(InterfaceName::parse("run").base, "run");
}

TEST(InterfaceName, TracksGoBothWays) {
  EXPECT_TRUE(answers("wasi:io/poll@0.2.12", "wasi:io/poll@0.2.0"));
  EXPECT_TRUE(answers("wasi:io/poll@0.2.0", "wasi:io/poll@0.2.12"));
  EXPECT_TRUE(answers("a:b/c@1.9.0", "a:b/c@1.0.3"));
  EXPECT_FALSE(answers("a:b/c@2.0.0", "a:b/c@1.0.0"));
  EXPECT_FALSE(answers("wasi:io/poll@0.3.0", "wasi:io/poll@0.2.0"));
  EXPECT_FALSE(answers("wasi:io/poll@0.2.0", "wasi:io/streams@0.2.0"));
}

TEST(InterfaceName, SomeVersionsHaveNoTrack) {
  EXPECT_FALSE(answers("a:b/c@0.0.2", "a:b/c@0.0.1"));
  EXPECT_TRUE(answers("a:b/c@0.0.1", "a:b/c@0.0.1"));
  EXPECT_FALSE(answers("a:b/c@0.2.0", "a:b/c@0.2.0-rc-2023-11-10"));
  EXPECT_FALSE(answers("a:b/c@1.0.0-alpha", "a:b/c@1.0.0"));
  EXPECT_TRUE(InterfaceName::parse("a:b/c@0.2.0-rc-2023-11-10").is_release_candidate());
  EXPECT_TRUE(answers("a:b/c@1.0.0+build", "a:b/c@1.0.0"));
}

TEST(InterfaceName, WithoutAVersionAnyWillDo) {
  EXPECT_TRUE(answers("wasi:cli/run@0.2.3", "wasi:cli/run"));
  EXPECT_FALSE(answers("wasi:cli/run", "wasi:cli/run@0.2.3"));
}

TEST(InterfaceName, NewerVersionsAreCompared) {
  EXPECT_TRUE(
      InterfaceName::parse("a:b/c@0.2.9").is_older_than(InterfaceName::parse("a:b/c@0.2.10")));
  EXPECT_FALSE(
      InterfaceName::parse("a:b/c@0.2.1").is_older_than(InterfaceName::parse("a:b/c@0.2.1")));
}

}  // namespace
}  // namespace wisp::component
