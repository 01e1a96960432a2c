// Linking and calling real components: the guests are built from guests/*.wat.
#include "component/link/component_linker.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "component/host/host_binding.h"
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
        "    provided: func(self: borrow<file>) -> u64\n"
        "                                          ^",
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

// --- what is not a function of an interface

uint32_t three(HostCall&, Context&) { return 3; }
uint32_t four(HostCall&, Context&) { return 4; }
constexpr HostItem kNested[] = {host_function<&four>("return-four")};
constexpr HostInterface kNestedInterface{"", "", kNested};
constexpr HostItem kHost[] = {host_function<&three>("return-three"),
                              host_instance("nested", kNestedInterface)};
constexpr HostInterface kHostInterface{"host", "", kHost};

// (module (global (export "g") i32 (i32.const 100)) (func (export "f") (result i32) i32.const 101))
constexpr uint8_t kSimpleModule[] = {0,  'a', 's', 'm',  1,   0,    0,    0,        // preamble
                                     1,  5,   1,   0x60, 0,   1,    0x7f,           // type
                                     3,  2,   1,   0,                               // function
                                     6,  7,   1,   0x7f, 0,   0x41, 0xe4, 0, 0x0b,  // global
                                     7,  9,   2,   1,    'g', 3,    0,    1, 'f',  0, 0,  // exports
                                     10, 7,   1,   5,    0,   0x41, 0xe5, 0, 0x0b};       // code
// (module (import "math" "base" (func (result i32))) (import "math" "step" (global i32))
//   (func (export "sum") (result i32) call 0 global.get 0 i32.add))
constexpr uint8_t kAdderModule[] = {
    0,  'a', 's', 'm',  1,   0,    0,    0,                                      // preamble
    1,  5,   1,   0x60, 0,   1,    0x7f,                                         // type
    2,  26,  2,   4,    'm', 'a',  't',  'h',  4,   'b',  'a', 's',  'e', 0, 0,  // imports: base
    4,  'm', 'a', 't',  'h', 4,    's',  't',  'e', 'p',  3,   0x7f, 0,          // step
    3,  2,   1,   0,                                                             // function
    7,  7,   1,   3,    's', 'u',  'm',  0,    1,                                // export
    10, 9,   1,   7,    0,   0x10, 0,    0x23, 0,   0x6a, 0x0b};                 // code

class ProvidedItemsTest : public ComponentLinkerTest {
 protected:
  std::shared_ptr<const jit::CompiledModule> module(std::span<const uint8_t> code) {
    auto compiled = engine->compile(code);
    if (!compiled.has_value()) ADD_FAILURE() << compiled.error().message();
    return compiled.has_value() ? std::move(compiled).value() : nullptr;
  }
  std::string refusal(const std::string& guest) {
    const auto component = compile_guest(guest);
    const Result<ResolvedImports> result = linker.resolve(*component);
    return result.has_value() ? "" : result.error().message();
  }
};

TEST_F(ProvidedItemsTest, ModulesAndNestedInstances) {
  linker.add(kHostInterface, &context);
  linker.add_module("host", "simple-module", module(kSimpleModule));
  linker.add_module("", "adder", module(kAdderModule));
  auto instance = linker.instantiate(*store, compile_guest("host_items.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  EXPECT_EQ(call((*instance)->find_function("", "all")), 3u * 4 + 201 + 201);
}

TEST_F(ProvidedItemsTest, ModulesOfAnotherTypeAreRefused) {
  linker.add(kHostInterface, &context);
  linker.add_module("host", "simple-module", module(kAdderModule));
  linker.add_module("", "adder", module(kSimpleModule));
  const std::string message = refusal("host_items.wasm");
  EXPECT_NE(message.find("the core module `host#simple-module` has another type: missing expected "
                         "import `math::base`"),
            std::string::npos)
      << message;
  EXPECT_NE(message.find("`adder` has another type: missing expected export `sum`"),
            std::string::npos)
      << message;
}

TEST_F(ProvidedItemsTest, MissingModulesAndInstancesAreNamed) {
  const std::string all = refusal("host_items.wasm");
  EXPECT_NE(all.find("`host` is not provided"), std::string::npos) << all;
  EXPECT_NE(all.find("`adder` is not provided"), std::string::npos) << all;
  linker.add_module("host", "another", module(kSimpleModule));
  linker.add_module("", "another", module(kSimpleModule));
  const std::string message = refusal("host_items.wasm");
  EXPECT_NE(message.find("`host` lacks the core module `simple-module`"), std::string::npos)
      << message;
  EXPECT_NE(message.find("`host` lacks the function `return-four`"), std::string::npos) << message;
  EXPECT_NE(message.find("`adder` is not provided"), std::string::npos) << message;
}

TEST_F(ProvidedItemsTest, ExportsOfAnotherInstance) {
  jit::Store other(engine);
  auto provider = linker.instantiate(other, compile_guest("provider.wasm"));
  ASSERT_TRUE(provider.has_value()) << provider.error().message();
  linker.add_instance("provider", **provider);
  const std::vector<uint8_t> provider_bytes = std::exchange(bytes, {});
  auto instance = linker.instantiate(*store, compile_guest("user.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  EXPECT_EQ(call((*instance)->find_function("", "sum")), 49u);
  const Value handle[] = {Value{TypeKind::kU32, 1, {}, {}}};
  const auto dropped = (*instance)->find_function("", "drop")->call(handle);
  ASSERT_FALSE(dropped.has_value());
  EXPECT_EQ(dropped.error().message(), "unknown handle index 1");
}

TEST_F(ProvidedItemsTest, UnknownImportsTrap) {
  const auto component = compile_guest("unknown.wasm");
  const Result<ResolvedImports> refused = linker.resolve(*component);
  ASSERT_FALSE(refused.has_value());
  linker.set_unknown_imports(UnknownImports::kTrap);
  auto instance = linker.instantiate(*store, component);
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  const auto trapped = (*instance)->find_function("", "number")->call({});
  ASSERT_FALSE(trapped.has_value());
  EXPECT_EQ(trapped.error().message(), "unknown import: a:b/c@0.1.0#number is not provided");
}

TEST_F(ProvidedItemsTest, UnknownImportsReturnZero) {
  linker.set_unknown_imports(UnknownImports::kDefault);
  auto instance = linker.instantiate(*store, compile_guest("unknown.wasm"));
  ASSERT_TRUE(instance.has_value()) << instance.error().message();
  EXPECT_EQ(call((*instance)->find_function("", "number")), 0u);
  EXPECT_EQ(call((*instance)->find_function("", "sum")), 0u);
  const auto dropped = (*instance)->find_function("", "drop")->call({});
  ASSERT_FALSE(dropped.has_value());
  EXPECT_EQ(dropped.error().message(), "unknown handle index 0");
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
