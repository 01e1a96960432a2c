#include "jit/wasm/types.h"

namespace wisp::jit {

const char* to_string(ValueType type) {
  switch (type) {
    case ValueType::kI32:
      return "i32";
    case ValueType::kI64:
      return "i64";
    case ValueType::kF32:
      return "f32";
    case ValueType::kF64:
      return "f64";
    case ValueType::kV128:
      return "v128";
    case ValueType::kFuncRef:
      return "funcref";
    case ValueType::kExternRef:
      return "externref";
  }
  return "?";
}

const char* unsupported_type_feature(uint8_t code) {
  switch (code) {
    case 0x7b:
      return "simd";
    case 0x74:
    case 0x69:
      return "exceptions";
    case 0x63:
    case 0x64:
      return "function-references";
    case 0x75:
    case 0x68:
      return "stack-switching";
    case 0x65:
      return "shared-everything-threads";
    case 0x73:
    case 0x72:
    case 0x71:
    case 0x6e:
    case 0x6d:
    case 0x6c:
    case 0x6b:
    case 0x6a:
      return "gc";
    default:
      return nullptr;
  }
}

const char* to_string(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc:
      return "function";
    case ExternKind::kTable:
      return "table";
    case ExternKind::kMemory:
      return "memory";
    case ExternKind::kGlobal:
      return "global";
  }
  return "?";
}

static std::string list(const std::vector<ValueType>& types) {
  std::string text = "(";
  for (ValueType type : types) text.append(text.size() > 1 ? ", " : "").append(to_string(type));
  return text + ")";
}

std::string to_string(const FuncType& type) {
  return list(type.params) + " -> " + list(type.results);
}

}  // namespace wisp::jit
