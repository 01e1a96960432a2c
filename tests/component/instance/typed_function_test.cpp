// Calls with C++ values: every kind of type there and back, what does not fit, what goes wrong.
#include "component/instance/typed_function.h"

#include <gtest/gtest.h>

#include "tests/component/support/guest_fixture.h"

namespace wisp::component {

struct TypedRecord {
  uint8_t a = 0;
  int16_t b = 0;
  float c = 0;
  double d = 0;
  char32_t e = 0;
  bool f = false;
  bool operator==(const TypedRecord&) const = default;
};
template <>
struct RecordOf<TypedRecord> {
  using T = TypedRecord;
  static constexpr auto fields =
      std::tuple{Field{"a", &T::a}, Field{"b", &T::b}, Field{"c", &T::c},
                 Field{"d", &T::d}, Field{"e", &T::e}, Field{"f", &T::f}};
};
struct TypedVariant {
  std::variant<Unit, double, std::string, uint64_t> value;
};
template <>
struct VariantOf<TypedVariant> {
  static constexpr std::string_view names[] = {"none", "number", "text", "big"};
};

namespace {

struct Thing : HostResource {};
constexpr HostItem kItems[] = {host_resource<Thing>("thing")};
constexpr HostInterface kThings{"test:typed/things", "", kItems};

class TypedFunctionTest : public testing::GuestFixture {
 protected:
  void SetUp() override {
    GuestFixture::SetUp();
    linker.add(kThings, nullptr);
    auto made = linker.instantiate(*store, compile("tests/component/guests/typed.wasm"));
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
  }
  ComponentFunction& function(const char* name) { return *instance->find_function("", name); }
  template <class Signature>
  TypedFunction<Signature> typed(const char* name) {
    return TypedFunction<Signature>::of(function(name)).value();
  }

  ComponentLinker linker;
  std::unique_ptr<ComponentInstance> instance;
};

TEST_F(TypedFunctionTest, Numbers) {
  EXPECT_EQ(typed<uint32_t(uint32_t, uint32_t)>("add")(7, 35).value(), 42u);
  EXPECT_EQ(typed<int8_t(int8_t)>("same-s8")(-5).value(), -5);
  EXPECT_EQ(typed<double(double)>("same-f64")(-0.5).value(), -0.5);
  EXPECT_TRUE(typed<void()>("nop")().has_value());
}

TEST_F(TypedFunctionTest, StringsAndLists) {
  const auto text = typed<std::string(std::string_view)>("same-text");
  for (const std::string& each :
       {std::string(), std::string("gr\xc3\xbc\xc3\x9f"), std::string(5000, 'x')}) {
    EXPECT_EQ(text(each).value(), each);
  }
  const std::vector<uint32_t> numbers = {1, 2, 0xffffffff};
  EXPECT_EQ(
      (typed<std::vector<uint32_t>(std::span<const uint32_t>)>("same-numbers")(numbers).value()),
      numbers);
  const std::vector<std::string> texts = {"a", "", "\xc3\xa9"};
  EXPECT_EQ((typed<std::vector<std::string>(const std::vector<std::string>&)>("same-texts")(texts)
                 .value()),
            texts);
  // Each of them gave its memory back.
  EXPECT_EQ(typed<uint32_t()>("posts")().value(), 5u);
}

TEST_F(TypedFunctionTest, Records) {
  const TypedRecord record{200, -3, 1.5f, -2.25, U'\x1f600', true};
  EXPECT_EQ((typed<TypedRecord(const TypedRecord&)>("same-record")(record).value()), record);
}

TEST_F(TypedFunctionTest, Variants) {
  const auto same = typed<TypedVariant(TypedVariant)>("same-variant");
  EXPECT_EQ(same({Unit{}}).value().value.index(), 0u);
  EXPECT_EQ(std::get<1>(same({-1.5}).value().value), -1.5);
  EXPECT_EQ(std::get<2>(same({std::string("text")}).value().value), "text");
  EXPECT_EQ(std::get<3>(same({~uint64_t{0}}).value().value), ~uint64_t{0});
}

TEST_F(TypedFunctionTest, OptionsAndResults) {
  const auto option = typed<std::optional<uint64_t>(std::optional<uint64_t>)>("same-option");
  EXPECT_EQ(option(uint64_t{1} << 40).value(), uint64_t{1} << 40);
  EXPECT_EQ(option(std::nullopt).value(), std::nullopt);
  using O = Outcome<uint32_t, std::string>;
  const auto result = typed<O(O)>("same-result");
  EXPECT_EQ(result(O(7u)).value().value(), 7u);
  EXPECT_EQ(result(Failure{std::string("no")}).value().error(), "no");
}

TEST_F(TypedFunctionTest, OwnedHandlesGoThereAndBack) {
  const auto same = typed<std::unique_ptr<Thing>(std::unique_ptr<Thing>)>("same-thing");
  auto thing = std::make_unique<Thing>();
  const Thing* address = thing.get();
  auto back = same(std::move(thing));
  ASSERT_TRUE(back.has_value()) << back.error().message();
  EXPECT_EQ(back.value().get(), address);
  auto nothing = same(nullptr);
  ASSERT_FALSE(nothing.has_value());
}

TEST_F(TypedFunctionTest, ParametersThatGoThroughMemory) {
  using U = uint32_t;
  const auto many = typed<U(U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U, U)>("many");
  EXPECT_EQ(many(40, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2).value(), 42u);
}

TEST_F(TypedFunctionTest, AnotherTypeIsRefusedWithBoth) {
  const auto wrong = TypedFunction<uint32_t(uint32_t, uint64_t)>::of(function("add"));
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().code(), ErrorCode::kUsage);
  EXPECT_NE(wrong.error().message().find("u32, u64"), std::string::npos) << wrong.error().message();
  EXPECT_FALSE(TypedFunction<void(uint32_t, uint32_t)>::of(function("add")).has_value());
  EXPECT_FALSE(TypedFunction<uint32_t(uint32_t)>::of(function("add")).has_value());
}

TEST_F(TypedFunctionTest, ATrapLocksTheInstanceDown) {
  const auto add = typed<uint32_t(uint32_t, uint32_t)>("add");
  const auto trapped = typed<uint32_t()>("fail")();
  ASSERT_FALSE(trapped.has_value());
  EXPECT_EQ(trapped.error().code(), ErrorCode::kTrap);
  EXPECT_EQ(trapped.error().message(), "unreachable");
  EXPECT_FALSE(store->last_trap().backtrace.empty());
  const auto refused = add(1, 2);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().message(), "cannot enter component instance");
}

TEST_F(TypedFunctionTest, APreparedComponentServesManyStores) {
  const auto component = compile("tests/component/guests/typed.wasm");
  const auto prepared = linker.prepare(component);
  ASSERT_TRUE(prepared.has_value()) << prepared.error().message();
  for (int i = 0; i < 3; i++) {
    jit::Store other(engine);
    const auto made = ComponentInstance::create(other, prepared.value());
    ASSERT_TRUE(made.has_value()) << made.error().message();
    const auto add =
        TypedFunction<uint32_t(uint32_t, uint32_t)>::of(*made.value()->find_function("", "add"));
    EXPECT_EQ(add.value()(40, 2).value(), 42u);
  }
  EXPECT_FALSE(ComponentLinker().prepare(component).has_value());
}

TEST_F(TypedFunctionTest, TextThatIsNotUtf8IsTheCallersMistakeAndNoCrash) {
  const auto back = typed<std::string(std::string_view)>("same-text")("\xff");
  EXPECT_FALSE(back.has_value());
}

}  // namespace
}  // namespace wisp::component
