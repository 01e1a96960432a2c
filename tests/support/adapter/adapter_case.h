// AdapterCase: one call between two components, made up from random bytes, run by the engine and by
// a reference; and then the same call by the host. What must agree: whether it traps; if not, every
// byte of both memories, among them the flat parameters, the results and the arguments of every
// call of realloc.
//
// adapter_components.h has the components, adapter_guest.h the modules in them. The type of f, the
// encodings and allocators are random. Values are valid at first, and then some of their bytes are
// changed; the allocators of both may move, trap, grow the memory, call an import, or return any
// address. Handles are of the callee's resource type or of a third component's; both guests make
// some before the call, the callee drops what it borrowed, or not, and the caller drops some behind
// the call. The handles that are made and the destructors that run are compared as well.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include "component/instance/component_instance.h"
#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "jit/engine.h"
#include "tests/support/adapter/adapter_components.h"
#include "tests/support/adapter/guest_call.h"
#include "tests/support/adapter/random_types.h"
#include "tests/support/adapter/random_values.h"
#include "tests/support/adapter/reference_values.h"

namespace wisp::test {

class AdapterCase {
 public:
  AdapterCase(std::shared_ptr<jit::Engine> engine, std::span<const uint8_t> bytes)
      : engine_(std::move(engine)),
        random_(bytes),
        types_(random_),
        callee_(encoding()),
        caller_(encoding()) {
    callee_.defines_resource0 = true;
  }

  // What is wrong; empty: nothing. To be called once.
  std::string run() {
    make_function();
    make_memories();
    plan_steps();
    const Bytes bytes = AdapterComponents(*function_, callee_, caller_).root();
    const ReferenceGuest callee = callee_, caller = caller_;
    std::string problem = run_between_guests(bytes);
    // The host has no handles of guests' types to call with.
    if (!problem.empty() || function_->traits.has_resource) return problem;
    callee_ = callee;
    caller_ = caller;
    return run_from_host(bytes);
  }

  // Of the call between the guests.
  enum class Outcome : uint8_t { kNotCompared, kTrap, kReturn };
  Outcome outcome() const { return outcome_; }
  bool has_handles() const { return function_->traits.has_resource; }
  bool has_lists_of_strings() const {
    return std::any_of(params_.begin(), params_.end(),
                       [](const auto& param) { return holds_list_of_strings(param.type); }) ||
           holds_list_of_strings(result_);
  }
  // Why the call trapped.
  const std::string& trap_text() const { return trap_text_; }

 private:
  std::string run_between_guests(const Bytes& bytes) {
    std::optional<std::string> expected_trap;
    try {
      run_reference();
    } catch (const ReferenceTrap& trap) {
      expected_trap = trap.text;
    } catch (const TooMuch&) {
      return "";
    }
    const Result<bool> trapped = run_engine(bytes);
    if (!trapped.has_value()) return trapped.error().message() + ": " + description();
    outcome_ = expected_trap ? Outcome::kTrap : Outcome::kReturn;
    if (callee_.has_overlap || caller_.has_overlap) {
      outcome_ = Outcome::kNotCompared;
      return "";
    }
    const bool must_stay =
        expected_trap == "cannot leave component instance" && trap_text_ != expected_trap;
    if (trapped.value() != expected_trap.has_value() || must_stay) {
      return "expected " + expected_trap.value_or("no trap") + ", found " +
             (trapped.value() ? trap_text_ : "no trap") + ", of " + description();
    }
    if (expected_trap) return "";
    const Sums expected{sum_of(callee_.bytes), sum_of(caller_.bytes), drops_[0].hash(),
                        drops_[1].hash()};
    static constexpr const char* kWhat[] = {"callee's memory", "caller's memory", "callee's drops",
                                            "third component's drops"};
    for (size_t i = 0; i < expected.size(); ++i) {
      if (sums_[i] != expected[i]) {
        return std::string("the ") + kWhat[i] + " differ: " + description();
      }
    }
    return "";
  }

  // The same call with the same values, made by the host.
  std::string run_from_host(const Bytes& bytes) {
    std::vector<ReferenceValue> arguments, results;
    std::vector<component::Value> host_arguments;
    std::optional<std::string> expected_trap;
    try {
      arguments = lift_all(caller_, param_values_, slots_of(caller_, lowered_).data());
    } catch (const ReferenceTrap&) {
      return "";  // no values to call with
    } catch (const TooMuch&) {
      return "";
    }
    for (size_t i = 0; i < arguments.size(); ++i) {
      host_arguments.push_back(to_host(*params_[i].type, arguments[i]));
    }
    try {
      results = call_reference(arguments);
    } catch (const ReferenceTrap& trap) {
      expected_trap = trap.text;
    } catch (const TooMuch&) {
      return "";
    }
    if (callee_.has_overlap) return "";
    const auto component = component::compile_component(engine_, bytes);
    jit::Store store(engine_);
    const auto instance = component::ComponentLinker().instantiate(store, component.value());
    const auto returned = instance.value()->find_function("a", "f")->call(host_arguments);
    if (returned.has_value() == expected_trap.has_value()) {
      return "the host expected " + expected_trap.value_or("no trap") + ", found " +
             (returned.has_value() ? "no trap" : returned.error().message()) + ", of " +
             description();
    }
    if (expected_trap) return "";
    if (!results.empty() && *returned.value() != to_host(*result_, results[0])) {
      return "the host got another result: " + description();
    }
    const Result<uint64_t> found = number(*instance.value(), "a", "sum");
    if (!found.has_value() || found.value() != sum_of(callee_.bytes)) {
      return "the callee's memory differs after a call of the host: " + description();
    }
    return "";
  }

  static bool holds_list_of_strings(const ValType* type) {
    if (type == nullptr) return false;
    const bool is_list = type->kind == TypeKind::kList;
    if (is_list && type->element->kind == TypeKind::kString) return true;
    if (holds_list_of_strings(type->element) || holds_list_of_strings(type->error)) return true;
    return std::any_of(type->members.begin(), type->members.end(),
                       [](const auto& member) { return holds_list_of_strings(member.type); });
  }

  // Strings of the host are UTF-8.
  static component::Value to_host(const ValType& type, ReferenceValue& value) {
    component::Value made;
    made.kind = type.kind;
    made.bits = value.bits;
    if (is_signed(type.kind)) {
      const uint32_t unused = 64 - 8 * number_size(type.kind);
      made.bits = static_cast<uint64_t>(static_cast<int64_t>(value.bits << unused) >> unused);
    }
    if (type.kind == TypeKind::kString) {
      const std::vector<uint8_t> bytes = encode_utf8(value.string.text);
      made.text.assign(bytes.begin(), bytes.end());
      value.string.source = SourceUnits::kUtf8;
      value.string.units = static_cast<uint32_t>(bytes.size());
    }
    for (size_t i = 0; i < value.parts.size(); ++i) {
      const ValType* part = type.element;
      if (is_sum(type.kind)) part = payloads(type)[value.bits];
      if (type.kind == TypeKind::kRecord || type.kind == TypeKind::kTuple) {
        part = type.members[i].type;
      }
      made.elements.push_back(to_host(*part, value.parts[i]));
    }
    return made;
  }

  component::StringEncoding encoding() {
    return static_cast<component::StringEncoding>(random_.below(3));
  }

  void make_function() {
    const uint32_t count = random_.below(7);
    for (uint32_t i = 0; i < count; ++i) {
      params_.push_back({kNames[i], types_.make(3, RandomTypes::Use::kParameter), 0});
    }
    if (!random_.one_in(3)) result_ = types_.make(3, RandomTypes::Use::kResult);
    function_ = types_.builder().func(params_, result_, false);
    result_list_[0] = {"", result_, 0};
    const size_t result_count = result_ == nullptr ? 0 : 1;
    param_values_ = component::make_value_list(params_, 16);
    result_values_ = component::make_value_list({result_list_, result_count}, 1);
    lifted_ = flatten_functype(*function_, component::CanonicalDirection::kLift);
    lowered_ = flatten_functype(*function_, component::CanonicalDirection::kLower);
  }

  // --- What is in the memories

  void make_memories() {
    RandomValues caller_values(random_, caller_);
    caller_values.place(param_values_, caller_slots_);
    RandomValues callee_values(random_, callee_);
    uint64_t result_slots[1] = {};
    callee_values.place(result_values_, result_slots);
    caller_values.damage(caller_slots_, param_values_.in_memory() ? 1 : param_values_.flat_count);
    callee_values.damage(result_slots, 1);
    if (result_values_.in_memory()) {
      caller_slots_[lowered_.params.size() - 1] = return_area(random_, caller_values.end());
    }
    for (uint32_t i = 0; i < lowered_.params.size(); ++i) {
      store_slot(caller_, kParamsAt + 8 * i, lowered_.params[i], caller_slots_[i]);
    }
    if (!lifted_.results.empty()) {
      store_slot(callee_, kResultAt, lifted_.results[0], result_slots[0]);
    }
    // The return area is behind the values, what is allocated far behind that.
    make_realloc_script(random_, caller_, caller_values.end() + 16 + result_values_.size + 64);
    make_realloc_script(random_, callee_, callee_values.end() + 64);
  }
  // What the callee drops depends on what it will have when it runs, so that one half of the call
  // is run by the reference beforehand.
  void plan_steps() {
    if (!function_->traits.has_resource) return;
    ReferenceGuest callee = callee_, caller = caller_;
    try {
      ReferenceDrops drops[2];
      callee.run_steps(kSetupAt, drops);
      caller.run_steps(kSetupAt, drops);
      lower_arguments(callee, lift_all(caller, param_values_, slots_of(caller, lowered_).data()));
    } catch (const ReferenceTrap&) {
    } catch (const TooMuch&) {
    }
    add_drops(callee_, callee.handles, [](const ReferenceHandles::Handle& each) {
      return !each.is_owned;  // all of them but for some
    });
    add_drops(caller_, caller.handles, [](const ReferenceHandles::Handle&) { return false; });
  }
  // Drops most handles of which `must` is true, and few others.
  template <class Must>
  void add_drops(ReferenceGuest& guest, const ReferenceHandles& handles, Must must) {
    for (uint32_t i = 1; i < handles.all().size(); ++i) {
      const ReferenceHandles::Handle& each = handles.all()[i];
      const bool drops = !each.is_free && must(each) ? !random_.one_in(24) : random_.one_in(12);
      const bool is_first = (each.resource == 0) != random_.one_in(32);
      if (drops) guest.add_step(kStepsAt, is_first ? Step::kDrop0 : Step::kDrop1, i);
    }
  }

  // --- The reference

  void lower_arguments(ReferenceGuest& callee, const std::vector<ReferenceValue>& arguments) {
    uint64_t slots[kMaxSlots] = {};
    lower_all(callee, param_values_, arguments, slots, nullptr);
    for (uint32_t i = 0; i < lifted_.params.size(); ++i) {
      store_slot(callee, kParamsAt + 8 * i, lifted_.params[i], slots[i]);
    }
  }
  std::vector<ReferenceValue> call_reference(const std::vector<ReferenceValue>& arguments) {
    lower_arguments(callee_, arguments);
    callee_.run_steps(kStepsAt, drops_);
    callee_.handles.check_borrows();
    if (result_ == nullptr) return {};
    uint64_t result_slot = load_slot(callee_, kResultAt, lifted_.results[0]);
    return lift_all(callee_, result_values_, &result_slot);
  }
  void run_reference() {
    callee_.run_steps(kSetupAt, drops_);
    caller_.run_steps(kSetupAt, drops_);
    Slots slots = slots_of(caller_, lowered_);
    const auto results = call_reference(lift_all(caller_, param_values_, slots.data()));
    if (!results.empty()) return_results(caller_, lowered_, result_values_, results, slots);
    caller_.run_steps(kStepsAt, drops_);
  }

  // --- The engine

  // Whether it traps.
  Result<bool> run_engine(const Bytes& bytes) {
    const auto component = WISP_TRY(component::compile_component(engine_, bytes));
    jit::Store store(engine_);
    const auto instance = WISP_TRY(component::ComponentLinker().instantiate(store, component));
    WISP_TRY(instance->find_function("a", "setup")->call({}));
    const auto returned = instance->find_function("c", "run")->call({});
    if (!returned.has_value()) {
      trap_text_ = returned.error().message();
      if (returned.error().code() == ErrorCode::kTrap && !trap_text_.empty()) return true;
      return Error(ErrorCode::kUsage, "not a trap: " + trap_text_);
    }
    sums_ = {WISP_TRY(number(*instance, "a", "sum")), WISP_TRY(number(*instance, "c", "sum")),
             WISP_TRY(number(*instance, "a", "drops")), WISP_TRY(number(*instance, "t", "drops"))};
    return false;
  }
  static Result<uint64_t> number(component::ComponentInstance& instance, std::string_view exporter,
                                 std::string_view name) {
    const std::optional<component::Value> value =
        WISP_TRY(instance.find_function(exporter, name)->call({}));
    return value.has_value() ? value->bits : 0;
  }

  std::string description() const {
    static constexpr const char* kEncodings[] = {"utf8", "utf16", "latin1+utf16"};
    return to_string(*function_) + ", from " + kEncodings[static_cast<size_t>(caller_.encoding)] +
           " to " + kEncodings[static_cast<size_t>(callee_.encoding)];
  }

  static constexpr const char* kNames[] = {"p0", "p1", "p2", "p3", "p4", "p5", "p6"};

  std::shared_ptr<jit::Engine> engine_;
  RandomSource random_;
  RandomTypes types_;
  std::vector<component::LabeledType> params_;
  const ValType* result_ = nullptr;
  component::LabeledType result_list_[1];
  const component::FuncType* function_ = nullptr;
  component::ValueList param_values_, result_values_;
  jit::FuncType lifted_, lowered_;
  ReferenceGuest callee_, caller_;
  uint64_t caller_slots_[kMaxSlots] = {};
  std::string trap_text_;
  // Of the memories and of the drops, as kWhat has them.
  using Sums = std::array<uint64_t, 4>;
  Sums sums_ = {};
  ReferenceDrops drops_[2];
  Outcome outcome_ = Outcome::kNotCompared;
};

}  // namespace wisp::test
