// The text form of a tree; see module_text.h.
#include "tests/oracle/module_text.h"

#include <bit>
#include <cinttypes>
#include <cmath>
#include <cstdio>

namespace wisp::oracle {

namespace {

using jit::FuncType;
using jit::Opcode;
using jit::ValueType;

template <class... Arguments>
std::string print(const char* format, Arguments... arguments) {
  char text[128];
  std::snprintf(text, sizeof text, format, arguments...);
  return text;
}

// Numbers as hexadecimal floats: no digit is lost.
std::string float_text(double value, bool is_negative, uint64_t payload) {
  const std::string sign = is_negative ? "-" : "";
  if (std::isnan(value)) return sign + print("nan:0x%" PRIx64, payload);
  if (std::isinf(value)) return sign + "inf";
  return sign + print("%a", std::fabs(value));
}
std::string constant(ValueType type, uint64_t bits) {
  const std::string name = jit::to_string(type);
  switch (type) {
    case ValueType::kI32:
      return "i32.const " + std::to_string(static_cast<int32_t>(bits));
    case ValueType::kI64:
      return "i64.const " + std::to_string(static_cast<int64_t>(bits));
    case ValueType::kF32: {
      const auto low = static_cast<uint32_t>(bits);
      return "f32.const " + float_text(std::bit_cast<float>(low), low >> 31 != 0, low & 0x7fffff);
    }
    case ValueType::kF64:
      return "f64.const " +
             float_text(std::bit_cast<double>(bits), bits >> 63 != 0, bits & 0xfffffffffffff);
    default:
      return type == ValueType::kFuncRef ? "ref.null func" : "ref.null extern";
  }
}
std::string list(const char* keyword, const Types& types) {
  if (types.empty()) return "";
  std::string text = std::string(" (") + keyword;
  for (ValueType type : types) text += std::string(" ") + jit::to_string(type);
  return text + ")";
}
std::string to_text(const FuncType& type) {
  return list("param", type.params) + list("result", type.results);
}
std::string to_text(const jit::Limits& limits) {
  std::string text = std::to_string(limits.min);
  if (limits.max.has_value()) text += " " + std::to_string(*limits.max);
  return text;
}
std::string to_text(const jit::GlobalType& type) {
  const std::string value = jit::to_string(type.value);
  return type.mutability == jit::Mutability::kVar ? "(mut " + value + ")" : value;
}

// One body, node by node.
class BodyPrinter {
 public:
  std::string print_all(const std::vector<Node>& body) {
    indent_ = 2;
    nodes(body);
    return std::move(text_);
  }

 private:
  void nodes(const std::vector<Node>& list) {
    for (const Node& node : list) this->node(node);
  }
  void node(const Node& node) {
    if (node.kind == Node::Kind::kIncoming) return line("(;parameters of the block;)");
    if (node.kind == Node::Kind::kSequence) return nodes(node.operands);
    if (node.kind == Node::Kind::kInstruction) return instruction(node);
    nodes(node.operands);
    const char* keyword = node.kind == Node::Kind::kBlock  ? "(block"
                          : node.kind == Node::Kind::kLoop ? "(loop"
                                                           : "(if";
    line(keyword + (" $" + std::to_string(node.label)) + to_text(node.type));
    ++indent_;
    ++open_blocks_;
    if (node.kind == Node::Kind::kIf) {
      arm("(then", node.body);
      if (node.has_else) arm("(else", node.else_body);
    } else {
      nodes(node.body);
    }
    --open_blocks_;
    --indent_;
    close();
  }
  void arm(const char* keyword, const std::vector<Node>& body) {
    line(keyword);
    ++indent_;
    nodes(body);
    --indent_;
    close();
  }
  void instruction(const Node& node) {
    line("(" + name(node) + immediates(node));
    ++indent_;
    nodes(node.operands);
    --indent_;
    close();
  }
  static std::string name(const Node& node) {
    switch (node.opcode) {
      case Opcode::kI32Const:
      case Opcode::kI64Const:
      case Opcode::kF32Const:
      case Opcode::kF64Const:
      case Opcode::kRefNull:
        return constant(node.results.back(), node.immediate);
      default:
        return jit::to_string(node.opcode);
    }
  }
  // The function's own label has no name: how many blocks there are around the branch.
  std::string label(uint32_t number) const {
    return number == kFunctionLabel ? " " + std::to_string(open_blocks_)
                                    : " $" + std::to_string(number);
  }
  std::string immediates(const Node& node) const {
    const std::string index = " " + std::to_string(node.immediate);
    switch (node.opcode) {
      case Opcode::kBr:
      case Opcode::kBrIf:
      case Opcode::kBrTable: {
        std::string text;
        for (uint32_t number : node.labels) text += label(number);
        return text;
      }
      case Opcode::kCall:
      case Opcode::kRefFunc:
        return " $f" + std::to_string(node.immediate);
      case Opcode::kCallIndirect:
        return index + to_text(node.type);
      case Opcode::kSelectTyped:
        return list("result", {node.results.back()});
      case Opcode::kMemoryInit:
        return index;
      case Opcode::kTableInit:  // the table comes first
        return " " + std::to_string(node.second_immediate) + index;
      case Opcode::kTableCopy:
        return index + " " + std::to_string(node.second_immediate);
      default:
        break;
    }
    if (is_access(node.opcode)) {
      return (node.immediate != 0 ? " offset=" + std::to_string(node.immediate) : "") +
             " align=" + std::to_string(1u << node.align_log2);
    }
    return takes_index(node.opcode) ? index : "";
  }

  void line(const std::string& content) { text_ += "\n" + std::string(2 * indent_, ' ') + content; }
  void close() { text_ += ")"; }

  std::string text_;
  size_t indent_ = 0;
  uint32_t open_blocks_ = 0;
};

std::string function_text(const Function& function, uint32_t index) {
  const std::string name = "f" + std::to_string(index);
  if (function.is_removed) return "  (func $" + name + ")\n";
  return "  (func $" + name + " (export \"" + name + "\")" + to_text(function.type) +
         list("local", function.locals) + BodyPrinter().print_all(function.body) + ")\n";
}

std::string import_text(const std::string& name) { return " (import \"host\" \"" + name + "\")"; }

std::string segments_text(const ModuleTree& module) {
  std::string text;
  for (const Elements& elements : module.elements) {
    text += "  (elem";
    if (elements.is_active)
      text += print(" (table %u) (i32.const %u)", elements.table, elements.offset);
    text += " funcref";
    for (const std::optional<uint32_t>& function : elements.functions)
      text += function.has_value() ? print(" (ref.func $f%u)", *function) : " (ref.null func)";
    text += ")\n";
  }
  for (const Data& data : module.data) {
    text += "  (data";
    if (data.is_active) text += print(" (i32.const %u)", data.offset);
    text += " \"";
    for (uint8_t byte : data.bytes) text += print("\\%02x", byte);
    text += "\")\n";
  }
  return text;
}

// Tables, the memory and globals, those that are imported or those that are not.
std::string items_text(const ModuleTree& module, bool is_imported) {
  std::string text;
  auto begin = [&](const char* keyword, const std::string& name) {
    text += "  (" + std::string(keyword) + " (export \"" + name + "\")" +
            (is_imported ? import_text(name) : "") + " ";
  };
  for (size_t i = 0; i < module.tables.size(); ++i) {
    const Table& table = module.tables[i];
    if (table.is_imported != is_imported) continue;
    begin("table", "t" + std::to_string(i));
    text += to_text(table.type.limits) + " " + jit::to_string(table.type.element) + ")\n";
  }
  if (module.memory.has_value() && module.memory->is_imported == is_imported) {
    begin("memory", "m");
    text += to_text(module.memory->type.limits) + ")\n";
  }
  for (size_t i = 0; i < module.globals.size(); ++i) {
    const Global& global = module.globals[i];
    if (global.is_imported != is_imported) continue;
    begin("global", "g" + std::to_string(i));
    text += to_text(global.type);
    text += is_imported ? ")\n" : " (" + constant(global.type.value, global.bits) + "))\n";
  }
  return text;
}

}  // namespace

std::string to_text(const ModuleTree& module) {
  std::string text = "(module\n";
  for (uint32_t i = 0; i < module.imported_functions.size(); ++i) {
    const std::string name = "f" + std::to_string(i);
    text += "  (func $" + name + " (export \"" + name + "\")" + import_text(name) +
            to_text(module.imported_functions[i]) + ")\n";
  }
  // Imports come before all definitions.
  text += items_text(module, true) + items_text(module, false);
  for (uint32_t i = 0; i < module.functions.size(); ++i)
    text += function_text(module.functions[i],
                          static_cast<uint32_t>(i + module.imported_functions.size()));
  return text + segments_text(module) + ")\n";
}

}  // namespace wisp::oracle
