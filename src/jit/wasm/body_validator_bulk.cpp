// BodyValidator: references, tables and bulk memory (core specification, sections 3.4.2, 3.4.6 and
// 3.4.7). Rare opcodes, so all of it is out of line.
#include <fmt/format.h>

#include "jit/wasm/body_validator.h"

namespace wisp::jit {

// nullptr after an error.
const TableType* BodyValidator::read_table() {
  const uint32_t table = read_u32();
  if (error_ || !check_index(table, module_.tables.size(), "table")) return nullptr;
  return &module_.tables[table];
}

std::optional<ValueType> BodyValidator::read_element_type() {
  const uint32_t segment = read_u32();
  if (error_ || !check_index(segment, module_.elements.size(), "elem segment")) return {};
  return module_.elements[segment].type;
}

void BodyValidator::check_memory_index() {
  const uint32_t memory = read_u32();
  if (!error_) check_index(memory, module_.memories.size(), "memory");
}

void BodyValidator::check_data_index() {
  const uint32_t segment = read_u32();
  if (error_) return;
  if (!module_.data_count) {
    return fail(ErrorCode::kMalformed, opcode_at_, "data count section required");
  }
  check_index(segment, *module_.data_count, "data segment");
}

void BodyValidator::check_ref_null() {
  const uint8_t* start = at_;
  // A heap type that is an index, where those that have names are negative one-byte numbers.
  if (at_ != end_ && (*at_ < 0x40 || *at_ >= 0x80)) {
    return fail(ErrorCode::kUnsupported, start, "needs function-references: not supported yet");
  }
  const ValueType type = read_value_type();
  if (error_) return;
  if (!is_reference(type)) return fail(ErrorCode::kMalformed, start, "malformed reference type");
  push(type);
}

void BodyValidator::check_ref_is_null() {
  const ValueType type = pop_any();
  if (type != kBottom && !is_reference(type)) {
    return fail_invalid(fmt::format("type mismatch: ref.is_null of {}", to_string(type)));
  }
  push(ValueType::kI32);
}

void BodyValidator::check_ref_func() {
  const uint32_t function = read_u32();
  if (!check_index(function, module_.functions.size(), "function")) return;
  const std::vector<bool>& declared = module_.declared_function_references;
  if (function >= declared.size() || !declared[function]) {
    return fail_invalid(fmt::format("undeclared function reference {}", function));
  }
  push(ValueType::kFuncRef);
}

void BodyValidator::check_table_get() {
  const TableType* table = read_table();
  if (table == nullptr) return;
  pop(ValueType::kI32);
  push(table->element);
}

void BodyValidator::check_table_set() {
  const TableType* table = read_table();
  if (table == nullptr) return;
  pop(table->element);
  pop(ValueType::kI32);
}

void BodyValidator::check_table_grow() {
  const TableType* table = read_table();
  if (table == nullptr) return;
  pop(ValueType::kI32);
  pop(table->element);
  push(ValueType::kI32);
}

void BodyValidator::check_table_size() {
  if (read_table() != nullptr) push(ValueType::kI32);
}

void BodyValidator::check_table_fill() {
  const TableType* table = read_table();
  if (table == nullptr) return;
  pop(ValueType::kI32);
  pop(table->element);
  pop(ValueType::kI32);
}

void BodyValidator::check_table_copy() {
  const TableType* target = read_table();
  const TableType* source = read_table();
  if (target == nullptr || source == nullptr) return;
  if (target->element != source->element) {
    return fail_invalid(fmt::format("type mismatch: table.copy from {} to {}",
                                    to_string(source->element), to_string(target->element)));
  }
  for (int i = 0; i < 3; ++i) pop(ValueType::kI32);
}

void BodyValidator::check_table_init() {
  const std::optional<ValueType> segment = read_element_type();
  const TableType* table = read_table();
  if (!segment || table == nullptr) return;
  if (*segment != table->element) {
    return fail_invalid(fmt::format("type mismatch: table.init from {} to {}", to_string(*segment),
                                    to_string(table->element)));
  }
  for (int i = 0; i < 3; ++i) pop(ValueType::kI32);
}

void BodyValidator::check_elem_drop() { (void)read_element_type(); }

void BodyValidator::check_memory_size() {
  check_memory_index();
  push(ValueType::kI32);
}

void BodyValidator::check_memory_grow() {
  check_memory_index();
  pop(ValueType::kI32);
  push(ValueType::kI32);
}

void BodyValidator::check_memory_fill() {
  check_memory_index();
  for (int i = 0; i < 3; ++i) pop(ValueType::kI32);
}

void BodyValidator::check_memory_copy() {
  check_memory_index();
  check_memory_index();
  for (int i = 0; i < 3; ++i) pop(ValueType::kI32);
}

void BodyValidator::check_memory_init() {
  check_data_index();
  check_memory_index();
  for (int i = 0; i < 3; ++i) pop(ValueType::kI32);
}

void BodyValidator::check_data_drop() { check_data_index(); }

}  // namespace wisp::jit
