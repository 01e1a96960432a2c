#include "component/type/subtyping.h"

#include <gtest/gtest.h>

#include "component/type/type_builder.h"

namespace wisp::component {
namespace {

class Subtyping : public testing::Test {
 protected:
  const ValType* prim(TypeKind kind) { return TypeBuilder::primitive(kind); }
  const FuncType* func(const ValType* param, const ValType* result) {
    std::vector<LabeledType> params;
    if (param != nullptr) params.push_back({"x", param, 0});
    return types.func(params, result, false);
  }
  ExternItem item(const char* name, const FuncType* type) {
    ExternType made;
    made.sort = ExternSort::kFunc;
    made.func = type;
    return {name, made};
  }
  ExternItem resource_item(const char* name, const ResourceType* type, TypeBound bound) {
    ExternType made;
    made.sort = ExternSort::kType;
    made.bound = bound;
    made.type.kind = TypeDefKind::kResource;
    made.type.resource = type;
    return {name, made};
  }

  Arena arena;
  TypeBuilder types{arena};
  SubtypeChecker checker;
};

TEST_F(Subtyping, ValueTypesAreEqualByStructure) {
  const LabeledType a[] = {{"a", prim(TypeKind::kU8), 0}};
  const LabeledType b[] = {{"b", prim(TypeKind::kU8), 0}};
  EXPECT_TRUE(checker.equal(*types.record(a), *types.record(a)));
  EXPECT_FALSE(checker.equal(*types.record(a), *types.record(b)));
  EXPECT_EQ(checker.reason(), "expected field name `b`, found `a`");
  EXPECT_FALSE(checker.equal(*types.list(prim(TypeKind::kU8)), *types.list(prim(TypeKind::kS8))));
  EXPECT_FALSE(checker.equal(*types.fixed_list(prim(TypeKind::kU8), 3),
                             *types.fixed_list(prim(TypeKind::kU8), 4)));
  EXPECT_TRUE(checker.equal(*types.result(nullptr, prim(TypeKind::kString)),
                            *types.result(nullptr, prim(TypeKind::kString))));
  EXPECT_FALSE(checker.equal(*types.result(nullptr, prim(TypeKind::kString)),
                             *types.result(prim(TypeKind::kString), nullptr)));
}

TEST_F(Subtyping, HandlesCompareTheirResources) {
  const ResourceType* one = types.resource("one");
  const ResourceType* two = types.resource("two");
  EXPECT_TRUE(checker.equal(*types.own(one), *types.own(types.resource_alias(one, "again"))));
  EXPECT_FALSE(checker.equal(*types.own(one), *types.own(two)));
  EXPECT_FALSE(checker.equal(*types.own(one), *types.borrow(one)));
  EXPECT_EQ(checker.reason(), "expected borrow, found own");
}

TEST_F(Subtyping, FunctionsNeedEqualParameterNames) {
  const LabeledType x[] = {{"x", prim(TypeKind::kU8), 0}};
  const LabeledType y[] = {{"y", prim(TypeKind::kU8), 0}};
  EXPECT_TRUE(checker.fits(*types.func(x, nullptr, false), *types.func(x, nullptr, false)));
  EXPECT_FALSE(checker.fits(*types.func(x, nullptr, false), *types.func(y, nullptr, false)));
  EXPECT_FALSE(checker.fits(*types.func(x, nullptr, true), *types.func(x, nullptr, false)));
  EXPECT_FALSE(
      checker.fits(*types.func(x, prim(TypeKind::kU8), false), *types.func(x, nullptr, false)));
}

TEST_F(Subtyping, InstancesMayExportMore) {
  const ExternItem both[] = {item("a", func(nullptr, nullptr)), item("b", func(nullptr, nullptr))};
  const ExternItem one[] = {item("b", func(nullptr, nullptr))};
  const InstanceType* large = types.instance(both, {});
  const InstanceType* small = types.instance(one, {});
  EXPECT_TRUE(checker.fits(*large, *small));
  EXPECT_FALSE(checker.fits(*small, *large));
  EXPECT_EQ(checker.reason(), "missing expected export `a`");
}

// An abstract resource type stands for what is given from its binder on, and only for that.
TEST_F(Subtyping, SubBoundsBind) {
  const ResourceType* wanted = types.resource("r");
  const ResourceType* given = types.resource("g");
  const ResourceType* other = types.resource("o");
  const ExternItem want[] = {resource_item("r", wanted, TypeBound::kSubResource),
                             item("f", func(nullptr, types.own(wanted)))};
  const ExternItem good[] = {resource_item("r", given, TypeBound::kEq),
                             item("f", func(nullptr, types.own(given)))};
  const ExternItem bad[] = {resource_item("r", given, TypeBound::kEq),
                            item("f", func(nullptr, types.own(other)))};
  EXPECT_TRUE(SubtypeChecker().fits(*types.instance(good, {}), *types.instance(want, {})));
  EXPECT_FALSE(SubtypeChecker().fits(*types.instance(bad, {}), *types.instance(want, {})));
}

TEST_F(Subtyping, BindingsAreSubstituted) {
  const ResourceType* wanted = types.resource("r");
  const ResourceType* given = types.resource("g");
  const ExternItem want = resource_item("r", wanted, TypeBound::kSubResource);
  const ExternItem have = resource_item("r", given, TypeBound::kEq);
  ASSERT_TRUE(checker.fits(have.type, want.type));
  Substitution substitution(types);
  checker.add_bindings_to(substitution);
  const ValType* list = types.list(types.own(wanted));
  const ValType* replaced = substitution.apply(list);
  EXPECT_EQ(replaced->element->resource, given);
  EXPECT_EQ(replaced->size, list->size);
  EXPECT_EQ(substitution.apply(list), replaced) << "two uses of a node stay one node";
  const ValType* untouched = types.list(prim(TypeKind::kU8));
  EXPECT_EQ(substitution.apply(untouched), untouched);
}

TEST_F(Subtyping, ComponentImportsAreContravariant) {
  const ExternItem a[] = {item("a", func(nullptr, nullptr))};
  const ComponentType* none = types.component({}, a, {}, {});
  const ComponentType* needs = types.component(a, a, {}, {});
  EXPECT_TRUE(checker.fits(*none, *needs));
  EXPECT_FALSE(checker.fits(*needs, *none));
  EXPECT_EQ(checker.reason(), "missing expected import `a`");
}

TEST_F(Subtyping, CoreLimits) {
  CoreExternType given, wanted;
  given.sort = wanted.sort = CoreSort::kMemory;
  given.memory.limits.min = 2;
  wanted.memory.limits.min = 1;
  EXPECT_EQ(core_mismatch(given, wanted), "");
  EXPECT_NE(core_mismatch(wanted, given), "");
  wanted.memory.limits.max = 3;
  EXPECT_NE(core_mismatch(given, wanted), "");
  given.memory.limits.max = 3;
  EXPECT_EQ(core_mismatch(given, wanted), "");
  wanted.sort = CoreSort::kGlobal;
  EXPECT_EQ(core_mismatch(given, wanted), "expected global, found memory");
}

}  // namespace
}  // namespace wisp::component
