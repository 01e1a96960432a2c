// The components of adapter_case.h, as bytes:
//
//   the root component
//     T: defines resource 1; exports r, make, drops
//     B: imports T; defines resource 0; exports r, make, drops; f, setup, sum
//     A: imports T and B; exports run, sum
#pragma once

#include "component/type/layout.h"
#include "component/type/types.h"
#include "tests/support/adapter/adapter_guest.h"
#include "tests/support/adapter/component_builder.h"
#include "tests/support/adapter/type_definitions.h"

namespace wisp::test {

class AdapterComponents {
 public:
  AdapterComponents(const component::FuncType& f, const ReferenceGuest& callee,
                    const ReferenceGuest& caller)
      : f_(f), callee_(callee), caller_(caller) {}

  Bytes root() const {
    ComponentBuilder root;
    root.component(third());
    root.component(callee());
    root.component(caller());
    constexpr uint8_t kInstance = ComponentBuilder::kInstanceSort;
    root.add(ComponentBuilder::kInstance, {0x00, 0x00, 0x00});
    root.add(ComponentBuilder::kInstance, {0x00, 0x01, 0x01, 1, 't', kInstance, 0x00});
    root.add(ComponentBuilder::kInstance,
             {0x00, 0x02, 0x02, 1, 't', kInstance, 0x00, 1, 'a', kInstance, 0x01});
    root.export_item("t", kInstance, 0);
    root.export_item("a", kInstance, 1);
    root.export_item("c", kInstance, 2);
    return root.build();
  }

 private:
  static constexpr uint8_t kU32 = 0x79, kU64 = 0x77;

  // (func (param "x" u32) (result TYPE))
  static Bytes make_type(uint32_t own) {
    return join({{0x40, 0x01, 1, 'x', kU32, 0x00}, u32(own)});
  }
  static Bytes lift(uint32_t core_func, const Bytes& options, uint32_t type) {
    return join({{0x00, 0x00}, u32(core_func), options, u32(type)});
  }
  static Bytes memory_options(const ReferenceGuest& guest, uint32_t realloc) {
    return join({{3, static_cast<uint8_t>(guest.encoding), 0x03, 0x00, 0x04}, u32(realloc)});
  }
  // Lifts and exports the core function as () -> u64 or () -> (); `type` and `func` are next.
  static void export_simple(ComponentBuilder& builder, std::string_view name, bool has_result,
                            uint32_t core_func, uint32_t type, uint32_t func) {
    builder.add(ComponentBuilder::kType,
                has_result ? Bytes{0x40, 0x00, 0x00, kU64} : Bytes{0x40, 0x00, 0x01, 0x00});
    builder.add(ComponentBuilder::kCanon, lift(core_func, {0x00}, type));
    builder.export_item(name, ComponentBuilder::kFunc, func);
  }
  // Defines and exports a resource type and what makes and counts it. It takes types `type` to
  // type + 4, of which type + 1 is the one that is exported, functions `func` to func + 3, core
  // module and instance 0, core functions 0 to 2, of which 2 makes a handle.
  static void define_resource(ComponentBuilder& builder, uint32_t type, uint32_t func) {
    builder.core_module(destructor_module());
    builder.core_instantiate(0, {});
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 0, "destructor");
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 0, "drops");
    builder.add(ComponentBuilder::kType, {0x3f, 0x7f, 0x01, 0x00});
    builder.export_item("r", ComponentBuilder::kTypeSort, type);
    builder.add(ComponentBuilder::kCanon, join({{0x02}, u32(type)}));
    builder.add(ComponentBuilder::kType, join({{0x69}, u32(type + 1)}));
    builder.add(ComponentBuilder::kType, make_type(type + 2));
    builder.add(ComponentBuilder::kCanon, lift(2, {0x00}, type + 3));
    builder.export_item("make", ComponentBuilder::kFunc, func);
    export_simple(builder, "drops", true, 1, type + 4, func + 2);
  }
  // Declares the same, as far as others use it, in an instance type whose next type is `type`.
  static Bytes declare_resource(uint32_t type) {
    return join({{0x04, 0x00, 1, 'r', 0x03, 0x01, 0x01, 0x69},
                 u32(type),
                 {0x01},
                 make_type(type + 1),
                 {0x04, 0x00, 4, 'm', 'a', 'k', 'e', 0x01},
                 u32(type + 2)});
  }
  static constexpr uint32_t kResourceDeclarations = 4, kResourceTypes = 3;

  static Bytes third() {
    ComponentBuilder builder;
    define_resource(builder, 0, 0);
    return builder.build();
  }
  // Types 0 and 1 (the resource type), function 0 (make), instance 0.
  static void import_third(ComponentBuilder& builder) {
    builder.add(ComponentBuilder::kType,
                join({{0x42}, u32(kResourceDeclarations), declare_resource(0)}));
    builder.add(ComponentBuilder::kImport, {0x00, 1, 't', 0x05, 0x00});
    builder.alias_export(ComponentBuilder::kTypeSort, 0, "r");
    builder.alias_export(ComponentBuilder::kFunc, 0, "make");
  }
  // The core instance of kGuestImports, from core functions.
  static void add_imports(ComponentBuilder& builder,
                          const uint32_t (&functions)[GuestImport::kCount]) {
    auto item = [&functions](uint32_t i) {
      return ComponentBuilder::CoreExport{kGuestImports[i], ComponentBuilder::kCoreFunc,
                                          functions[i]};
    };
    builder.core_exports({item(0), item(1), item(2), item(3), item(4)});
  }

  Bytes callee() const {
    ComponentBuilder builder;
    import_third(builder);
    define_resource(builder, 2, 1);                             // types to 6, functions to 4
    builder.add(ComponentBuilder::kCanon, {0x03, 0x02});        // core function 3: drop0
    builder.add(ComponentBuilder::kCanon, {0x03, 0x01});        // 4: drop1
    builder.add(ComponentBuilder::kCanon, {0x01, 0x00, 0, 0});  // 5: make1
    add_imports(builder, {2, 2, 5, 3, 4});
    TypeDefinitions types(7, {3, 1});
    const Bytes function = types.function(f_);
    types.define(builder);
    const uint32_t type = types.next_index();
    const jit::FuncType lifted = flatten_functype(f_, component::CanonicalDirection::kLift);
    builder.core_module(guest_module(callee_.bytes, &lifted));
    builder.core_instantiate(1, {{"", 1}});
    builder.alias_core_export(ComponentBuilder::kCoreMemory, 2, "memory");
    for (const char* name : {"realloc", "f", "sum", "setup"}) {  // 6 to 9
      builder.alias_core_export(ComponentBuilder::kCoreFunc, 2, name);
    }
    builder.add(ComponentBuilder::kType, function);
    builder.add(ComponentBuilder::kCanon, lift(7, memory_options(callee_, 6), type));
    builder.export_item("f", ComponentBuilder::kFunc, 5);
    export_simple(builder, "sum", true, 8, type + 1, 7);
    export_simple(builder, "setup", false, 9, type + 2, 9);
    return builder.build();
  }

  // (type (instance ...)) of the callee, where type 1 outside is resource 1.
  Bytes callee_type() const {
    TypeDefinitions types(1 + kResourceTypes, {1, 0});
    const Bytes function = types.function(f_);
    return join({{0x42},
                 u32(1 + kResourceDeclarations + types.index_count() + 2),
                 {0x02, 0x03, 0x02, 0x01, 0x01},
                 declare_resource(1),
                 types.declarations(),
                 {0x01},
                 function,
                 {0x04, 0x00, 1, 'f', 0x01},
                 u32(types.next_index())});
  }
  Bytes caller() const {
    ComponentBuilder builder;
    import_third(builder);
    builder.add(ComponentBuilder::kType, callee_type());
    builder.add(ComponentBuilder::kImport, {0x00, 1, 'a', 0x05, 0x02});
    builder.alias_export(ComponentBuilder::kTypeSort, 1, "r");  // type 3
    builder.alias_export(ComponentBuilder::kFunc, 1, "make");   // functions 1 and 2
    builder.alias_export(ComponentBuilder::kFunc, 1, "f");
    builder.add(ComponentBuilder::kType, {0x3f, 0x7f, 0x00});   // type 4, for `leave`
    builder.add(ComponentBuilder::kCanon, {0x01, 0x00, 0, 0});  // core function 0: make1
    builder.add(ComponentBuilder::kCanon, {0x01, 0x00, 1, 0});  // 1: make0
    builder.add(ComponentBuilder::kCanon, {0x03, 0x03});        // 2: drop0
    builder.add(ComponentBuilder::kCanon, {0x03, 0x01});        // 3: drop1
    builder.add(ComponentBuilder::kCanon, {0x02, 0x04});        // 4: leave
    add_imports(builder, {4, 1, 0, 2, 3});
    builder.core_module(guest_module(caller_.bytes, nullptr));
    builder.core_instantiate(0, {{"", 0}});
    builder.alias_core_export(ComponentBuilder::kCoreMemory, 1, "memory");
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "realloc");  // 5
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "sum");      // 6
    builder.add(ComponentBuilder::kCanon,
                join({{0x01, 0x00}, u32(2), memory_options(caller_, 5)}));  // 7
    builder.core_exports({{"f", ComponentBuilder::kCoreFunc, 7}});
    builder.core_module(caller_module(flatten_functype(f_, component::CanonicalDirection::kLower)));
    builder.core_instantiate(1, {{"", 2}, {"m", 1}});
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 3, "run");  // 8
    export_simple(builder, "run", false, 8, 5, 3);
    export_simple(builder, "sum", true, 6, 6, 5);
    return builder.build();
  }

  const component::FuncType& f_;
  const ReferenceGuest& callee_;
  const ReferenceGuest& caller_;
};

}  // namespace wisp::test
