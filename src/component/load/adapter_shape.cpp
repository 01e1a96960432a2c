#include "component/load/adapter_shape.h"

#include <optional>
#include <unordered_map>

#include "component/abi/place.h"
#include "component/type/layout.h"

namespace wisp::component {
namespace {

using Conversions = std::vector<jit::FlatConversion>;
using ConversionKind = jit::FlatConversion::Kind;

constexpr ConversionKind kind_of(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return ConversionKind::kBool;
    case TypeKind::kS8:
      return ConversionKind::kExtend8S;
    case TypeKind::kS16:
      return ConversionKind::kExtend16S;
    case TypeKind::kChar:
      return ConversionKind::kChar;
    default:
      return ConversionKind::kAsIs;
  }
}

// A component may have a hundred thousand shapes: code for blocks is made for so many only.
constexpr size_t kMaxBlockShapes = 1'000;

// For which lists and strings of a call code is made.
struct BlockRules {
  bool is_made = true;
  std::optional<StringEncoding> encoding;  // of both sides, where strings move as they are
};

// A list or string whose contents can be copied as a block.
std::optional<jit::BlockShape> block_of(const ValType& type, const BlockRules& rules) {
  if (!rules.is_made) return std::nullopt;
  if (type.kind == TypeKind::kString && rules.encoding.has_value()) {
    const uint32_t unit = *rules.encoding == StringEncoding::kUtf8 ? 1 : 2;
    return jit::BlockShape{unit, unit, kMaxByteLength / unit, true, true};
  }
  if (type.kind != TypeKind::kList && type.kind != TypeKind::kMap) return std::nullopt;
  const ValType& element = *type.element;
  const std::unique_ptr<const BlockPattern> pattern = BlockPattern::of(element);
  if (pattern == nullptr) return std::nullopt;
  return jit::BlockShape{element.size, element.alignment, kMaxByteLength / element.size,
                         pattern->is_plain(), false};
}

// Whether the type is nothing but numbers and blocks when flattened; appends what becomes of each.
bool convert_flat(const ValType& type, const BlockRules& rules, Conversions& all,
                  std::vector<jit::BlockShape>& blocks) {
  switch (type.kind) {
    case TypeKind::kString:
    case TypeKind::kList:
    case TypeKind::kMap: {
      const std::optional<jit::BlockShape> block = block_of(type, rules);
      if (!block.has_value()) return false;
      all.push_back({ConversionKind::kBlock, static_cast<uint32_t>(blocks.size())});
      all.push_back({ConversionKind::kLength, 0});
      blocks.push_back(*block);
      return true;
    }
    case TypeKind::kU8:
      all.push_back({ConversionKind::kMask, 0xff});
      return true;
    case TypeKind::kU16:
      all.push_back({ConversionKind::kMask, 0xffff});
      return true;
    case TypeKind::kFlags:
      all.push_back(
          type.members.size() == 32
              ? jit::FlatConversion{}
              : jit::FlatConversion{ConversionKind::kMask, (1u << type.members.size()) - 1});
      return true;
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) {
        if (!convert_flat(*member.type, rules, all, blocks)) return false;
      }
      return true;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) {
        if (!convert_flat(*type.element, rules, all, blocks)) return false;
      }
      return true;
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      if (type.flat_count != 1) return false;
      all.push_back({ConversionKind::kBelow, case_count(type)});
      return true;
    default:
      if (type.kind > TypeKind::kChar) return false;
      all.push_back({kind_of(type.kind), 0});
      return true;
  }
}

// Whether the values of one direction need no hook.
bool convert_flat(const ValueList& list, const BlockRules& rules, Conversions& all,
                  std::vector<jit::BlockShape>& blocks) {
  if (list.in_memory()) return false;
  for (const LabeledType& each : list.types) {
    if (!convert_flat(*each.type, rules, all, blocks)) return false;
  }
  return true;
}

// Static properties of component instances.
class Instances {
 public:
  explicit Instances(const Component& component)
      : component_(component),
        is_barred_(component.component_instances.size()),
        uses_slots_(is_barred_.size()) {
    for (const Lift& lift : component.lifts) note(lift.component_instance, lift.options);
    for (const Trampoline& each : component.trampolines) {
      const uint32_t caller = each.component_instance;
      if (each.kind == TrampolineKind::kLower) {
        note(caller, each.options);
        if (each.callee.kind == FunctionDefinition::Kind::kLifted) {
          note_edge(caller, component.lifts[each.callee.index].component_instance);
        }
      } else if (each.kind == TrampolineKind::kResourceDrop) {
        const ResourceDefinition& resource = component.resources[each.resource];
        if (resource.destructor) note_edge(caller, resource.component_instance);
      } else if (each.resource == kNoIndex) {
        uses_slots_[caller] = true;
      }
    }
  }

  // May be forbidden to leave, at times.
  bool is_barred(uint32_t instance) const { return is_barred_[instance]; }
  bool uses_slots(uint32_t instance) const { return uses_slots_[instance]; }
  bool has_upward_edge() const { return has_upward_edge_; }
  bool contains(uint32_t outer, uint32_t inner) const {
    while (inner != outer && inner != kNoIndex) {
      inner = component_.component_instances[inner].parent;
    }
    return inner == outer;
  }

 private:
  void note(uint32_t instance, const CanonicalOptionsDefinition& options) {
    if (options.realloc || options.post_return) is_barred_[instance] = true;
  }
  void note_edge(uint32_t from, uint32_t to) { has_upward_edge_ |= to > from; }

  const Component& component_;
  std::vector<bool> is_barred_, uses_slots_;
  bool has_upward_edge_ = false;
};

// Where strings move as they are. In latin1+utf16 the encoding is a matter of each string.
std::optional<StringEncoding> common_encoding(const CanonicalOptionsDefinition& a,
                                              const CanonicalOptionsDefinition& b) {
  if (a.encoding != b.encoding || a.encoding == StringEncoding::kLatin1Utf16) return std::nullopt;
  return a.encoding;
}

void shape_params(const FuncType& type, const BlockRules& rules, jit::AdapterShape& shape) {
  const ValueList params = make_value_list(type.params, kMaxFlatParams);
  if (convert_flat(params, rules, shape.params, shape.blocks)) return;
  shape.has_params_hook = true;
  shape.params.clear();
  shape.blocks.clear();
}

void shape_results(const FuncType& type, const BlockRules& rules, jit::AdapterShape& shape) {
  // What was borrowed must be given back when the call ends.
  shape.has_results_hook = type.traits.has_borrow;
  if (shape.has_results_hook || type.result == nullptr) return;
  shape.result_block = block_of(*type.result, rules);
  if (shape.result_block.has_value()) return;
  LabeledType result;
  result.type = type.result;
  const ValueList results = make_result_list(result);
  if (convert_flat(results, rules, shape.results, shape.blocks)) return;
  shape.has_results_hook = true;
  shape.results.clear();
}

jit::AdapterShape make_shape(const Trampoline& trampoline, const Lift& lift,
                             const Instances& instances, bool makes_blocks) {
  jit::AdapterShape shape;
  shape.caller = *trampoline.core_type;
  shape.callee = flatten_functype(*lift.type, CanonicalDirection::kLift);
  const BlockRules rules{makes_blocks, common_encoding(trampoline.options, lift.options)};
  shape_params(*lift.type, rules, shape);
  shape_results(*lift.type, rules, shape);
  shape.checks_leave = instances.is_barred(trampoline.component_instance);
  shape.saves_slots = instances.uses_slots(lift.component_instance);
  shape.saves_caller_slots =
      shape.result_block.has_value() && instances.uses_slots(trampoline.component_instance);
  shape.has_post_return = static_cast<bool>(lift.options.post_return);
  return shape;
}

// Equal shapes share their code: a component may lower a million functions.
std::string key_of(const jit::AdapterShape& shape) {
  std::string key = jit::to_string(shape.caller) + jit::to_string(shape.callee);
  for (const Conversions* all : {&shape.params, &shape.results}) {
    for (const jit::FlatConversion& each : *all) {
      key += static_cast<char>(each.kind);
      key += std::to_string(each.operand);
    }
    key += ';';
  }
  auto add_block = [&key](const jit::BlockShape& block) {
    for (uint32_t each : {block.element_size, block.alignment, block.max_length}) {
      key += std::to_string(each) + ',';
    }
    key += block.is_text ? '2' : block.is_plain ? '1' : '0';
  };
  for (const jit::BlockShape& block : shape.blocks) add_block(block);
  if (shape.result_block.has_value()) add_block(*shape.result_block);
  for (bool each :
       {shape.has_params_hook, shape.has_results_hook, shape.result_block.has_value(),
        shape.checks_leave, shape.saves_slots, shape.saves_caller_slots, shape.has_post_return}) {
    key += each ? '1' : '0';
  }
  return key;
}

}  // namespace

std::shared_ptr<const TransferPlans> plan_transfers(const Component& component) {
  auto plans = std::make_shared<TransferPlans>();
  plans->by_lift.resize(component.lifts.size());
  for (const Trampoline& each : component.trampolines) {
    if (each.kind != TrampolineKind::kLower) continue;
    if (each.callee.kind != FunctionDefinition::Kind::kLifted) continue;
    std::unique_ptr<const LiftPlans>& found = plans->by_lift[each.callee.index];
    if (found != nullptr) continue;
    auto made = std::make_unique<LiftPlans>();
    plans->routines.plan(*component.lifts[each.callee.index].type, *made);
    found = std::move(made);
  }
  return plans;
}

AdapterChoice plan_adapters(const Component& component, std::vector<jit::AdapterShape>& shapes) {
  const std::span<const Trampoline> trampolines = component.trampolines;
  const Instances instances(component);
  AdapterChoice choice{std::vector<uint32_t>(trampolines.size(), kNoIndex),
                       !instances.has_upward_edge()};
  std::unordered_map<std::string, uint32_t> known;
  for (size_t i = 0; i < trampolines.size(); i++) {
    const Trampoline& each = trampolines[i];
    if (each.kind != TrampolineKind::kLower) continue;
    if (each.callee.kind != FunctionDefinition::Kind::kLifted) continue;
    const Lift& lift = component.lifts[each.callee.index];
    const uint32_t caller = each.component_instance, callee = lift.component_instance;
    if (instances.has_upward_edge() || instances.contains(caller, callee) ||
        instances.contains(callee, caller)) {
      continue;  // call_from_component has all the tests
    }
    jit::AdapterShape shape = make_shape(each, lift, instances, shapes.size() < kMaxBlockShapes);
    const auto [at, is_new] = known.try_emplace(key_of(shape), shapes.size());
    choice.shape_of[i] = at->second;
    if (is_new) shapes.push_back(std::move(shape));
  }
  return choice;
}

}  // namespace wisp::component
