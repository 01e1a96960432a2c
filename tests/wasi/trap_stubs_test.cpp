#include "wasi/trap_stubs.h"

#include <gtest/gtest.h>

#include "wasi/http/types.h"

namespace wisp::wasi {
namespace {

struct Counts {
  size_t functions = 0;
  size_t resources = 0;
};

Counts count(std::span<const component::HostInterface> interfaces) {
  Counts counts;
  for (const component::HostInterface& interface : interfaces) {
    for (const component::HostItem& item : interface.items) {
      if (item.code != nullptr) {
        EXPECT_EQ(item.check, component::SignatureCheck::kNone) << item.name;
        counts.functions++;
      } else {
        EXPECT_NE(item.resource, nullptr) << item.name;
        counts.resources++;
      }
    }
  }
  return counts;
}

TEST(TrapStubs, AllOfHttpIsThere) {
  EXPECT_EQ(count(http::kInterfaces).functions, 53u);  // 54 with the one that guests export
  EXPECT_EQ(count(http::kInterfaces).resources, 11u);
}

TEST(TrapStubs, TheMessageNamesTheFunction) {
  component::HostCall call;
  trap_not_there_yet(call, "wasi:http/types", "[method]fields.get");
  ASSERT_TRUE(call.unwinding());
  EXPECT_EQ(*call.trap_message(), "wasi:http/types: [method]fields.get is not there yet");
}

}  // namespace
}  // namespace wisp::wasi
