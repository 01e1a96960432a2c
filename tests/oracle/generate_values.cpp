// Expressions: constants, arithmetic, comparisons, conversions; see function_generator.h.
#include <algorithm>
#include <array>
#include <bit>
#include <limits>

#include "tests/oracle/function_generator.h"

namespace wisp::oracle {

namespace {

using jit::Opcode;
using jit::ValueType;

// The opcodes of a subject, by the type of their results.
struct OpcodesByResult {
  std::vector<Opcode> i32, i64, f32, f64;

  const std::vector<Opcode>& of(ValueType type) const {
    return type == ValueType::kI32   ? i32
           : type == ValueType::kI64 ? i64
           : type == ValueType::kF32 ? f32
                                     : f64;
  }
};

constexpr std::array kNumericOpcodes = {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) Opcode::k##Name,
#include "jit/wasm/opcodes.def"
};

const jit::OpcodeEffect& effect_of(Opcode opcode) {
  return jit::kOpcodeEffects[static_cast<size_t>(opcode)];
}
bool is_in(Opcode opcode, Opcode first, Opcode last) { return opcode >= first && opcode <= last; }
bool is_division(Opcode opcode) {
  return is_in(opcode, Opcode::kI32DivS, Opcode::kI32RemU) ||
         is_in(opcode, Opcode::kI64DivS, Opcode::kI64RemU);
}
bool is_shift(Opcode opcode) {
  return is_in(opcode, Opcode::kI32Shl, Opcode::kI32Rotr) ||
         is_in(opcode, Opcode::kI64Shl, Opcode::kI64Rotr);
}
bool is_truncation(Opcode opcode) {
  return is_in(opcode, Opcode::kI32TruncF32S, Opcode::kI32TruncF64U) ||
         is_in(opcode, Opcode::kI64TruncF32S, Opcode::kI64TruncF64U);
}
bool is_reinterpretation_of_float(Opcode opcode) {
  return opcode == Opcode::kI32ReinterpretF32 || opcode == Opcode::kI64ReinterpretF64;
}
bool is_comparison(Opcode opcode) { return is_in(opcode, Opcode::kI32Eqz, Opcode::kF64Ge); }

template <class Predicate>
OpcodesByResult opcodes_with(Predicate predicate) {
  OpcodesByResult result;
  for (Opcode opcode : kNumericOpcodes) {
    if (!predicate(opcode, effect_of(opcode))) continue;
    switch (effect_of(opcode).result) {
      case ValueType::kI32:
        result.i32.push_back(opcode);
        break;
      case ValueType::kI64:
        result.i64.push_back(opcode);
        break;
      case ValueType::kF32:
        result.f32.push_back(opcode);
        break;
      default:
        result.f64.push_back(opcode);
    }
  }
  return result;
}

constexpr uint64_t kInterestingIntegers[] = {0,
                                             1,
                                             2,
                                             3,
                                             4,
                                             5,
                                             7,
                                             8,
                                             9,
                                             15,
                                             16,
                                             31,
                                             32,
                                             33,
                                             63,
                                             64,
                                             100,
                                             127,
                                             128,
                                             255,
                                             256,
                                             0x7fff,
                                             0x8000,
                                             0xffff,
                                             0x10000,
                                             0x7fffffff,
                                             0x80000000,
                                             0xfffffffe,
                                             0xffffffff,
                                             0x100000000,
                                             0x7fffffffffffffff,
                                             0x8000000000000000,
                                             0xffffffff80000000,
                                             0xffffffff7fffffff,
                                             0xffffffffffffff80,
                                             0xfffffffffffffffe,
                                             0xffffffffffffffff};
constexpr double kInterestingReals[] = {0.0,
                                        -0.0,
                                        1.0,
                                        -1.0,
                                        0.5,
                                        1.5,
                                        2.5,
                                        -2.5,
                                        3.0,
                                        100.0,
                                        4294967040.0,
                                        2147483520.0,
                                        2147483648.0,
                                        -2147483648.0,
                                        2147483647.0,
                                        4294967295.0,
                                        4294967296.0,
                                        9223372036854775808.0,
                                        -9223372036854775808.0,
                                        18446744073709551616.0,
                                        1e-40,
                                        1e30,
                                        1e300,
                                        5e-324,
                                        16777217.0};
// Canonical ones of both signs, and some with other payloads; the last are signalling.
constexpr uint32_t kNans32[] = {0x7fc00000, 0xffc00000, 0x7fffffff, 0xffc00001,
                                0x7f800001, 0xffa00000, 0x7f800000, 0xff800000};
constexpr uint64_t kNans64[] = {0x7ff8000000000000, 0xfff8000000000000, 0x7fffffffffffffff,
                                0xfff8000000000001, 0x7ff0000000000001, 0xfff4000000000000,
                                0x7ff0000000000000, 0xfff0000000000000};

}  // namespace

uint64_t FunctionGenerator::interesting_bits(test::RandomSource& random, ValueType type) {
  const uint32_t kind = random.below(10);
  switch (type) {
    case ValueType::kI32:
    case ValueType::kI64: {
      uint64_t bits = kind < 6 ? kInterestingIntegers[random.below(std::size(kInterestingIntegers))]
                      : kind < 8 ? random.byte()
                                 : random.word();
      if (kind == 5) bits = uint64_t{1} << random.below(64);
      return type == ValueType::kI32 ? static_cast<uint32_t>(bits) : bits;
    }
    case ValueType::kF32:
      if (kind < 2) return kNans32[random.below(std::size(kNans32))];
      if (kind == 2) return static_cast<uint32_t>(random.word());
      return std::bit_cast<uint32_t>(
          static_cast<float>(kInterestingReals[random.below(std::size(kInterestingReals))]));
    case ValueType::kF64:
      if (kind < 2) return kNans64[random.below(std::size(kNans64))];
      if (kind == 2) return random.word();
      return std::bit_cast<uint64_t>(kInterestingReals[random.below(std::size(kInterestingReals))]);
    default:
      return 0;
  }
}

uint32_t FunctionGenerator::weighted(std::initializer_list<uint32_t> weights) {
  uint32_t sum = 0;
  for (uint32_t weight : weights) sum += weight;
  uint32_t choice = random_.below(std::max(sum, 1u));
  uint32_t number = 0;
  for (uint32_t weight : weights) {
    if (choice < weight) return number;
    choice -= weight;
    ++number;
  }
  return 0;
}

ValueType FunctionGenerator::any_type() {
  switch (weighted({profile_.i32, profile_.i64, profile_.f32, profile_.f64, profile_.references})) {
    case 0:
      return ValueType::kI32;
    case 1:
      return ValueType::kI64;
    case 2:
      return ValueType::kF32;
    case 3:
      return ValueType::kF64;
    default:
      return percent(50) ? ValueType::kFuncRef : ValueType::kExternRef;
  }
}

Types FunctionGenerator::some_types(uint32_t max) {
  Types types(random_.below(max + 1));
  for (ValueType& type : types) type = any_type();
  return types;
}

// ---- Values of a type ----

Node FunctionGenerator::value(ValueType type) {
  if (--budget_ < 0 || depth_ >= profile_.max_depth) return leaf(type);
  const Nesting nesting(depth_);
  if (percent(15)) return structured(type);
  if (jit::is_reference(type)) return reference(type);
  return jit::is_float(type) ? real(type) : integer(type);
}

std::vector<Node> FunctionGenerator::values(const Types& types) {
  std::vector<Node> result;
  for (ValueType type : types) result.push_back(percent(40) ? leaf(type) : value(type));
  return result;
}

Node FunctionGenerator::any_constant(ValueType type) {
  return constant(type, interesting_bits(random_, type));
}

Node FunctionGenerator::leaf(ValueType type) {
  if (percent(70)) {
    if (const auto local = readable(type)) return get(*local);
  }
  if (percent(20)) {
    for (uint32_t global = 0; global < module_.globals.size(); ++global) {
      if (module_.globals[global].type.value == type && (percent(40) || global == fuel_))
        return instruction(Opcode::kGlobalGet, {type}, {}, global);
    }
  }
  if (type == ValueType::kFuncRef && percent(60)) {
    const auto imported = static_cast<uint32_t>(module_.imported_functions.size());
    const uint32_t function =
        imported + random_.below(static_cast<uint32_t>(module_.functions.size()));
    return instruction(Opcode::kRefFunc, {type}, {}, function);
  }
  return any_constant(type);
}

Node FunctionGenerator::integer(ValueType type) {
  const bool is_i32 = type == ValueType::kI32;
  switch (weighted({4, 12, 2, is_i32 ? 5u : 0u, 3, 1u + profile_.stores, 3, 4, is_i32 ? 1u : 0u})) {
    case 0:
      return leaf(type);
    case 1:
      return arithmetic(type);
    case 2:
      return unary(type);
    case 3:
      return condition();
    case 4:
      return conversion(type);
    case 5:
      return load(type);
    case 6:
      return division(type);
    case 7:
      return shift(type);
    default:
      return size_query();
  }
}

Node FunctionGenerator::real(ValueType type) {
  switch (weighted({4, 10, 4, 3, 1u + profile_.stores})) {
    case 0:
      return leaf(type);
    case 1:
      return arithmetic(type);
    case 2:
      return unary(type);
    case 3:
      return conversion(type);
    default:
      return load(type);
  }
}

Node FunctionGenerator::reference(ValueType type) {
  return percent(50) ? leaf(type) : table_get(type);
}

// Of any type: values that come out of control, calls, assignments.
Node FunctionGenerator::structured(ValueType type) {
  switch (weighted(
      {3, 3, profile_.calls, 1u + profile_.blocks / 3u, 2, 1u + profile_.branches / 2u, 1})) {
    case 0:
      return select(type);
    case 1: {
      Node written = value(type);
      return tee_local(writable_or_new(type), std::move(written));
    }
    case 2:
      return call_of(type);
    case 3:
      return percent(50) ? if_else({}, {type}) : percent(50) ? block({}, {type}) : loop({}, {type});
    case 4: {
      // Statements while a value waits, or in front of it.
      std::vector<Node> nodes;
      if (percent(60)) nodes.push_back(value(type));
      const bool is_first = !nodes.empty();
      for (Node& node : statements(1 + random_.below(2))) nodes.push_back(std::move(node));
      if (!is_first) nodes.push_back(value(type));
      return sequence(std::move(nodes), {type});
    }
    case 5:
      return branch_if_value(type);
    default: {
      // Several values, all but the first of which go elsewhere.
      Types types = some_types(3);
      types.insert(types.begin(), type);
      Node node = percent(50) ? block({}, types) : if_else({}, types);
      while (node.results.size() > 1) node = consume_one(std::move(node));
      return node;
    }
  }
}

Node FunctionGenerator::arithmetic(ValueType type) {
  static const OpcodesByResult opcodes = opcodes_with([](Opcode opcode, auto& effect) {
    return effect.pops == 2 && !is_comparison(opcode) && !is_division(opcode) && !is_shift(opcode);
  });
  const Opcode opcode = pick(opcodes.of(type));
  Node lhs = value(type);
  if (percent(20)) return Numeric{opcode, std::move(lhs), any_constant(type)};
  if (percent(8)) return Numeric{opcode, any_constant(type), std::move(lhs)};
  return Numeric{opcode, std::move(lhs), value(type)};
}

// Traps now and then: by zero, and by overflow.
Node FunctionGenerator::division(ValueType type) {
  static const OpcodesByResult opcodes =
      opcodes_with([](Opcode opcode, auto&) { return is_division(opcode); });
  const bool is_i32 = type == ValueType::kI32;
  const Opcode opcode = pick(opcodes.of(type));
  Node lhs = value(type);
  Node rhs;
  switch (weighted({50, 40, 6, 1})) {
    case 0:
      rhs = Numeric{is_i32 ? Opcode::kI32Or : Opcode::kI64Or, value(type),
                    constant(type, 1 + random_.below(8))};
      break;
    case 1:
      rhs = any_constant(type);
      if (rhs.immediate == 0) rhs.immediate = 7;
      if (percent(15))
        rhs.immediate = percent(50) ? 0xffffffff : is_i32 ? 0xffffffff : ~uint64_t{0};
      break;
    case 2:
      rhs = value(type);
      break;
    default:
      rhs = constant(type, percent(50) ? 0 : is_i32 ? 0xffffffff : ~uint64_t{0});
  }
  return Numeric{opcode, std::move(lhs), std::move(rhs)};
}

Node FunctionGenerator::shift(ValueType type) {
  static const OpcodesByResult opcodes =
      opcodes_with([](Opcode opcode, auto&) { return is_shift(opcode); });
  const Opcode opcode = pick(opcodes.of(type));
  Node lhs = value(type);
  return Numeric{opcode, std::move(lhs),
                 percent(35) ? constant(type, random_.below(66)) : value(type)};
}

Node FunctionGenerator::unary(ValueType type) {
  static const OpcodesByResult opcodes = opcodes_with([](Opcode opcode, auto& effect) {
    return effect.pops == 1 && effect.operands[1] == effect.result && !is_comparison(opcode);
  });
  const Opcode opcode = pick(opcodes.of(type));
  return Numeric{opcode, value(type)};
}

Node FunctionGenerator::comparison() {
  static const OpcodesByResult opcodes =
      opcodes_with([](Opcode opcode, auto&) { return is_comparison(opcode); });
  ValueType type = any_type();
  if (jit::is_reference(type)) {
    return instruction(Opcode::kRefIsNull, {ValueType::kI32}, List{value(type)});
  }
  Opcode opcode;
  do {
    opcode = pick(opcodes.i32);
  } while (effect_of(opcode).operands[1] != type && random_.below(16) != 0);
  type = effect_of(opcode).operands[1];
  if (effect_of(opcode).pops == 1) return Numeric{opcode, value(type)};
  Node lhs = percent(50) ? leaf(type) : value(type);
  Node rhs = percent(30) ? any_constant(type) : percent(50) ? leaf(type) : value(type);
  return Numeric{opcode, std::move(lhs), std::move(rhs)};
}

// An i32 that is used as a truth, often in the forms that are fused with what takes it.
Node FunctionGenerator::condition() {
  switch (weighted({10, 3, 2, 3, 1})) {
    case 0:
      return comparison();
    case 1:
      return Numeric{Opcode::kI32Eqz, comparison()};
    case 2:
      return Numeric{Opcode::kI32And, value(ValueType::kI32), leaf(ValueType::kI32)};
    case 3:
      return value(ValueType::kI32);
    default:
      return Numeric{Opcode::kI32Eqz, Numeric{Opcode::kI32Eqz, comparison()}};
  }
}

Node FunctionGenerator::conversion(ValueType type) {
  static const OpcodesByResult opcodes = opcodes_with([](Opcode opcode, auto& effect) {
    return effect.pops == 1 && effect.operands[1] != effect.result && !is_comparison(opcode);
  });
  const Opcode opcode = pick(opcodes.of(type));
  const ValueType operand = effect_of(opcode).operands[1];
  if (is_reinterpretation_of_float(opcode) && percent(90))
    return Numeric{opcode, exact_real(operand)};
  // Those that trap are left to `truncation`, mostly.
  if (is_truncation(opcode) && percent(90)) return truncation(type);
  return Numeric{opcode, value(operand)};
}

// A trapping truncation of a value that fits.
Node FunctionGenerator::truncation(ValueType type) {
  const bool is_i32 = type == ValueType::kI32;
  Node small = Numeric{Opcode::kI32ShrU, value(ValueType::kI32), i32_const(4 + random_.below(20))};
  if (percent(50)) {
    return Numeric{is_i32 ? Opcode::kI32TruncF64U : Opcode::kI64TruncF64S,
                   Numeric{Opcode::kF64ConvertI32U, std::move(small)}};
  }
  return Numeric{is_i32 ? Opcode::kI32TruncF32S : Opcode::kI64TruncF32U,
                 Numeric{Opcode::kF32ConvertI32S, std::move(small)}};
}

Node FunctionGenerator::select(ValueType type) {
  Node lhs = percent(50) ? leaf(type) : value(type);
  Node rhs = percent(50) ? leaf(type) : value(type);
  Node chosen = percent(10) ? i32_const(random_.below(2)) : condition();
  const bool is_typed = jit::is_reference(type) || percent(10);
  return instruction(is_typed ? Opcode::kSelectTyped : Opcode::kSelect, {type},
                     List{std::move(lhs), std::move(rhs), std::move(chosen)});
}

Node FunctionGenerator::exact_real(ValueType type) {
  const bool is_f32 = type == ValueType::kF32;
  switch (weighted({2, 3, 2, 5})) {
    case 0:
      return any_constant(type);
    case 1:
      return load(type);
    case 2:
      return Numeric{is_f32 ? Opcode::kF32ConvertI32S : Opcode::kF64ConvertI64U,
                     value(is_f32 ? ValueType::kI32 : ValueType::kI64)};
    default:
      break;
  }
  // Any NaN becomes one of known bits.
  Node any = value(type);
  const uint32_t local = writable_or_new(type);
  Node kept = tee_local(local, std::move(any));
  Node is_number = Numeric{is_f32 ? Opcode::kF32Eq : Opcode::kF64Eq, get(local), get(local)};
  return instruction(Opcode::kSelect, {type},
                     List{std::move(kept), constant(type, is_f32 ? kNans32[0] : kNans64[0]),
                          std::move(is_number)});
}

Node FunctionGenerator::size_query() {
  const bool is_memory = module_.memory.has_value() && percent(60);
  if (!is_memory && module_.tables.empty()) return leaf(ValueType::kI32);
  if (is_memory) {
    return percent(20) ? memory_grow() : instruction(Opcode::kMemorySize, {ValueType::kI32});
  }
  const uint32_t table = random_.below(static_cast<uint32_t>(module_.tables.size()));
  if (percent(70)) return instruction(Opcode::kTableSize, {ValueType::kI32}, {}, table);
  Node initial = leaf(module_.tables[table].type.element);
  Node count = i32_const(percent(90) ? random_.below(3) : ~0u);
  return instruction(Opcode::kTableGrow, {ValueType::kI32},
                     List{std::move(initial), std::move(count)}, table);
}

Node FunctionGenerator::index_below(uint32_t limit) {
  switch (weighted({60, 30, 3, 2})) {
    case 0:
      return i32_const(random_.below(std::max(limit, 1u)));
    case 1:
      return Numeric{Opcode::kI32And, value(ValueType::kI32), i32_const(std::bit_floor(limit) - 1)};
    case 2:
      return percent(50) ? i32_const(limit) : i32_const(~0u);
    default:
      return value(ValueType::kI32);
  }
}

// Whether a value is certainly below 0x8000, so that it is a good address.
bool FunctionGenerator::is_small(const Node& node, const std::vector<bool>& small_locals) {
  if (node.kind != Node::Kind::kInstruction) return false;
  switch (node.opcode) {
    case Opcode::kI32Const:
      return static_cast<uint32_t>(node.immediate) < 0x8000;
    case Opcode::kI32And:
      return is_small(node.operands[0], small_locals) || is_small(node.operands[1], small_locals);
    case Opcode::kI32Load8U:
    case Opcode::kMemorySize:
      return true;
    case Opcode::kI32ShrU:
      return node.operands[1].opcode == Opcode::kI32Const &&
             (node.operands[1].immediate & 31) >= 17;
    case Opcode::kLocalGet:
      return small_locals[node.immediate];
    case Opcode::kLocalTee:
      return is_small(node.operands[0], small_locals);
    default:
      return is_comparison(node.opcode);
  }
}

}  // namespace wisp::oracle
