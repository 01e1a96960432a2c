#include "component/type/layout.h"

namespace wisp::component {
namespace {

using jit::ValueType;

ValueType join(ValueType a, ValueType b) {
  if (a == b) return a;
  const bool narrow = (a == ValueType::kI32 || a == ValueType::kF32) &&
                      (b == ValueType::kI32 || b == ValueType::kF32);
  return narrow ? ValueType::kI32 : ValueType::kI64;
}

void join_case(const ValType* payload, size_t first, std::vector<ValueType>& flat) {
  if (payload == nullptr) return;
  std::vector<ValueType> own;
  flatten_type(*payload, own);
  for (size_t i = 0; i < own.size(); i++) {
    if (first + i < flat.size()) {
      flat[first + i] = join(flat[first + i], own[i]);
    } else {
      flat.push_back(own[i]);
    }
  }
}

void flatten_sum(const ValType& type, std::vector<ValueType>& flat) {
  flat.push_back(ValueType::kI32);
  const size_t first = flat.size();
  for (const LabeledType& member : type.members) join_case(member.type, first, flat);
  join_case(type.element, first, flat);
  join_case(type.error, first, flat);
}

}  // namespace

void flatten_type(const ValType& type, std::vector<ValueType>& flat) {
  switch (type.kind) {
    case TypeKind::kS64:
    case TypeKind::kU64:
      flat.push_back(ValueType::kI64);
      return;
    case TypeKind::kF32:
      flat.push_back(ValueType::kF32);
      return;
    case TypeKind::kF64:
      flat.push_back(ValueType::kF64);
      return;
    case TypeKind::kString:
    case TypeKind::kList:
    case TypeKind::kMap:
      flat.insert(flat.end(), 2, ValueType::kI32);
      return;
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const LabeledType& member : type.members) flatten_type(*member.type, flat);
      return;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < type.length; i++) flatten_type(*type.element, flat);
      return;
    case TypeKind::kVariant:
    case TypeKind::kOption:
    case TypeKind::kResult:
      flatten_sum(type, flat);
      return;
    default:
      flat.push_back(ValueType::kI32);
      return;
  }
}

jit::FuncType flatten_functype(const FuncType& type, CanonicalDirection direction) {
  jit::FuncType core;
  if (make_value_list(type.params, kMaxFlatParams).in_memory()) {
    core.params = {ValueType::kI32};
  } else {
    for (const LabeledType& param : type.params) flatten_type(*param.type, core.params);
  }
  if (type.result == nullptr) return core;
  if (type.result->flat_count <= kMaxFlatResults) {
    flatten_type(*type.result, core.results);
  } else if (direction == CanonicalDirection::kLift) {
    core.results = {ValueType::kI32};
  } else {
    core.params.push_back(ValueType::kI32);
  }
  return core;
}

ValueList make_value_list(std::span<const LabeledType> types, uint32_t max_flat) {
  ValueList list;
  list.types = types;
  list.max_flat = max_flat;
  for (const LabeledType& each : types) {
    const ValType& type = *each.type;
    list.flat_count += type.flat_count;
    list.size = align_to(list.size, type.alignment) + type.size;
    if (type.alignment > list.alignment) list.alignment = type.alignment;
    list.is_plain &= type.kind >= TypeKind::kS32 && type.kind <= TypeKind::kF64;
  }
  list.size = align_to(list.size, list.alignment);
  list.is_plain &= !list.in_memory();
  return list;
}

}  // namespace wisp::component
