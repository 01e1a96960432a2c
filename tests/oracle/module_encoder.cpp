// The binary form of a tree; see module_encoder.h.
#include "tests/oracle/module_encoder.h"

#include <algorithm>
#include <string>

#include "tests/support/module_builder.h"

namespace wisp::oracle {

namespace {

using jit::FuncType;
using jit::Opcode;
using jit::ValueType;
using test::append;
using test::append_u32;
using test::Bytes;
using test::ModuleBuilder;

constexpr uint32_t kRemoved = ~uint32_t{0};

void append_signed(Bytes& bytes, int64_t value) {
  for (;;) {
    const auto low = static_cast<uint8_t>(value & 0x7f);
    value >>= 7;
    if ((value == 0 && (low & 0x40) == 0) || (value == -1 && (low & 0x40) != 0)) {
      bytes.push_back(low);
      return;
    }
    bytes.push_back(low | 0x80);
  }
}
void append_fixed(Bytes& bytes, uint64_t value, int size) {
  for (int i = 0; i < size; ++i) bytes.push_back(static_cast<uint8_t>(value >> (8 * i)));
}
void append_opcode(Bytes& bytes, Opcode opcode) {
  const auto value = static_cast<uint32_t>(opcode);
  if (value < 0x100) return bytes.push_back(static_cast<uint8_t>(value));
  bytes.push_back(jit::kMiscPrefix);
  append_u32(bytes, value - 0x100);
}
void append_constant(Bytes& bytes, ValueType type, uint64_t bits) {
  switch (type) {
    case ValueType::kI32:
      append_opcode(bytes, Opcode::kI32Const);
      return append_signed(bytes, static_cast<int32_t>(bits));
    case ValueType::kI64:
      append_opcode(bytes, Opcode::kI64Const);
      return append_signed(bytes, static_cast<int64_t>(bits));
    case ValueType::kF32:
      append_opcode(bytes, Opcode::kF32Const);
      return append_fixed(bytes, bits, 4);
    case ValueType::kF64:
      append_opcode(bytes, Opcode::kF64Const);
      return append_fixed(bytes, bits, 8);
    default:
      append_opcode(bytes, Opcode::kRefNull);
      bytes.push_back(static_cast<uint8_t>(type));
  }
}
void append_limits(Bytes& bytes, const jit::Limits& limits) {
  bytes.push_back(limits.max.has_value());
  append_u32(bytes, static_cast<uint32_t>(limits.min));
  if (limits.max.has_value()) append_u32(bytes, static_cast<uint32_t>(*limits.max));
}

class Encoder {
 public:
  explicit Encoder(const ModuleTree& module) : module_(module) {}

  std::optional<std::vector<uint8_t>> encode() {
    number_functions();
    imports();
    definitions();
    exports();
    segments();
    for (const Function& function : module_.functions) {
      if (!function.is_removed) body(function);
    }
    if (!is_valid_) return std::nullopt;
    return builder_.build();
  }

 private:
  void number_functions() {
    numbers_.resize(module_.function_count());
    uint32_t next = 0;
    for (uint32_t i = 0; i < numbers_.size(); ++i) {
      const bool is_removed = i >= module_.imported_functions.size() &&
                              module_.functions[i - module_.imported_functions.size()].is_removed;
      numbers_[i] = is_removed ? kRemoved : next++;
    }
  }
  uint32_t number(uint64_t function) {
    const uint32_t result = numbers_[function];
    is_valid_ = is_valid_ && result != kRemoved;
    return result;
  }
  uint32_t type_index(const FuncType& type) {
    const auto found = std::find(types_.begin(), types_.end(), type);
    if (found != types_.end()) return static_cast<uint32_t>(found - types_.begin());
    types_.push_back(type);
    return builder_.type(type.params, type.results);
  }

  // ---- Sections ----

  void import(const std::string& name, uint8_t kind, const Bytes& type) {
    Bytes bytes;
    test::append_name(bytes, "host");
    test::append_name(bytes, name);
    bytes.push_back(kind);
    append(bytes, type);
    builder_.add(ModuleBuilder::kImports, bytes);
  }
  static Bytes bytes_of(const jit::TableType& type) {
    Bytes bytes = {static_cast<uint8_t>(type.element)};
    append_limits(bytes, type.limits);
    return bytes;
  }
  static Bytes bytes_of(const jit::MemoryType& type) {
    Bytes bytes;
    append_limits(bytes, type.limits);
    return bytes;
  }
  static Bytes bytes_of(const jit::GlobalType& type) {
    return {static_cast<uint8_t>(type.value),
            static_cast<uint8_t>(type.mutability == jit::Mutability::kVar)};
  }

  void imports() {
    for (size_t i = 0; i < module_.imported_functions.size(); ++i)
      import("f" + std::to_string(i), 0, test::u32(type_index(module_.imported_functions[i])));
    for (size_t i = 0; i < module_.tables.size(); ++i) {
      const Table& table = module_.tables[i];
      if (table.is_imported) import("t" + std::to_string(i), 1, bytes_of(table.type));
    }
    if (module_.memory.has_value() && module_.memory->is_imported)
      import("m", 2, bytes_of(module_.memory->type));
    for (size_t i = 0; i < module_.globals.size(); ++i) {
      const Global& global = module_.globals[i];
      if (global.is_imported) import("g" + std::to_string(i), 3, bytes_of(global.type));
    }
  }
  void definitions() {
    for (const Table& table : module_.tables) {
      if (!table.is_imported) builder_.add(ModuleBuilder::kTables, bytes_of(table.type));
    }
    if (module_.memory.has_value() && !module_.memory->is_imported)
      builder_.add(ModuleBuilder::kMemories, bytes_of(module_.memory->type));
    for (const Global& global : module_.globals) {
      if (global.is_imported) continue;
      Bytes bytes = bytes_of(global.type);
      append_constant(bytes, global.type.value, global.bits);
      append_opcode(bytes, Opcode::kEnd);
      builder_.add(ModuleBuilder::kGlobals, bytes);
    }
  }
  void exports() {
    for (uint32_t i = 0; i < numbers_.size(); ++i) {
      if (numbers_[i] != kRemoved) builder_.export_item("f" + std::to_string(i), 0, numbers_[i]);
    }
    for (uint32_t i = 0; i < module_.tables.size(); ++i)
      builder_.export_item("t" + std::to_string(i), 1, i);
    if (module_.memory.has_value()) builder_.export_item("m", 2, 0);
    for (uint32_t i = 0; i < module_.globals.size(); ++i)
      builder_.export_item("g" + std::to_string(i), 3, i);
  }
  void segments() {
    for (const Elements& elements : module_.elements) add_elements(elements);
    if (module_.data.empty()) return;
    builder_.add(ModuleBuilder::kDataCount, test::u32(static_cast<uint32_t>(module_.data.size())));
    for (const Data& data : module_.data) {
      Bytes bytes = {static_cast<uint8_t>(!data.is_active)};
      if (data.is_active) append_offset(bytes, data.offset);
      append_u32(bytes, static_cast<uint32_t>(data.bytes.size()));
      append(bytes, data.bytes);
      builder_.add(ModuleBuilder::kData, bytes);
    }
  }
  static void append_offset(Bytes& bytes, uint32_t offset) {
    append_constant(bytes, ValueType::kI32, offset);
    append_opcode(bytes, Opcode::kEnd);
  }
  // As expressions, which may be null: with a table (6) or passive (5).
  void add_elements(const Elements& elements) {
    Bytes bytes = {static_cast<uint8_t>(elements.is_active ? 6 : 5)};
    if (elements.is_active) {
      append_u32(bytes, elements.table);
      append_offset(bytes, elements.offset);
    }
    bytes.push_back(static_cast<uint8_t>(ValueType::kFuncRef));
    append_u32(bytes, static_cast<uint32_t>(elements.functions.size()));
    for (const std::optional<uint32_t>& function : elements.functions) {
      if (!function.has_value() || numbers_[*function] == kRemoved) {
        append_constant(bytes, ValueType::kFuncRef, 0);
      } else {
        append_opcode(bytes, Opcode::kRefFunc);
        append_u32(bytes, numbers_[*function]);
      }
      append_opcode(bytes, Opcode::kEnd);
    }
    builder_.add(ModuleBuilder::kElements, bytes);
  }

  // ---- Bodies ----

  void body(const Function& function) {
    ModuleBuilder::Locals locals;
    for (ValueType type : function.locals) {
      if (locals.empty() || locals.back().second != type) locals.push_back({0, type});
      ++locals.back().first;
    }
    code_.clear();
    open_.assign(1, kFunctionLabel);
    nodes(function.body);
    builder_.function(type_index(function.type), code_, locals);
  }

  void nodes(const std::vector<Node>& list) {
    for (const Node& node : list) this->node(node);
  }
  void node(const Node& node) {
    nodes(node.operands);
    switch (node.kind) {
      case Node::Kind::kSequence:
      case Node::Kind::kIncoming:
        return;
      case Node::Kind::kInstruction:
        append_opcode(code_, node.opcode);
        return immediates(node);
      case Node::Kind::kBlock:
        return block(Opcode::kBlock, node);
      case Node::Kind::kLoop:
        return block(Opcode::kLoop, node);
      case Node::Kind::kIf:
        return block(Opcode::kIf, node);
    }
  }
  void block(Opcode opcode, const Node& node) {
    append_opcode(code_, opcode);
    const FuncType& type = node.type;
    if (type.params.empty() && type.results.size() <= 1)
      code_.push_back(type.results.empty() ? 0x40 : static_cast<uint8_t>(type.results[0]));
    else
      append_signed(code_, type_index(type));
    open_.push_back(node.label);
    nodes(node.body);
    if (node.has_else) {
      append_opcode(code_, Opcode::kElse);
      nodes(node.else_body);
    }
    open_.pop_back();
    append_opcode(code_, Opcode::kEnd);
  }

  void immediates(const Node& node) {
    switch (node.opcode) {
      case Opcode::kBr:
      case Opcode::kBrIf:
        return depth(node.labels[0]);
      case Opcode::kBrTable:
        append_u32(code_, static_cast<uint32_t>(node.labels.size() - 1));
        for (uint32_t label : node.labels) depth(label);
        return;
      case Opcode::kCall:
      case Opcode::kRefFunc:
        return append_u32(code_, number(node.immediate));
      case Opcode::kCallIndirect:
        append_u32(code_, type_index(node.type));
        return append_u32(code_, static_cast<uint32_t>(node.immediate));
      case Opcode::kSelectTyped:
        code_.push_back(1);
        code_.push_back(static_cast<uint8_t>(node.results.back()));
        return;
      case Opcode::kI32Const:
      case Opcode::kI64Const:
      case Opcode::kF32Const:
      case Opcode::kF64Const:
      case Opcode::kRefNull:
        code_.pop_back();
        return append_constant(code_, node.results.back(), node.immediate);
      default:
        return indices(node);
    }
  }
  void indices(const Node& node) {
    const auto index = static_cast<uint32_t>(node.immediate);
    switch (node.opcode) {
      case Opcode::kMemorySize:
      case Opcode::kMemoryGrow:
      case Opcode::kMemoryFill:
        return code_.push_back(0);
      case Opcode::kMemoryCopy:
        return append(code_, {0, 0});
      case Opcode::kMemoryInit:
        append_u32(code_, index);
        return code_.push_back(0);
      case Opcode::kTableInit:
      case Opcode::kTableCopy:
        append_u32(code_, index);
        return append_u32(code_, node.second_immediate);
      default:
        break;
    }
    if (is_access(node.opcode)) {
      append_u32(code_, node.align_log2);
      append_u32(code_, index);
    } else if (takes_index(node.opcode)) {
      append_u32(code_, index);
    }
  }

  void depth(uint32_t label) {
    const auto found = std::find(open_.rbegin(), open_.rend(), label);
    is_valid_ = is_valid_ && found != open_.rend();
    append_u32(code_, static_cast<uint32_t>(found - open_.rbegin()));
  }

  const ModuleTree& module_;
  ModuleBuilder builder_;
  std::vector<uint32_t> numbers_;  // of functions in the binary
  std::vector<FuncType> types_;
  std::vector<uint32_t> open_;  // labels, innermost last
  Bytes code_;
  bool is_valid_ = true;
};

}  // namespace

std::optional<std::vector<uint8_t>> encode(const ModuleTree& module) {
  return Encoder(module).encode();
}

}  // namespace wisp::oracle
