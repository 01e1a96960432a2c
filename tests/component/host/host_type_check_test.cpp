#include "component/host/host_type_check.h"

#include <gtest/gtest.h>

#include "component/host/host_binding.h"
#include "component/type/type_builder.h"

namespace wisp::component {

enum class Colour : uint8_t { kRed, kGreen };
struct Point {
  uint32_t x;
  double y;
};
template <>
struct EnumOf<Colour> {
  static constexpr std::string_view names[] = {"red", "green"};
};
template <>
struct RecordOf<Point> {
  static constexpr auto fields = std::tuple{Field{"x", &Point::x}, Field{"y", &Point::y}};
};

namespace {

struct Context {};
class File : public HostResource {};
class Socket : public HostResource {};
Outcome<std::vector<uint8_t>, Colour> f(HostCall&, Context&, File&, std::optional<Point>,
                                        std::span<const uint16_t>) {
  return Failure{Colour::kRed};
}

class HostTypeCheckTest : public ::testing::Test {
 protected:
  const ValType* primitive(TypeKind kind) { return TypeBuilder::primitive(kind); }
  const ValType* colour(std::string_view second) {
    const LabeledType labels[] = {{"red", nullptr, 0}, {second, nullptr, 0}};
    return builder.enumeration(labels);
  }
  const ValType* point(TypeKind x) {
    const LabeledType fields[] = {{"x", primitive(x), 0}, {"y", primitive(TypeKind::kF64), 0}};
    return builder.record(fields);
  }
  // The type of `f`, but for what is given.
  const FuncType* type(const ValType* point_type, const ValType* error) {
    ResourceType* resource = const_cast<ResourceType*>(builder.resource("file"));
    resource->index = 0;
    const LabeledType params[] = {{"any-name", builder.borrow(resource), 0},
                                  {"b", builder.option(point_type), 0},
                                  {"c", builder.list(primitive(TypeKind::kU16)), 0}};
    return builder.func(params, builder.result(builder.list(primitive(TypeKind::kU8)), error),
                        false);
  }
  bool same(const FuncType& wanted, const RuntimeResourceType* resource) {
    const RuntimeResourceType* const resources[] = {resource};
    return same_signature(detail::Thunk<&f>::kSignature, wanted, resources);
  }

  Arena arena;
  TypeBuilder builder{arena};
};

TEST_F(HostTypeCheckTest, ComparesStructurally) {
  const auto* file = &kHostResourceType<File>;
  EXPECT_TRUE(same(*type(point(TypeKind::kU32), colour("green")), file));
  EXPECT_FALSE(same(*type(point(TypeKind::kS32), colour("green")), file));
  EXPECT_FALSE(same(*type(point(TypeKind::kU32), colour("blue")), file));
  EXPECT_FALSE(same(*type(point(TypeKind::kU32), nullptr), file));
  EXPECT_FALSE(same(*type(point(TypeKind::kU32), colour("green")), &kHostResourceType<Socket>));
}

TEST_F(HostTypeCheckTest, PutsTypesIntoWords) {
  const HostTypeNames names{
      [](const void*, const RuntimeResourceType*) -> std::string { return "file"; }, nullptr};
  EXPECT_EQ(to_string(detail::Thunk<&f>::kSignature, names),
            "func(borrow<file>, option<record { x: u32, y: f64 }>, list<u16>) -> "
            "result<list<u8>, enum { red, green }>");
}

}  // namespace
}  // namespace wisp::component
