// Patterns that a single-pass compiler with homes, deferred operands, folding and fusion may get
// wrong, each as one statement; see function_generator.h.
#include <algorithm>
#include <array>

#include "tests/oracle/function_generator.h"

namespace wisp::oracle {

using jit::Opcode;
using jit::ValueType;

namespace {

constexpr Opcode kBinary32[] = {Opcode::kI32Add,  Opcode::kI32Sub,  Opcode::kI32Mul,
                                Opcode::kI32And,  Opcode::kI32Or,   Opcode::kI32Xor,
                                Opcode::kI32Shl,  Opcode::kI32ShrU, Opcode::kI32ShrS,
                                Opcode::kI32Rotl, Opcode::kI32LtS,  Opcode::kI32Eq};
constexpr Opcode kBinary64[] = {
    Opcode::kI64Add, Opcode::kI64Sub, Opcode::kI64Mul,  Opcode::kI64And,  Opcode::kI64Or,
    Opcode::kI64Xor, Opcode::kI64Shl, Opcode::kI64ShrU, Opcode::kI64ShrS, Opcode::kI64Rotr};
constexpr Opcode kBinaryF32[] = {Opcode::kF32Add, Opcode::kF32Sub, Opcode::kF32Mul,
                                 Opcode::kF32Div, Opcode::kF32Min, Opcode::kF32Max};
constexpr Opcode kBinaryF64[] = {Opcode::kF64Add, Opcode::kF64Sub, Opcode::kF64Mul,
                                 Opcode::kF64Div, Opcode::kF64Min, Opcode::kF64Max};
constexpr Opcode kFixed32[] = {Opcode::kI32DivS, Opcode::kI32DivU, Opcode::kI32RemS,
                               Opcode::kI32RemU, Opcode::kI32Shl,  Opcode::kI32ShrS,
                               Opcode::kI32Rotl, Opcode::kI32Rotr};
constexpr Opcode kFixed64[] = {Opcode::kI64DivS, Opcode::kI64DivU, Opcode::kI64RemS,
                               Opcode::kI64RemU, Opcode::kI64Shl,  Opcode::kI64ShrU,
                               Opcode::kI64Rotl, Opcode::kI64Rotr};

// Code behind these is one statement of several.
Node together(std::vector<Node> nodes) { return sequence(std::move(nodes), {}); }

}  // namespace

Node FunctionGenerator::shape() {
  using Shape = Node (FunctionGenerator::*)();
  constexpr std::array<Shape, 21> kShapes = {
      &FunctionGenerator::set_from_own_value,  &FunctionGenerator::load_over_own_address,
      &FunctionGenerator::pending_reads,       &FunctionGenerator::deep_chain,
      &FunctionGenerator::register_pressure,   &FunctionGenerator::fused_condition,
      &FunctionGenerator::fused_into_local,    &FunctionGenerator::masked_condition,
      &FunctionGenerator::scaled_address,      &FunctionGenerator::constant_branch,
      &FunctionGenerator::permuted_call,       &FunctionGenerator::loop_with_call,
      &FunctionGenerator::trap_between_states, &FunctionGenerator::rotated_locals,
      &FunctionGenerator::value_switch,        &FunctionGenerator::store_of_pending,
      &FunctionGenerator::load_across_effect,  &FunctionGenerator::width_changes,
      &FunctionGenerator::many_homes,          &FunctionGenerator::tee_chain,
      &FunctionGenerator::short_lives};
  return (this->*pick(kShapes))();
}

Opcode FunctionGenerator::binary_opcode(ValueType type) {
  switch (type) {
    case ValueType::kI32:
      return pick(kBinary32);
    case ValueType::kI64:
      return pick(kBinary64);
    case ValueType::kF32:
      return pick(kBinaryF32);
    default:
      return pick(kBinaryF64);
  }
}
ValueType FunctionGenerator::number_type() {
  const ValueType type = any_type();
  return jit::is_reference(type) ? ValueType::kI32 : type;
}
// A value that needs a temporary.
Node FunctionGenerator::computed(ValueType type) {
  Node lhs = leaf(type);
  return Numeric{binary_opcode(type), std::move(lhs), leaf(type)};
}

// To where it is compared at the end, if the module has a memory.
Node FunctionGenerator::show(Node shown) {
  const ValueType type = shown.results[0];
  if (!module_.memory.has_value()) return set_some(std::move(shown));
  const Opcode opcode = type == ValueType::kI32   ? Opcode::kI32Store
                        : type == ValueType::kI64 ? Opcode::kI64Store
                        : type == ValueType::kF32 ? Opcode::kF32Store
                                                  : Opcode::kF64Store;
  return access(opcode, {}, List{i32_const(random_.below(64) * 8), std::move(shown)});
}

// x = x op e; x = e op x; y = (x = e) op x
Node FunctionGenerator::set_from_own_value() {
  const ValueType type = number_type();
  const uint32_t local = writable_or_new(type);
  const Opcode opcode = binary_opcode(type);
  Node result;
  switch (random_.below(3)) {
    case 0: {
      Node own = get(local);
      result = Numeric{opcode, std::move(own), value(type)};
      break;
    }
    case 1: {
      Node other = value(type);
      result = Numeric{opcode, std::move(other), get(local)};
      break;
    }
    default: {
      Node written = tee_local(local, value(type));
      result = Numeric{opcode, std::move(written), get(local)};
    }
  }
  if (percent(40)) {
    Node kept = percent(50) ? get(local) : leaf(type);
    result = Numeric{binary_opcode(type), std::move(kept), std::move(result)};
  }
  return set_local(local, std::move(result));
}

// p = e op load(p), where e needs a temporary; the address is the local itself.
Node FunctionGenerator::load_over_own_address() {
  if (!module_.memory.has_value()) return set_from_own_value();
  const uint32_t local = writable_or_new(ValueType::kI32);
  std::vector<Node> nodes;
  if (!small_[local]) {
    nodes.push_back(set_local(local, Numeric{Opcode::kI32And, get(local), i32_const(0x7ff8)}));
  }
  Node other = percent(70) ? computed(ValueType::kI32) : value(ValueType::kI32);
  Node loaded = access(Opcode::kI32Load, {ValueType::kI32}, List{get(local)});
  loaded.immediate = offset();
  const Opcode opcode = pick(kBinary32);
  Node result = percent(75) ? Numeric{opcode, std::move(other), std::move(loaded)}
                            : Numeric{opcode, std::move(loaded), std::move(other)};
  if (percent(20)) {  // in a block of its own value
    result = Numeric{Opcode::kI32Add, std::move(result), leaf(ValueType::kI32)};
  }
  nodes.push_back(set_local(local, std::move(result)));
  return together(std::move(nodes));
}

// The locals are read, written, and only then are the values used: few of them, or more than are
// searched for one by one.
Node FunctionGenerator::pending_reads() {
  const ValueType type = number_type();
  const uint32_t count = percent(80) ? 1 + random_.below(5) : 30 + random_.below(12);
  std::vector<Node> reads;
  std::vector<uint32_t> locals;
  for (uint32_t i = 0; i < count; ++i) {
    locals.push_back(writable_or_new(type));
    reads.push_back(get(locals.back()));
    if (percent(15))
      reads.back() = Numeric{binary_opcode(type), std::move(reads.back()), leaf(type)};
  }
  std::vector<Node> inner;
  for (uint32_t writes = 1 + random_.below(3); writes > 0; --writes) {
    Node written = percent(50) ? leaf(type) : value(type);
    inner.push_back(set_local(pick(locals), std::move(written)));
    if (percent(20)) inner.push_back(statement());
  }
  inner.push_back(get(pick(locals)));
  Node result = sequence(std::move(inner), {type});
  for (size_t i = reads.size(); i-- > 0;)
    result = Numeric{binary_opcode(type), std::move(reads[i]), std::move(result)};
  return set_some(std::move(result));
}

// Many operands that wait for the last one.
Node FunctionGenerator::deep_chain() {
  const ValueType type = number_type();
  const uint32_t count = 4 + random_.below(percent(80) ? 8 : 40);
  std::vector<Node> waiting;
  for (uint32_t i = 0; i < count; ++i) {
    waiting.push_back(percent(40) ? leaf(type) : percent(70) ? computed(type) : load(type));
  }
  Node result = percent(50) ? structured(type) : value(type);
  for (size_t i = waiting.size(); i-- > 0;)
    result = Numeric{binary_opcode(type), std::move(waiting[i]), std::move(result)};
  return set_some(std::move(result));
}

// Divisions and shifts, which insist on registers, among temporaries.
Node FunctionGenerator::register_pressure() {
  const ValueType type = int_type();
  const bool is_i32 = type == ValueType::kI32;
  std::vector<Node> waiting;
  for (uint32_t count = random_.below(6); count > 0; --count)
    waiting.push_back(percent(75) ? computed(type) : leaf(type));
  auto fixed = [&] {
    Node lhs = percent(50) ? computed(type) : percent(50) ? leaf(type) : load(type);
    Node rhs = percent(40) ? computed(type) : percent(50) ? leaf(type) : load(type);
    const Opcode opcode = is_i32 ? pick(kFixed32) : pick(kFixed64);
    // Never by zero; a temporary or the bare operand.
    const bool divides =
        opcode <= Opcode::kI32RemU || (opcode >= Opcode::kI64DivS && opcode <= Opcode::kI64RemU);
    if (divides) {
      if (percent(97))
        rhs = Numeric{is_i32 ? Opcode::kI32Or : Opcode::kI64Or, std::move(rhs), constant(type, 1)};
    }
    return Numeric{opcode, std::move(lhs), std::move(rhs)};
  };
  Node result = fixed();
  for (uint32_t more = random_.below(3); more > 0; --more)
    result = Numeric{binary_opcode(type), std::move(result), fixed()};
  for (size_t i = waiting.size(); i-- > 0;)
    result = Numeric{binary_opcode(type), std::move(waiting[i]), std::move(result)};
  return set_some(std::move(result));
}

// A comparison whose flags the next opcode takes, or nearly.
Node FunctionGenerator::fused_condition() {
  const ValueType type = number_type();
  Node lhs = percent(50) ? leaf(type) : value(type);
  Node rhs = percent(50) ? leaf(type) : value(type);
  Node chosen = condition();
  if (percent(15)) chosen = tee_local(writable_or_new(ValueType::kI32), std::move(chosen));
  if (percent(10)) {
    std::vector<Node> nodes = List{std::move(chosen)};
    nodes.push_back(percent(50) ? Node{} : statement());
    chosen = sequence(std::move(nodes), {ValueType::kI32});
  }
  Node result =
      instruction(Opcode::kSelect, {type}, List{std::move(lhs), std::move(rhs), std::move(chosen)});
  return set_some(std::move(result));
}

// The result of a comparison goes to a local that is compared, or is tested in a moment.
Node FunctionGenerator::fused_into_local() {
  const uint32_t local = writable_or_new(ValueType::kI32);
  constexpr Opcode kComparisons[] = {Opcode::kI32LtS, Opcode::kI32LtU, Opcode::kI32GeS,
                                     Opcode::kI32Eq,  Opcode::kI32Ne,  Opcode::kI32GtU};
  Node lhs = percent(60) ? get(local) : value(ValueType::kI32);
  Node rhs = percent(30)   ? any_constant(ValueType::kI32)
             : percent(60) ? get(local)
                           : leaf(ValueType::kI32);
  Node compared = Numeric{pick(kComparisons), std::move(lhs), std::move(rhs)};
  if (percent(25)) compared = Numeric{Opcode::kI32Eqz, std::move(compared)};
  std::vector<Node> nodes = List{set_local(local, std::move(compared))};
  if (percent(50)) nodes.push_back(statement());
  Node then = get(local);
  Node other = leaf(ValueType::kI32);
  nodes.push_back(
      set_some(instruction(Opcode::kSelect, {ValueType::kI32},
                           List{std::move(other), leaf(ValueType::kI32), std::move(then)})));
  return together(std::move(nodes));
}

// Whether bits of a mask are set.
Node FunctionGenerator::masked_condition() {
  const bool is_i32 = percent(70);
  const ValueType type = is_i32 ? ValueType::kI32 : ValueType::kI64;
  Node lhs = percent(60) ? leaf(type) : value(type);
  Node rhs = percent(60) ? any_constant(type) : leaf(type);
  Node test =
      percent(80)
          ? Numeric{is_i32 ? Opcode::kI32And : Opcode::kI64And, std::move(lhs), std::move(rhs)}
          : Numeric{is_i32 ? Opcode::kI32And : Opcode::kI64And, std::move(rhs), std::move(lhs)};
  if (!is_i32 || percent(40))
    test = Numeric{is_i32 ? Opcode::kI32Eqz : Opcode::kI64Eqz, std::move(test)};
  if (percent(50)) {
    const ValueType chosen = number_type();
    std::vector<Node> nodes = List{std::move(test)};
    const uint32_t kept = writable_or_new(ValueType::kI32);
    nodes[0] = set_local(kept, std::move(nodes[0]));
    Node first = leaf(chosen);
    Node second = leaf(chosen);
    nodes.push_back(set_some(
        instruction(Opcode::kSelect, {chosen},
                    List{std::move(first), std::move(second),
                         Numeric{Opcode::kI32And, get(kept), any_constant(ValueType::kI32)}})));
    return together(std::move(nodes));
  }
  const uint32_t local = writable_or_new(type);
  Node changed = Numeric{binary_opcode(type), get(local), leaf(type)};
  return set_local(local, instruction(Opcode::kSelect, {type},
                                      List{std::move(changed), get(local), std::move(test)}));
}

// base + (index << n), into the local of either.
Node FunctionGenerator::scaled_address() {
  const ValueType type = int_type();
  const bool is_i32 = type == ValueType::kI32;
  const uint32_t base = writable_or_new(type);
  Node lhs = percent(60) ? get(base) : percent(50) ? any_constant(type) : value(type);
  const uint32_t index = writable_or_new(type);
  Node scaled = Numeric{is_i32 ? Opcode::kI32Shl : Opcode::kI64Shl,
                        percent(60) ? get(index) : value(type), constant(type, random_.below(5))};
  Node sum = Numeric{is_i32 ? Opcode::kI32Add : Opcode::kI64Add, std::move(lhs), std::move(scaled)};
  if (percent(30)) sum = Numeric{binary_opcode(type), leaf(type), std::move(sum)};
  return set_local(percent(40)   ? base
                   : percent(50) ? index
                                 : writable_or_new(type),
                   std::move(sum));
}

// Locals change places through the stack.
Node FunctionGenerator::rotated_locals() {
  const ValueType type = any_type();
  const uint32_t count = 2 + random_.below(percent(80) ? 3 : 10);
  std::vector<uint32_t> locals;
  std::vector<Node> reads;
  for (uint32_t i = 0; i < count; ++i) {
    locals.push_back(writable_or_new(type));
    reads.push_back(get(locals.back()));
  }
  Node node = sequence(std::move(reads), Types(count, type));
  for (uint32_t i = 0; i < count; ++i) {
    const Types below(count - 1 - i, type);
    const uint32_t local = locals[i];
    note_written(local, false);
    node = instruction(Opcode::kLocalSet, below, List{std::move(node)}, local);
  }
  return node;
}

// A store whose value writes the local that its address is.
Node FunctionGenerator::store_of_pending() {
  if (!module_.memory.has_value()) return set_from_own_value();
  const uint32_t local = writable_or_new(ValueType::kI32);
  std::vector<Node> nodes;
  if (!small_[local])
    nodes.push_back(set_local(local, Numeric{Opcode::kI32And, get(local), i32_const(0x7ffc)}));
  Node index = get(local);
  Node written =
      percent(50) ? value(ValueType::kI32) : Numeric{Opcode::kI32Add, get(local), i32_const(4)};
  Node stored = tee_local(local, std::move(written));
  if (percent(40)) {
    stored = Numeric{Opcode::kI64ExtendI32U, std::move(stored)};
    nodes.push_back(access(Opcode::kI64Store, {}, List{std::move(index), std::move(stored)}));
  } else {
    nodes.push_back(access(percent(70) ? Opcode::kI32Store : Opcode::kI32Store8, {},
                           List{std::move(index), std::move(stored)}));
  }
  nodes.back().immediate = offset();
  return together(std::move(nodes));
}

// A loaded value waits while the memory changes.
Node FunctionGenerator::load_across_effect() {
  if (!module_.memory.has_value()) return set_from_own_value();
  const ValueType type = number_type();
  const uint32_t at = random_.below(64) * 8;
  auto load_there = [&] {
    const Opcode opcode = type == ValueType::kI32   ? Opcode::kI32Load
                          : type == ValueType::kI64 ? Opcode::kI64Load
                          : type == ValueType::kF32 ? Opcode::kF32Load
                                                    : Opcode::kF64Load;
    return access(opcode, {type}, List{i32_const(at)});
  };
  Node before = load_there();
  std::vector<Node> nodes;
  switch (weighted({4, 2, 2})) {
    case 0:
      nodes.push_back(access(Opcode::kI32Store, {}, List{i32_const(at), value(ValueType::kI32)}));
      break;
    case 1:
      nodes.push_back(any_call());
      break;
    default:
      nodes.push_back(percent(50) ? consume(memory_grow()) : memory_block());
  }
  nodes.push_back(percent(60) ? load_there() : value(type));
  Node after = sequence(std::move(nodes), {type});
  return set_some(Numeric{binary_opcode(type), std::move(before), std::move(after)});
}

// i32 and i64 views of one another, waiting while what they came from is written.
Node FunctionGenerator::width_changes() {
  const uint32_t narrow = writable_or_new(ValueType::kI32);
  const uint32_t wide = writable_or_new(ValueType::kI64);
  Node extended = Numeric{percent(60) ? Opcode::kI64ExtendI32U : Opcode::kI64ExtendI32S,
                          percent(70) ? get(narrow) : value(ValueType::kI32)};
  Node wrapped = Numeric{Opcode::kI32WrapI64, percent(70) ? get(wide) : value(ValueType::kI64)};
  if (percent(50)) {
    // Both wait: narrow = wrap(wide) while the extended narrow is on the stack.
    Node inner =
        sequence(List{set_local(narrow, std::move(wrapped)), get(wide)}, {ValueType::kI64});
    return set_local(wide, Numeric{pick(kBinary64), std::move(extended), std::move(inner)});
  }
  Node first = set_local(
      wide, percent(50) ? std::move(extended)
                        : Numeric{pick(kBinary64), std::move(extended), leaf(ValueType::kI64)});
  Node second =
      set_local(narrow, Numeric{Opcode::kI32Add, std::move(wrapped), leaf(ValueType::kI32)});
  return percent(50) ? together(List{std::move(first), std::move(second)})
                     : together(List{std::move(second), std::move(first)});
}

Node FunctionGenerator::tee_chain() {
  const ValueType type = any_type();
  Node node = value(type);
  for (uint32_t count = 1 + random_.below(4); count > 0; --count) {
    node = tee_local(writable_or_new(type), std::move(node));
    if (!jit::is_reference(type) && percent(50))
      node = Numeric{binary_opcode(type), std::move(node), percent(50) ? leaf(type) : value(type)};
  }
  return set_some(std::move(node));
}

}  // namespace wisp::oracle
