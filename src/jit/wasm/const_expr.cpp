#include "jit/wasm/const_expr.h"

#include <fmt/format.h>

#include "jit/wasm/opcodes.h"

namespace wisp::jit {
namespace {

Error invalid(std::string text, uint64_t offset) {
  return Error(ErrorCode::kInvalid, std::move(text), offset);
}

// An opcode that is no constant, or none at all.
Error bad_opcode(uint32_t prefix, uint32_t code, uint64_t offset) {
  if (code < 0x100 && (prefix == 0 || prefix == kMiscPrefix)) {
    const std::string_view text = to_string(Opcode(opcode_value(prefix, code)));
    if (text != "unknown") {
      return invalid(fmt::format("constant expression required, found {}", text), offset);
    }
  }
  if (const char* feature = unsupported_feature(prefix, code)) {
    return Error(ErrorCode::kUnsupported, fmt::format("needs {}: not supported yet", feature),
                 offset);
  }
  return Error(ErrorCode::kMalformed, fmt::format("illegal opcode {:02x}", code), offset);
}

class ConstExprValidator {
 public:
  ConstExprValidator(ByteReader& reader, Module& module) : reader_(reader), module_(module) {}

  Result<ConstExpr> run(ValueType expected) {
    const uint8_t* start = reader_.position();
    const uint64_t offset = reader_.offset();
    for (;;) {
      opcode_offset_ = reader_.offset();
      std::span<const uint8_t> code = reader_.since(start);
      const uint32_t opcode = WISP_TRY(reader_.read_byte());
      if (opcode == static_cast<uint32_t>(Opcode::kEnd)) {
        if (types_.size() != 1 || types_[0] != expected) {
          return invalid(fmt::format("type mismatch: a constant expression must give one {}",
                                     to_string(expected)),
                         offset);
        }
        return ConstExpr{code, offset};
      }
      WISP_TRY(visit(opcode));
    }
  }

 private:
  Result<void> visit(uint32_t opcode) {
    if (is_prefix(opcode)) {
      return bad_opcode(opcode, WISP_TRY(reader_.read_u32()), opcode_offset_);
    }
    switch (Opcode(opcode)) {
      case Opcode::kI32Const:
        (void)WISP_TRY(reader_.read_s32());
        return push(ValueType::kI32);
      case Opcode::kI64Const:
        (void)WISP_TRY(reader_.read_s64());
        return push(ValueType::kI64);
      case Opcode::kF32Const:
        (void)WISP_TRY(reader_.read_bytes(4));
        return push(ValueType::kF32);
      case Opcode::kF64Const:
        (void)WISP_TRY(reader_.read_bytes(8));
        return push(ValueType::kF64);
      case Opcode::kI32Add:
      case Opcode::kI32Sub:
      case Opcode::kI32Mul:
        return binary(ValueType::kI32);
      case Opcode::kI64Add:
      case Opcode::kI64Sub:
      case Opcode::kI64Mul:
        return binary(ValueType::kI64);
      case Opcode::kGlobalGet:
        return global_get();
      case Opcode::kRefNull:
        return ref_null();
      case Opcode::kRefFunc:
        return ref_func();
      default:
        return bad_opcode(0, opcode, opcode_offset_);
    }
  }

  Result<void> push(ValueType type) {
    types_.push_back(type);
    return {};
  }

  Result<void> binary(ValueType type) {
    const size_t size = types_.size();
    if (size < 2 || types_[size - 1] != type || types_[size - 2] != type) {
      return invalid(fmt::format("type mismatch: two operands of {} are needed", to_string(type)),
                     opcode_offset_);
    }
    types_.pop_back();
    return {};
  }

  Result<void> global_get() {
    const uint32_t global = WISP_TRY(reader_.read_u32());
    if (global >= module_.globals.size()) {
      return invalid(fmt::format("unknown global {}", global), opcode_offset_);
    }
    if (module_.globals[global].mutability != Mutability::kConst) {
      return invalid(fmt::format("constant expression required, but global {} is mutable", global),
                     opcode_offset_);
    }
    return push(module_.globals[global].value);
  }

  Result<void> ref_null() {
    const uint8_t code = WISP_TRY(reader_.peek_byte());
    const std::optional<ValueType> type = value_type_of(code);
    if (type && is_reference(*type)) {
      (void)WISP_TRY(reader_.read_byte());
      return push(*type);
    }
    const bool is_index = code < 0x40 || code >= 0x80;
    const char* feature = is_index ? "function-references" : unsupported_type_feature(code);
    if (feature == nullptr || code == 0x7b) return reader_.error("malformed reference type");
    return Error(ErrorCode::kUnsupported, fmt::format("needs {}: not supported yet", feature),
                 opcode_offset_);
  }

  Result<void> ref_func() {
    const uint32_t function = WISP_TRY(reader_.read_u32());
    if (function >= module_.functions.size()) {
      return invalid(fmt::format("unknown function {}", function), opcode_offset_);
    }
    module_.declare_function_reference(function);
    return push(ValueType::kFuncRef);
  }

  ByteReader& reader_;
  Module& module_;
  uint64_t opcode_offset_ = 0;
  std::vector<ValueType> types_;
};

}  // namespace

Result<ConstExpr> decode_const_expr(ByteReader& reader, Module& module, ValueType expected) {
  return ConstExprValidator(reader, module).run(expected);
}

}  // namespace wisp::jit
