#include "platform/log.h"

#include <gtest/gtest.h>

namespace wisp {
namespace {

TEST(Log, LevelsByName) {
  EXPECT_EQ(parse_log_level("error"), LogLevel::kError);
  EXPECT_EQ(parse_log_level("warning"), LogLevel::kWarning);
  EXPECT_EQ(parse_log_level("info"), LogLevel::kInfo);
  EXPECT_EQ(parse_log_level("debug"), LogLevel::kDebug);
  EXPECT_EQ(parse_log_level(""), LogLevel::kError);
  EXPECT_EQ(parse_log_level("DEBUG "), LogLevel::kError);
}

TEST(Log, ALineNamesItsLevel) {
  ::testing::internal::CaptureStderr();
  write_log_line(LogLevel::kWarning, "something odd");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "wisp: warning: something odd\n");
}

}  // namespace
}  // namespace wisp
