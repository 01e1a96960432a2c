#include "component/type/types.h"

#include <algorithm>

namespace wisp::component {

namespace {

template <class Item>
const Item* find_by_name(std::span<const Item> items, std::span<const uint32_t> order,
                         std::string_view name) {
  auto found = std::lower_bound(
      order.begin(), order.end(), name,
      [&](uint32_t index, std::string_view wanted) { return items[index].name < wanted; });
  return found != order.end() && items[*found].name == name ? &items[*found] : nullptr;
}

// Types are trees of at most 100 levels, but may be very wide: a message stops here.
constexpr size_t kMaxTextBytes = 400;

void append(std::string& text, const ValType& type);

void append_members(std::string& text, const ValType& type) {
  for (size_t i = 0; i < type.members.size() && text.size() < kMaxTextBytes; ++i) {
    const LabeledType& member = type.members[i];
    if (i != 0) text += ", ";
    text += member.label;
    if (member.type == nullptr) continue;
    if (type.kind == TypeKind::kVariant) {
      text += '(';
      append(text, *member.type);
      text += ')';
      continue;
    }
    if (!member.label.empty()) text += ": ";
    append(text, *member.type);
  }
}

void append_payload(std::string& text, const ValType* payload) {
  if (payload == nullptr) {
    text += '_';
  } else {
    append(text, *payload);
  }
}

void append(std::string& text, const ValType& type) {
  if (text.size() >= kMaxTextBytes) {
    if (!text.ends_with("...")) text += "...";
    return;
  }
  text += to_string(type.kind);
  switch (type.kind) {
    case TypeKind::kRecord:
    case TypeKind::kVariant:
    case TypeKind::kFlags:
    case TypeKind::kEnum:
      text += " { ";
      append_members(text, type);
      text += " }";
      return;
    case TypeKind::kTuple:
      text += '<';
      append_members(text, type);
      text += '>';
      return;
    case TypeKind::kList:
    case TypeKind::kOption:
    case TypeKind::kFixedList:
      text += '<';
      append(text, *type.element);
      if (type.kind == TypeKind::kFixedList) text += ", " + std::to_string(type.length);
      text += '>';
      return;
    case TypeKind::kMap:
      text += '<';
      append_members(text, *type.element);
      text += '>';
      return;
    case TypeKind::kStream:
    case TypeKind::kFuture:
      if (type.element == nullptr) return;
      text += '<';
      append(text, *type.element);
      text += '>';
      return;
    case TypeKind::kResult:
      if (type.element == nullptr && type.error == nullptr) return;
      text += '<';
      append_payload(text, type.element);
      if (type.error != nullptr) {
        text += ", ";
        append(text, *type.error);
      }
      text += '>';
      return;
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      text += '<';
      text += type.resource->name.empty() ? std::string_view("resource") : type.resource->name;
      text += '>';
      return;
    default:
      return;
  }
}

}  // namespace

const char* to_string(TypeKind kind) {
  static constexpr const char* kNames[] = {
      "bool",   "s8",      "u8",   "s16",    "u16",    "s32",    "u32",
      "s64",    "u64",     "f32",  "f64",    "char",   "string", "error-context",
      "record", "variant", "list", "list",   "tuple",  "flags",  "enum",
      "option", "result",  "own",  "borrow", "stream", "future", "map",
  };
  return kNames[static_cast<size_t>(kind)];
}

const char* to_string(ExternSort sort) {
  static constexpr const char* kNames[] = {"module", "func",      "value",
                                           "type",   "component", "instance"};
  return kNames[static_cast<size_t>(sort)];
}

const char* to_string(CoreSort sort) {
  switch (sort) {
    case CoreSort::kFunc:
      return "function";
    case CoreSort::kTable:
      return "table";
    case CoreSort::kMemory:
      return "memory";
    case CoreSort::kGlobal:
      return "global";
    case CoreSort::kTag:
      return "tag";
    case CoreSort::kType:
      return "type";
    case CoreSort::kModule:
      return "module";
    case CoreSort::kInstance:
      return "instance";
  }
  return "item";
}

void TypeTraits::add(const TypeTraits& other) {
  has_borrow |= other.has_borrow;
  has_resource |= other.has_resource;
  has_pointer |= other.has_pointer;
  has_named |= other.has_named;
  has_async |= other.has_async;
  has_fixed_list |= other.has_fixed_list;
  has_map |= other.has_map;
}

const ExternItem* InstanceType::find(std::string_view name) const {
  return find_by_name(exports, by_name, name);
}

const ExternItem* ComponentType::find_import(std::string_view name) const {
  return find_by_name(imports, imports_by_name, name);
}

const ExternItem* ComponentType::find_export(std::string_view name) const {
  return find_by_name(exports, exports_by_name, name);
}

const CoreExport* ModuleType::find_export(std::string_view name) const {
  return find_by_name(exports, exports_by_name, name);
}

std::string to_string(const ValType& type) {
  std::string text;
  append(text, type);
  return text;
}

std::string to_string(const FuncType& type) {
  std::string text = type.is_async ? "async func(" : "func(";
  for (size_t i = 0; i < type.params.size() && text.size() < kMaxTextBytes; ++i) {
    if (i != 0) text += ", ";
    text += type.params[i].label;
    text += ": ";
    append(text, *type.params[i].type);
  }
  text += ')';
  if (type.result != nullptr) {
    text += " -> ";
    append(text, *type.result);
  }
  return text;
}

}  // namespace wisp::component
