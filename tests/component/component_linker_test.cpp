// Linking and calling real components: the guests are built from guests/*.wat.
#include "component/component_linker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "component/host_binding.h"
#include "tests/component/support/guest_fixture.h"

namespace wisp::component {
namespace {

struct Context {};
class File : public HostResource {};

uint64_t size(HostCall&, Context&, File&) { return 0; }
void nothing(HostCall&, Context&) {}
uint32_t answer(HostCall&, Context&) { return 42; }

constexpr HostItem kFiles[] = {
    host_resource<File>("file"),
    host_function<&size>("size"),
    host_function<&size>("[method]file.size"),
    host_function<&nothing>("open"),
};
constexpr HostInterface kFilesInterface{"test:host/files", "0.2.12", kFiles};
constexpr HostItem kAnswer[] = {host_function<&answer>("get")};
constexpr HostInterface kAnswerInterface{"test:host/answer", "0.2.12", kAnswer};

class ComponentLinkerTest : public testing::GuestFixture {
 protected:
  std::shared_ptr<const Component> compile_guest(const std::string& guest) {
    return compile("tests/component/guests/" + guest);
  }
  uint64_t call(ComponentFunction* function) {
    if (function == nullptr) return ~uint64_t{0};
    Result<std::optional<Value>> result = function->call({});
    if (!result.has_value()) ADD_FAILURE() << result.error().message();
    return result.has_value() && result->has_value() ? (*result)->bits : ~uint64_t{0};
  }

  ComponentLinker linker;
  Context context;
};

TEST_F(ComponentLinkerTest, ReportsAllProblemsAtOnce) {
  linker.add(kFilesInterface, &context);
  const std::shared_ptr<const Component> component = compile_guest("imports.wasm");
  ASSERT_NE(component, nullptr);
  const Result<ResolvedImports> result = linker.resolve(*component);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kLink);
  const std::string& message = result.error().message();
  for (const char* part :
       {"6 imports cannot be linked",
        "the type of `[method]file.size` differs\n    expected: func(self: borrow<file>) -> u32\n"
        "    provided: func(borrow<file>) -> u64",
        "`test:host/files@0.2.0` lacks the function `remove`; test:host/files@0.2.12 provides: "
        "size, [method]file.size, open",
        "`test:host/file@0.2.0` is not provided; the nearest is `test:host/files@0.2.12`",
        "`test:host/files@0.3.0` is not provided; the nearest is `test:host/files@0.2.12`",
        "`wasi:io/poll@0.2.0-rc-2023-11-10` is not provided: release candidates have another ABI",
        "`wasi:nn/graph@0.2.0` is not provided; Wisp has no wasi:nn"}) {
    EXPECT_NE(message.find(part), std::string::npos) << part << "\n" << message;
  }
  // What nothing uses need not be there.
  EXPECT_EQ(message.find("unused"), std::string::npos) << message;
}

TEST_F(ComponentLinkerTest, VersionsOfATrackAnswerEachOther) {
  linker.add(kAnswerInterface, &context);
  auto instance = linker.instantiate(*store, compile_guest("versions.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  EXPECT_EQ(call((*instance)->find_function("", "sum")), 3u * 42);
  EXPECT_EQ(call((*instance)->find_function("test:guest/api@1.1.0", "get")), 1u);
  EXPECT_EQ(call((*instance)->find_function("test:guest/api@1.4.0", "get")), 2u);
  EXPECT_EQ(call((*instance)->find_function("test:guest/api@1.0.0", "get")), 2u);
  EXPECT_EQ(call((*instance)->find_function("test:guest/api", "get")), 2u);
  EXPECT_EQ((*instance)->find_function("test:guest/other@1.0.0", "get"), nullptr);
  EXPECT_EQ((*instance)->find_function("", "get"), nullptr);
  const std::vector<std::string> names = (*instance)->export_names();
  ASSERT_EQ(names.size(), 5u);
  EXPECT_NE(std::find(names.begin(), names.end(), "test:guest/api@1.1.0#get"), names.end());
  EXPECT_NE(std::find(names.begin(), names.end(), "stop"), names.end());
}

TEST_F(ComponentLinkerTest, ATrapLocksTheInstanceDown) {
  linker.add(kAnswerInterface, &context);
  auto instance = linker.instantiate(*store, compile_guest("versions.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  const Result<std::optional<Value>> trapped = (*instance)->find_function("", "stop")->call({});
  ASSERT_FALSE(trapped.has_value());
  EXPECT_EQ(trapped.error().code(), ErrorCode::kTrap);
  EXPECT_NE(trapped.error().message().find("unreachable"), std::string::npos);
  const Result<std::optional<Value>> refused = (*instance)->find_function("", "sum")->call({});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message(), "cannot enter component instance");
}

TEST_F(ComponentLinkerTest, ArgumentsAreChecked) {
  linker.add(kAnswerInterface, &context);
  auto instance = linker.instantiate(*store, compile_guest("versions.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  const Value arguments[] = {Value{}};
  const auto result = (*instance)->find_function("", "sum")->call(arguments);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code(), ErrorCode::kUsage);
}

// A result of 2^26 bytes would be gigabytes of values.
TEST_F(ComponentLinkerTest, ResultsAreLimited) {
  linker = ComponentLinker({.hostcall_fuel = 1000 * sizeof(Value)});
  auto instance = linker.instantiate(*store, compile_guest("big_result.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  ComponentFunction* function = (*instance)->find_function("", "bytes");
  const Value few[] = {Value{TypeKind::kU32, 1000, {}, {}}};
  Result<std::optional<Value>> taken = function->call(few);
  ASSERT_TRUE(taken.has_value()) << taken.error().message();
  EXPECT_EQ((*taken)->elements.size(), 1000u);
  const Value many[] = {Value{TypeKind::kU32, 1u << 26, {}, {}}};
  const Result<std::optional<Value>> refused = function->call(many);
  ASSERT_FALSE(refused.has_value());
  EXPECT_NE(refused.error().message().find("hostcall-fuel"), std::string::npos);
}

}  // namespace
}  // namespace wisp::component
