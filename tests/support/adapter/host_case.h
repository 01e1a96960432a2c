// HostCase: one call of a host function by a guest, made up from random bytes: the thunk that C++
// makes of the function's type against the reference. What must agree: whether it traps; if not,
// the arguments that the function sees, every byte of the guest's memory after it, among them the
// calls of realloc and the handles that were made, and which resources were dropped in which order.
//
// The function is one of host_functions.h. Its resource type is the host's; the guest makes some
// before the call and drops some behind it. Everything else is as in adapter_case.h.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "component/instance/component_instance.h"
#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "component/type/type_builder.h"
#include "jit/engine.h"
#include "tests/support/adapter/adapter_guest.h"
#include "tests/support/adapter/component_builder.h"
#include "tests/support/adapter/guest_call.h"
#include "tests/support/adapter/host_functions.h"
#include "tests/support/adapter/random_values.h"
#include "tests/support/adapter/type_definitions.h"

namespace wisp::test {

class HostCase {
 public:
  HostCase(std::shared_ptr<jit::Engine> engine, std::span<const uint8_t> bytes)
      : engine_(std::move(engine)),
        random_(bytes),
        item_(kHostFunctions[random_.below(std::size(kHostFunctions))]),
        guest_(static_cast<StringEncoding>(random_.below(3))),
        builder_(arena_) {
    resource_.index = 0;
  }

  // What is wrong; empty: nothing. To be called once.
  std::string run() {
    make_function();
    make_memory();
    script_.traps = random_.one_in(16);
    if (result_ != nullptr) script_.result = make_value(*result_);
    const Bytes bytes = component();
    try {
      run_reference();
    } catch (const ReferenceTrap& trap) {
      expected_trap_ = trap.text;
    } catch (const TooMuch&) {
      return "";
    }
    const Result<bool> trapped = run_engine(bytes);
    if (!trapped.has_value()) return trapped.error().message() + ": " + description();
    if (guest_.has_overlap) return "";
    is_compared_ = true;
    if (trapped.value() != expected_trap_.has_value()) {
      return "expected " + expected_trap_.value_or("no trap") + ", found " +
             (trapped.value() ? trap_text_ : "no trap") + ", of " + description();
    }
    return expected_trap_ ? "" : difference();
  }

  bool is_compared() const { return is_compared_; }
  // What the reference did.
  const std::optional<std::string>& expected_trap() const { return expected_trap_; }
  size_t function() const { return static_cast<size_t>(&item_ - kHostFunctions); }

 private:
  // --- Types

  const ValType* node(const component::HostType& type) {
    std::vector<const ValType*> members;
    for (const component::HostType* member : type.members) {
      members.push_back(member == nullptr ? nullptr : node(*member));
    }
    switch (type.kind) {
      case TypeKind::kList:
        return builder_.list(members[0]);
      case TypeKind::kOption:
        return builder_.option(members[0]);
      case TypeKind::kResult:
        return builder_.result(members[0], members[1]);
      case TypeKind::kOwn:
        return builder_.own(&resource_);
      case TypeKind::kBorrow:
        return builder_.borrow(&resource_);
      case TypeKind::kTuple: {
        std::vector<LabeledType> labeled;
        for (const ValType* member : members) labeled.push_back({"", member, 0});
        return builder_.tuple(labeled);
      }
      default:
        return component::TypeBuilder::primitive(type.kind);
    }
  }
  void make_function() {
    static constexpr const char* kNames[] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6"};
    for (const component::HostType* param : item_.signature.params) {
      params_.push_back({kNames[params_.size()], node(*param), 0});
    }
    if (item_.signature.result != nullptr) result_ = node(*item_.signature.result);
    function_ = builder_.func(params_, result_, false);
    result_list_[0] = {"", result_, 0};
    const size_t result_count = result_ == nullptr ? 0 : 1;
    param_values_ = component::make_value_list(params_, 16);
    result_values_ = component::make_value_list({result_list_, result_count}, 1);
    lowered_ = flatten_functype(*function_, component::CanonicalDirection::kLower);
  }

  // --- What the guest has, and what the host returns

  void make_memory() {
    RandomValues values(random_, guest_);
    uint64_t slots[kMaxSlots] = {};
    values.place(param_values_, slots);
    values.damage(slots, param_values_.in_memory() ? 1 : param_values_.flat_count);
    if (result_values_.in_memory()) {
      slots[lowered_.params.size() - 1] = return_area(random_, values.end());
    }
    for (uint32_t i = 0; i < lowered_.params.size(); ++i) {
      store_slot(guest_, kParamsAt + 8 * i, lowered_.params[i], slots[i]);
    }
    make_realloc_script(random_, guest_, values.end() + 16 + result_values_.size + 64);
    for (uint32_t count = random_.below(4); count > 0; --count) {
      guest_.add_step(kStepsAt, Step::kDrop0, 1 + random_.below(4));
    }
  }

  ReferenceValue make_value(const ValType& type) {
    ReferenceValue value;
    if (is_sum(type.kind)) {
      const std::vector<const ValType*> cases = payloads(type);
      value.bits = random_.below(static_cast<uint32_t>(cases.size()));
      if (cases[value.bits] != nullptr) value.parts.push_back(make_value(*cases[value.bits]));
      return value;
    }
    switch (type.kind) {
      case TypeKind::kString:
        value.string = make_string();
        return value;
      case TypeKind::kList:
        for (uint32_t count = random_.below(6); count > 0; --count) {
          value.parts.push_back(make_value(*type.element));
        }
        return value;
      case TypeKind::kTuple:
        for (const LabeledType& member : type.members) {
          value.parts.push_back(make_value(*member.type));
        }
        return value;
      case TypeKind::kBool:
        value.bits = random_.below(2);
        return value;
      case TypeKind::kChar:
        value.bits = RandomValues::character(random_);
        return value;
      case TypeKind::kOwn:
        value.bits = random_.byte();
        return value;
      default:
        value.bits = low_bytes(random_.word(), number_size(type.kind));
        return value;
    }
  }
  // Strings of the host are UTF-8.
  ReferenceString make_string() {
    ReferenceString string;
    string.text.assign(random_.one_in(3) ? random_.below(90) : random_.below(6), U'y');
    for (uint32_t changes = random_.below(4); changes > 0 && !string.text.empty(); --changes) {
      const uint32_t at = random_.below(static_cast<uint32_t>(string.text.size()));
      string.text[at] = RandomValues::character(random_);
    }
    string.units = static_cast<uint32_t>(encode_utf8(string.text).size());
    return string;
  }

  // --- The reference

  void run_reference() {
    guest_.run_steps(kSetupAt, drops_);
    const Slots slots = slots_of(guest_, lowered_);
    Slots lifted_from = slots;
    arguments_ = lift_all(guest_, param_values_, lifted_from.data());
    for (size_t i = 0; i < arguments_.size(); ++i) drop_owned(*params_[i].type, arguments_[i]);
    if (script_.traps) throw ReferenceTrap{"the host refuses"};
    if (result_ != nullptr) {
      return_results(guest_, lowered_, result_values_, {script_.result}, slots);
    }
    guest_.run_steps(kStepsAt, drops_);
  }
  // The host function keeps nothing.
  void drop_owned(const ValType& type, const ReferenceValue& value) {
    if (type.kind == TypeKind::kOwn) drops_[0].note(static_cast<uint32_t>(value.bits));
    for (size_t i = 0; i < value.parts.size(); ++i) {
      const ValType* part = type.element;
      if (is_sum(type.kind)) part = payloads(type)[value.bits];
      if (type.kind == TypeKind::kTuple) part = type.members[i].type;
      drop_owned(*part, value.parts[i]);
    }
  }

  // --- The engine

  // The instance type: its types 0 to 2 are the resource type, what owns it, and the type of make.
  Bytes instance_type() const {
    TypeDefinitions types(3, {0});
    const Bytes function = types.function(*function_);
    return join({{0x42},
                 u32(4 + types.index_count() + 2),
                 {0x04, 0x00, 1, 'r', 0x03, 0x01},
                 {0x01, 0x69, 0x00},
                 {0x01, 0x40, 0x01, 1, 'x', 0x79, 0x00, 0x01},
                 {0x04, 0x00, 4, 'm', 'a', 'k', 'e', 0x01, 0x02},
                 types.declarations(),
                 {0x01},
                 function,
                 {0x04, 0x00, 1, 'f', 0x01},
                 u32(types.next_index())});
  }
  Bytes component() const {
    ComponentBuilder builder;
    builder.add(ComponentBuilder::kType, instance_type());
    builder.add(ComponentBuilder::kImport, {0x00, 1, 'h', 0x05, 0x00});
    builder.alias_export(ComponentBuilder::kTypeSort, 0, "r");  // type 1
    builder.alias_export(ComponentBuilder::kFunc, 0, "make");   // functions 0 and 1
    builder.alias_export(ComponentBuilder::kFunc, 0, "f");
    builder.add(ComponentBuilder::kType, {0x3f, 0x7f, 0x00});   // type 2, for `leave`
    builder.add(ComponentBuilder::kCanon, {0x01, 0x00, 0, 0});  // core function 0: make
    builder.add(ComponentBuilder::kCanon, {0x03, 0x01});        // 1: drop
    builder.add(ComponentBuilder::kCanon, {0x02, 0x02});        // 2: leave
    auto item = [](uint32_t i, uint32_t function) {
      return ComponentBuilder::CoreExport{kGuestImports[i], ComponentBuilder::kCoreFunc, function};
    };
    builder.core_exports({item(0, 2), item(1, 0), item(2, 0), item(3, 1), item(4, 1)});
    builder.core_module(guest_module(guest_.bytes, nullptr));
    builder.core_instantiate(0, {{"", 0}});
    builder.alias_core_export(ComponentBuilder::kCoreMemory, 1, "memory");
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "realloc");  // 3
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 1, "sum");      // 4
    builder.add(ComponentBuilder::kCanon,
                {0x01, 0x00, 1, 3, static_cast<uint8_t>(guest_.encoding), 0x03, 0, 0x04, 3});  // 5
    builder.core_exports({{"f", ComponentBuilder::kCoreFunc, 5}});
    builder.core_module(caller_module(lowered_));
    builder.core_instantiate(1, {{"", 2}, {"m", 1}});
    builder.alias_core_export(ComponentBuilder::kCoreFunc, 3, "run");  // 6
    builder.add(ComponentBuilder::kType, {0x40, 0x00, 0x01, 0x00});    // type 3: () -> ()
    builder.add(ComponentBuilder::kCanon, {0x00, 0x00, 6, 0, 3});
    builder.export_item("run", ComponentBuilder::kFunc, 2);
    builder.add(ComponentBuilder::kType, {0x40, 0x00, 0x00, 0x77});  // type 4: () -> u64
    builder.add(ComponentBuilder::kCanon, {0x00, 0x00, 4, 0, 4});
    builder.export_item("sum", ComponentBuilder::kFunc, 4);
    return builder.build();
  }

  // Whether it traps.
  Result<bool> run_engine(const Bytes& bytes) {
    const component::HostItem items[] = {
        component::host_resource<NumberedResource>("r"),
        component::host_function<&make_resource>("make"),
        item_,
    };
    const component::HostInterface interface { "h", "", items };
    const auto component = WISP_TRY(component::compile_component(engine_, bytes));
    jit::Store store(engine_);
    component::ComponentLinker linker;
    linker.add(interface, &script_);
    const auto instance = WISP_TRY(linker.instantiate(store, component));
    const auto returned = instance->find_function("", "run")->call({});
    if (!returned.has_value()) {
      trap_text_ = returned.error().message();
      if (returned.error().code() == ErrorCode::kTrap && !trap_text_.empty()) return true;
      return Error(ErrorCode::kUsage, "not a trap: " + trap_text_);
    }
    dropped_ = script_.drops.hash();  // before the instance's table is dropped
    const auto sum = WISP_TRY(instance->find_function("", "sum")->call({}));
    sum_ = sum.has_value() ? sum->bits : 0;
    return false;
  }

  std::string difference() const {
    for (size_t i = 0; i < arguments_.size(); ++i) {
      if (i < script_.arguments.size() && same(arguments_[i], script_.arguments[i])) continue;
      return "the host got another argument " + std::to_string(i) + ": " + description();
    }
    if (sum_ != sum_of(guest_.bytes)) return "the memory differs: " + description();
    if (dropped_ != drops_[0].hash()) return "the drops differ: " + description();
    return "";
  }
  std::string description() const {
    static constexpr const char* kEncodings[] = {"utf8", "utf16", "latin1+utf16"};
    return to_string(*function_) + " of the host, in " +
           kEncodings[static_cast<size_t>(guest_.encoding)];
  }

  std::shared_ptr<jit::Engine> engine_;
  RandomSource random_;
  const component::HostItem& item_;
  ReferenceGuest guest_;
  Arena arena_;
  component::TypeBuilder builder_;
  component::ResourceType resource_;
  std::vector<LabeledType> params_;
  const ValType* result_ = nullptr;
  LabeledType result_list_[1];
  const component::FuncType* function_ = nullptr;
  component::ValueList param_values_, result_values_;
  jit::FuncType lowered_;
  HostScript script_;
  // What the reference yields, and what the engine.
  std::optional<std::string> expected_trap_;
  std::vector<ReferenceValue> arguments_;
  ReferenceDrops drops_[2];
  std::string trap_text_;
  uint64_t sum_ = 0, dropped_ = 0;
  bool is_compared_ = false;
};

}  // namespace wisp::test
