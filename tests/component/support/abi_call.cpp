#include "tests/component/support/abi_call.h"

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "component/load/load.h"
#include "tests/support/adapter/type_definitions.h"

namespace wisp::component::testing {

using wisp::test::Bytes;
using wisp::test::ComponentBuilder;
using wisp::test::join;
using wisp::test::TypeDefinitions;
using wisp::test::u32;

namespace {

// What both components have: core instances 0, the memory, and 1, the control; memories 0 and 1;
// core function 0, realloc. Modules 0 and 1 are used up.
void add_guest(ComponentBuilder& builder, const AbiSide& side) {
  builder.core_module(memory_module(side.pages));
  builder.core_module(control_module());
  builder.core_instantiate(0, {});
  builder.core_instantiate(1, {{"m", 0}});
  builder.alias_core_export(ComponentBuilder::kCoreMemory, 0, "memory");
  builder.alias_core_export(ComponentBuilder::kCoreMemory, 1, "memory");
  builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "realloc");
}
Bytes options(StringEncoding encoding) {
  return {3, static_cast<uint8_t>(encoding), 0x03, 0x00, 0x04, 0x00};
}
// Lifts the core function with this memory as () -> (); the type and the function are the next
// ones.
void export_run(ComponentBuilder& builder, std::string_view name, uint32_t core_func,
                uint8_t memory, uint32_t type, uint32_t func) {
  builder.add(ComponentBuilder::kType, {0x40, 0x00, 0x01, 0x00});
  builder.add(ComponentBuilder::kCanon,
              join({{0x00, 0x00}, u32(core_func), {0x01, 0x03, memory}, u32(type)}));
  builder.export_item(name, ComponentBuilder::kFunc, func);
}

// (type (instance ... (export "f" (func TYPE))))
Bytes instance_type(const FuncType& type) {
  TypeDefinitions types;
  const Bytes function = types.function(type);
  return join({{0x42},
               u32(types.index_count() + 2),
               types.declarations(),
               {0x01},
               function,
               {0x04, 0x00, 1, 'f', 0x01},
               u32(types.next_index())});
}

Bytes callee_component(const FuncType& type, const AbiSide& side) {
  ComponentBuilder builder;
  TypeDefinitions types;
  const Bytes function = types.function(type);
  types.define(builder);
  const uint32_t next = types.next_index();
  add_guest(builder, side);
  builder.core_module(callee_module(flatten_functype(type, CanonicalDirection::kLift)));
  builder.core_instantiate(2, {{"c", 1}});
  builder.alias_core_export(ComponentBuilder::kCoreFunc, 2, "f");
  builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "nothing");
  builder.add(ComponentBuilder::kType, function);
  builder.add(ComponentBuilder::kCanon,
              join({{0x00, 0x00}, u32(1), options(side.encoding), u32(next)}));
  builder.export_item("f", ComponentBuilder::kFunc, 0);
  export_run(builder, "control", 2, 1, next + 1, 2);
  return builder.build();
}

Bytes caller_component(const FuncType& type, const AbiSide& side) {
  ComponentBuilder builder;
  builder.add(ComponentBuilder::kType, instance_type(type));
  builder.add(ComponentBuilder::kImport, {0x00, 1, 'i', 0x05, 0x00});
  add_guest(builder, side);
  builder.alias_export(ComponentBuilder::kFunc, 0, "f");
  builder.add(ComponentBuilder::kCanon, join({{0x01, 0x00}, u32(0), options(side.encoding)}));
  builder.core_exports({{"f", ComponentBuilder::kCoreFunc, 1}});
  builder.core_module(caller_module(flatten_functype(type, CanonicalDirection::kLower)));
  builder.core_instantiate(2, {{"i", 2}, {"c", 1}});
  builder.alias_core_export(ComponentBuilder::kCoreFunc, 3, "run");
  builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "nothing");
  export_run(builder, "run", 2, 0, 1, 1);
  export_run(builder, "control", 3, 1, 2, 3);
  return builder.build();
}

Bytes root_component(const FuncType& type, const AbiSide& caller, const AbiSide& callee) {
  ComponentBuilder root;
  root.add(ComponentBuilder::kType, instance_type(type));
  root.add(ComponentBuilder::kImport, {0x00, 1, 'h', 0x05, 0x00});
  root.component(callee_component(type, callee));
  root.component(caller_component(type, caller));
  root.add(ComponentBuilder::kInstance, {0x00, 0x00, 0x00});
  root.add(ComponentBuilder::kInstance, {0x00, 0x01, 0x01, 1, 'i', 0x05, 0x01});
  root.add(ComponentBuilder::kInstance, {0x00, 0x01, 0x01, 1, 'i', 0x05, 0x00});
  root.export_item("b", ComponentBuilder::kInstanceSort, 1);
  root.export_item("a", ComponentBuilder::kInstanceSort, 2);
  root.export_item("g", ComponentBuilder::kInstanceSort, 3);
  return root.build();
}

}  // namespace

AbiComponent::AbiComponent(const std::shared_ptr<jit::Engine>& engine, const FuncType& type,
                           const AbiSide& caller, const AbiSide& callee)
    : engine_(engine),
      type_(type),
      bytes_(root_component(type, caller, callee)),
      compiled_(compile_component(engine, bytes_).value()) {}

AbiCall::AbiCall(const AbiComponent& component)
    : type_(component.type()),
      items_{{"f", &AbiCall::host_function, {}, nullptr, SignatureCheck::kNone}},
      interface_{"h", "", items_},
      store_(component.engine()) {
  linker_.add(interface_, this);
  instance_ = linker_.instantiate(store_, component.compiled()).value();
}

AbiGuest AbiCall::guest(std::string_view instance, std::string_view function) {
  const LiftedFunction& values = instance_->find_function(instance, function)->lifted();
  const LiftedFunction& control = instance_->find_function(instance, "control")->lifted();
  return {*values.resolved.options.memory, *control.resolved.options.memory};
}

std::optional<std::string> AbiCall::run(std::string_view instance) {
  const auto returned = instance_->find_function(instance, "run")->call({});
  if (returned.has_value()) return std::nullopt;
  return returned.error().message();
}

std::optional<std::string> AbiCall::call_from_host(std::span<const Value> arguments) {
  auto returned = instance_->find_function("b", "f")->call(arguments);
  if (!returned.has_value()) return returned.error().message();
  if (returned.value().has_value()) received.push_back(*std::move(returned).value());
  return std::nullopt;
}

jit::TrapCode AbiCall::host_function(void* environment, uint64_t* values) {
  auto& here = *static_cast<HostFunctionEnvironment*>(environment);
  HostCall call(&here);
  if (call.enter()) static_cast<AbiCall*>(here.context)->answer_guest(call, values);
  return call.finish();
}

void AbiCall::answer_guest(HostCall& call, uint64_t* values) {
  CallSide side;
  side.call = &call;
  side.options = &call.options();
  side.table = &call.table();
  const ValueList params = make_value_list(type_.params, kMaxFlatParams);
  if (!lift_values(side, params, values, received)) return;
  if (type_.result == nullptr) return;
  const LabeledType result{"", type_.result, 0};
  const ValueList results = make_result_list(result);
  std::optional<uint32_t> area;
  if (results.in_memory()) {
    area = static_cast<uint32_t>(values[params.in_memory() ? 1 : params.flat_count]);
  }
  lower_values(side, results, {&*answer, 1}, values, area);
}

}  // namespace wisp::component::testing
