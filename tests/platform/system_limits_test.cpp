#include "platform/system_limits.h"

#include <gtest/gtest.h>

namespace wisp {
namespace {

TEST(SystemLimits, AreThere) {
  EXPECT_GT(memory_of_process(), uint64_t{64} << 20);
  EXPECT_GE(address_space_of_process(), uint64_t{1} << 38);
  EXPECT_GE(descriptors_of_process(), 64u);
  EXPECT_GE(mappings_of_process(), 1024u);
  EXPECT_GE(lockable_memory_of_process(), 4096u);
  EXPECT_LE(io_uring_disabled(), 2u);
}

}  // namespace
}  // namespace wisp
