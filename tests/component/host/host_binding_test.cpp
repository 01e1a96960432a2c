// Host functions are called through their thunks, with a buffer for a guest.
#include "component/host/host_binding.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "tests/component/support/buffer_guest.h"

namespace wisp::component {

struct TestContext {
  std::string heard;
  int dropped = 0;
};
struct Datetime {
  uint64_t seconds;
  uint32_t nanoseconds;
};
enum class Advice : uint8_t { kNormal, kSequential, kRandom };
enum class Access : uint8_t { kRead = 1, kWrite = 2 };
class Stream : public HostResource {
 public:
  explicit Stream(TestContext& context) : context_(context) {}
  ~Stream() override { context_.dropped++; }

 private:
  TestContext& context_;
};
class IoError : public HostResource {};
struct StreamError {
  std::variant<std::unique_ptr<IoError>, Unit> value;
};
struct Filter {
  std::variant<Unit, double, std::string_view, uint64_t> value;
};

template <>
struct RecordOf<Datetime> {
  static constexpr auto fields = std::tuple{Field{"seconds", &Datetime::seconds},
                                            Field{"nanoseconds", &Datetime::nanoseconds}};
};
template <>
struct EnumOf<Advice> {
  static constexpr std::string_view names[] = {"normal", "sequential", "random"};
};
template <>
struct FlagsOf<Access> {
  static constexpr std::string_view names[] = {"read", "write"};
};
template <>
struct VariantOf<StreamError> {
  static constexpr std::string_view names[] = {"last-operation-failed", "closed"};
};
template <>
struct VariantOf<Filter> {
  static constexpr std::string_view names[] = {"none", "number", "text", "big"};
};

namespace {

using testing::BufferGuest;

uint64_t add(HostCall&, TestContext&, uint32_t a, uint64_t b) { return a + b; }
int8_t negate(HostCall&, TestContext&, int8_t a) { return static_cast<int8_t>(-a); }
void hear(HostCall&, TestContext& context, std::string_view text) { context.heard = text; }
std::string greet(HostCall&, TestContext&, std::string_view name) {
  return "hello " + std::string(name);
}
Datetime now(HostCall&, TestContext&, Datetime later) {
  return {later.seconds + 1, later.nanoseconds + 2};
}
uint32_t count(HostCall&, TestContext&, std::span<const uint8_t> bytes, Advice advice,
               Access access, std::optional<uint32_t> more) {
  return static_cast<uint32_t>(bytes.size()) + static_cast<uint32_t>(advice) +
         static_cast<uint32_t>(access) + more.value_or(0);
}
std::unique_ptr<Stream> open(HostCall&, TestContext& context) {
  return std::make_unique<Stream>(context);
}
void use(HostCall&, TestContext& context, Stream& stream) {
  context.heard = std::to_string(stream.child_count());
}
void swallow(HostCall&, TestContext&, Stream&, std::unique_ptr<Stream>) {}
uint32_t poll(HostCall&, TestContext&, std::span<Stream* const> streams) {
  return static_cast<uint32_t>(streams.size());
}
Outcome<std::vector<uint8_t>, StreamError> read(HostCall&, TestContext&, uint64_t length) {
  if (length == 0) return Failure{StreamError{Unit{}}};
  if (length == 1) return Failure{StreamError{std::make_unique<IoError>()}};
  return std::vector<uint8_t>(length, 0x5a);
}
Outcome<void, Advice> check(HostCall&, TestContext&, Filter filter) {
  if (filter.value.index() == 0) return {};
  return Failure{static_cast<Advice>(filter.value.index() - 1)};
}
std::vector<std::tuple<std::string, uint8_t>> pairs(HostCall&, TestContext&) {
  return {{"a", 1}, {"bc", 2}};
}
void refuse(HostCall& call, TestContext&) { call.trap("no"); }

class HostBindingTest : public ::testing::Test {
 protected:
  void SetUp() override { use_encoding(StringEncoding::kUtf8); }
  void use_encoding(StringEncoding encoding) {
    guest.emplace(65536, encoding);
    environment = {};
    environment.flags = &flags;
    environment.table = &table;
    environment.options = guest->options;
    environment.context = &context;
  }
  // Runs the thunk as the store would; a trap's text lands in `trapped`, since there is no store.
  template <auto kFunction>
  std::vector<uint64_t> call(std::vector<uint64_t> values) {
    values.resize(17);
    using Thunk = detail::Thunk<kFunction>;
    HostCall host_call(&environment);
    trapped.clear();
    if (host_call.enter()) Thunk::run(host_call, values.data());
    if (host_call.trap_message() != nullptr) trapped = *host_call.trap_message();
    return values;
  }
  std::string text_at(uint32_t address, size_t size) {
    return std::string(reinterpret_cast<char*>(&guest->bytes[address]), size);
  }
  uint32_t word(uint32_t address) { return load_scalar<uint32_t>(&guest->view, address); }
  void put(uint32_t address, std::string_view text) {
    std::memcpy(&guest->bytes[address], text.data(), text.size());
  }

  TestContext context;
  InstanceFlags flags;
  HandleBudget budget;
  ResourceTable table{budget};
  std::optional<BufferGuest> guest;
  HostFunctionEnvironment environment;
  std::string trapped;
};

TEST_F(HostBindingTest, Scalars) {
  EXPECT_EQ(call<&add>({0xffffffff00000005, 7})[0],
            12u);                                 // the upper half of an i32 slot does not count
  EXPECT_EQ(call<&negate>({5})[0], 0xfffffffbu);  // sign-extended to 32 bits, zero above
}

TEST_F(HostBindingTest, StringsAreCheckedViews) {
  put(100, "h\xc3\xa9!");
  call<&hear>({100, 4});
  EXPECT_EQ(context.heard, "h\xc3\xa9!");
  put(200, "\xff");
  call<&hear>({200, 1});
  EXPECT_EQ(trapped, "invalid utf-8");
  call<&hear>({100, 2});
  EXPECT_EQ(trapped, "incomplete utf-8 byte sequence");
  call<&hear>({65535, 2});
  EXPECT_EQ(trapped, "string pointer/length out of bounds of memory");
  call<&hear>({0xffffffff, 0x0fffffff});
  EXPECT_EQ(trapped, "string pointer/length out of bounds of memory");
}

TEST_F(HostBindingTest, OtherEncodingsAreTranscoded) {
  use_encoding(StringEncoding::kUtf16);
  put(100, std::string_view("h\0\xe9\0", 4));
  const auto values = call<&greet>({100, 2, 64});
  EXPECT_EQ(trapped, "");
  EXPECT_EQ(word(68), 8u);
  EXPECT_EQ(text_at(word(64), 16), std::string("h\0e\0l\0l\0o\0 \0h\0\xe9\0", 16));
  use_encoding(StringEncoding::kLatin1Utf16);
  put(100, "\xe9");
  call<&hear>({100, 1});
  EXPECT_EQ(context.heard, "\xc3\xa9");
}

TEST_F(HostBindingTest, RecordsGoThroughTheReturnArea) {
  call<&now>({41, 1, 64});
  EXPECT_EQ(load_scalar<uint64_t>(&guest->view, 64), 42u);
  EXPECT_EQ(word(72), 3u);
  call<&now>({41, 1, 65});
  EXPECT_EQ(trapped, "unaligned pointer");
}

TEST_F(HostBindingTest, ListsEnumsFlagsOptions) {
  EXPECT_EQ(call<&count>({10, 5, 2, 0xff, 1, 30})[0], 5u + 2 + 3 + 30);
  EXPECT_EQ(call<&count>({10, 5, 0, 0, 0, 30})[0], 5u);
  call<&count>({10, 5, 3, 0, 0, 0});
  EXPECT_EQ(trapped, "invalid variant discriminant");
  call<&count>({65536, 1, 0, 0, 0, 0});
  EXPECT_EQ(trapped, "list content out-of-bounds");
}

TEST_F(HostBindingTest, OwnAndBorrow) {
  const uint64_t first = call<&open>({})[0];
  EXPECT_EQ(first, 1u);
  call<&use>({first});
  EXPECT_EQ(context.heard, "0");
  call<&swallow>({first, first});
  EXPECT_EQ(trapped, "cannot remove owned resource while borrowed");
  EXPECT_EQ(table.find(1)->lend_count(), 0u);
  const uint64_t second = call<&open>({})[0];
  call<&swallow>({first, second});
  EXPECT_EQ(trapped, "");
  EXPECT_EQ(context.dropped, 1);
  call<&use>({second});
  EXPECT_EQ(trapped, "unknown handle index 2");
  EXPECT_EQ(call<&open>({})[0], second);  // the free list is last-in-first-out
  call<&use>({0});
  EXPECT_EQ(trapped, "unknown handle index 0");
}

TEST_F(HostBindingTest, GivingAwayAParentTraps) {
  const uint64_t parent = call<&open>({})[0];
  const uint64_t child = call<&open>({})[0];
  table.find(static_cast<uint32_t>(child))
      ->object()
      ->set_parent(*table.find(static_cast<uint32_t>(parent))->object());
  call<&swallow>({child, parent});
  EXPECT_EQ(trapped, "resource has children");
}

TEST_F(HostBindingTest, WrongTypeOfHandle) {
  call<&read>({1, 64});
  EXPECT_EQ(word(64) & 0xff, 1u);  // err
  EXPECT_EQ(word(68) & 0xff, 0u);  // last-operation-failed
  call<&use>({word(72)});
  EXPECT_NE(trapped.find("used with the wrong type"), std::string::npos);
}

TEST_F(HostBindingTest, ListOfBorrows) {
  for (uint32_t i = 0; i < 100; i++) store_scalar<uint32_t>(&guest->view, 4096 + 4 * i, 1);
  call<&open>({});
  EXPECT_EQ(call<&poll>({4096, 100})[0], 100u);  // more than the scratch memory of a call
  store_scalar<uint32_t>(&guest->view, 4096, 9);
  call<&poll>({4096, 100});
  EXPECT_EQ(trapped, "unknown handle index 9");
}

TEST_F(HostBindingTest, ResultsAllocateInTheGuest) {
  call<&read>({3, 64});
  EXPECT_EQ(word(64) & 0xff, 0u);
  EXPECT_EQ(text_at(word(68), word(72)), "ZZZ");
  ASSERT_EQ(guest->log.size(), 1u);
  EXPECT_EQ(guest->log[0][3], 3u);
  call<&read>({0, 64});
  EXPECT_EQ(word(64) & 0xff, 1u);
  EXPECT_EQ(word(68) & 0xff, 1u);  // closed
  call<&pairs>({64});
  EXPECT_EQ(word(68), 2u);
  const uint32_t second = word(64) + 12;
  EXPECT_EQ(text_at(word(second), word(second + 4)), "bc");
  EXPECT_EQ(guest->bytes[second + 8], 2);
}

TEST_F(HostBindingTest, VariantsWithJoinedSlots) {
  EXPECT_EQ(call<&check>({0, 0, 0, 64})[0], 0u);
  EXPECT_EQ(guest->bytes[64], 0);
  call<&check>({1, 0x4000000000000000, 0, 64});
  EXPECT_EQ(guest->bytes[64], 1);
  EXPECT_EQ(guest->bytes[65], 0);
  call<&check>({3, 77, 0, 64});
  EXPECT_EQ(guest->bytes[65], 2);
  call<&check>({4, 77, 0, 64});
  EXPECT_EQ(trapped, "invalid variant discriminant");
}

TEST_F(HostBindingTest, TrapsAndMayLeave) {
  call<&refuse>({});
  EXPECT_EQ(trapped, "no");
  flags.may_leave = false;
  call<&refuse>({});
  EXPECT_EQ(trapped, "cannot leave component instance");
}

TEST_F(HostBindingTest, FuelBoundsWhatOneCallHandsOver) {
  environment.hostcall_fuel = 8;
  call<&count>({0, 9, 0, 0, 0, 0});
  EXPECT_NE(trapped.find("hostcall-fuel"), std::string::npos);
}

TEST_F(HostBindingTest, WhatACallAllocatesComesFromTheBudgetOfMemory) {
  call<&open>({});
  for (uint32_t i = 0; i < 2000; i++) store_scalar<uint32_t>(&guest->view, 4096 + 4 * i, 1);
  MemoryBudget memory(10'000);
  budget.memory = &memory;
  EXPECT_EQ(call<&poll>({4096, 1000})[0], 1000u);
  EXPECT_EQ(memory.used(), 0u);
  call<&poll>({4096, 2000});
  EXPECT_EQ(trapped,
            "the memory budget has no room for what is handed to the host (--memory-budget)");
  EXPECT_EQ(memory.used(), 0u);
  budget.memory = nullptr;
}

TEST_F(HostBindingTest, SignaturesAreConstants) {
  constexpr HostSignature signature = detail::Thunk<&read>::kSignature;
  static_assert(signature.params.size() == 1);
  EXPECT_EQ(signature.params[0]->kind, TypeKind::kU64);
  EXPECT_EQ(signature.result->kind, TypeKind::kResult);
  EXPECT_EQ(signature.result->members[1]->names[1], "closed");
  EXPECT_EQ(signature.result->members[1]->members[1], nullptr);
  EXPECT_EQ(signature.result->members[1]->members[0]->resource, &kHostResourceType<IoError>);
}

}  // namespace
}  // namespace wisp::component
