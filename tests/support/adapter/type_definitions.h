// TypeDefinitions: what a component's binary has to define before it can refer to value types that
// exist as nodes. One object for each index space: a component, or the type of an instance.
//
// Records, variants, enums and flags must have names where a function of an import or export uses
// them, so each definition of one is followed by an export, which has an index of its own.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "component/type/types.h"
#include "tests/support/adapter/component_builder.h"

namespace wisp::test {

class TypeDefinitions {
 public:
  using ValType = component::ValType;
  using TypeKind = component::TypeKind;

  // The first `next_index` types of the index space are there already, among them the resource
  // types, by ResourceType::index.
  explicit TypeDefinitions(uint32_t next_index = 0, std::vector<uint32_t> resources = {})
      : next_index_(next_index), resources_(std::move(resources)) {}

  // How the binary refers to the type; defines it at first.
  Bytes reference(const ValType& type) {
    // bool 7f, s8 7e ... u64 77, f32 76, f64 75, char 74, string 73: in the order of TypeKind
    if (is_primitive(type.kind)) return {static_cast<uint8_t>(0x7f - static_cast<int>(type.kind))};
    if (const auto known = known_.find(&type); known != known_.end()) return index(known->second);
    const Bytes code = definition(type);
    const bool is_named = type.kind == TypeKind::kRecord || type.kind == TypeKind::kVariant ||
                          type.kind == TypeKind::kEnum || type.kind == TypeKind::kFlags;
    definitions_.push_back({code, is_named ? "t" + std::to_string(definitions_.size()) : ""});
    next_index_ += is_named ? 2 : 1;
    known_[&type] = next_index_ - 1;
    return index(next_index_ - 1);
  }
  // The code of the function type itself.
  Bytes function(const component::FuncType& type) {
    Bytes params = u32(static_cast<uint32_t>(type.params.size()));
    for (const component::LabeledType& param : type.params) {
      append_name(params, param.label);
      append(params, reference(*param.type));
    }
    const Bytes result =
        type.result == nullptr ? Bytes{0x01, 0x00} : join({{0x00}, reference(*type.result)});
    return join({{0x40}, params, result});
  }

  // Adds the definitions to a component.
  void define(ComponentBuilder& builder) const {
    uint32_t index = next_index_ - index_count();
    for (const Definition& definition : definitions_) {
      builder.add(ComponentBuilder::kType, definition.code);
      ++index;
      if (definition.export_name.empty()) continue;
      builder.export_item(definition.export_name, ComponentBuilder::kTypeSort, index - 1);
      ++index;
    }
  }
  // The same as declarations of an instance type; each is one of index_count().
  Bytes declarations() const {
    Bytes code;
    uint32_t index = next_index_ - index_count();
    for (const Definition& definition : definitions_) {
      append(code, join({{0x01}, definition.code}));
      ++index;
      if (definition.export_name.empty()) continue;
      append(code, {0x04, 0x00});
      append_name(code, definition.export_name);
      append(code, join({{0x03, 0x00}, u32(index - 1)}));
      ++index;
    }
    return code;
  }
  uint32_t next_index() const { return next_index_; }
  uint32_t index_count() const {
    uint32_t count = 0;
    for (const Definition& each : definitions_) count += each.export_name.empty() ? 1 : 2;
    return count;
  }

 private:
  struct Definition {
    Bytes code;
    std::string export_name;  // empty: not exported
  };

  // A signed number, so that it is told from primitive types.
  static Bytes index(uint32_t value) {
    Bytes bytes = u32(value);
    if ((bytes.back() & 0x40) == 0) return bytes;
    bytes.back() |= 0x80;
    bytes.push_back(0);
    return bytes;
  }
  Bytes optional(const ValType* type) {
    return type == nullptr ? Bytes{0x00} : join({{0x01}, reference(*type)});
  }
  Bytes definition(const ValType& type) {
    switch (type.kind) {
      case TypeKind::kRecord:
        return members(0x72, type);
      case TypeKind::kVariant:
        return members(0x71, type);
      case TypeKind::kTuple:
        return members(0x6f, type);
      case TypeKind::kFlags:
        return members(0x6e, type);
      case TypeKind::kEnum:
        return members(0x6d, type);
      case TypeKind::kList:
        return join({{0x70}, reference(*type.element)});
      case TypeKind::kFixedList:
        return join({{0x67}, reference(*type.element), u32(type.length)});
      case TypeKind::kMap: {
        const Bytes key = reference(*type.element->members[0].type);
        return join({{0x63}, key, reference(*type.element->members[1].type)});
      }
      case TypeKind::kOption:
        return join({{0x6b}, reference(*type.element)});
      case TypeKind::kResult: {
        const Bytes ok = optional(type.element);
        return join({{0x6a}, ok, optional(type.error)});
      }
      case TypeKind::kOwn:
        return join({{0x69}, u32(resources_.at(type.resource->index))});
      default:
        return join({{0x68}, u32(resources_.at(type.resource->index))});
    }
  }
  Bytes members(uint8_t form, const ValType& type) {
    Bytes code = join({{form}, u32(static_cast<uint32_t>(type.members.size()))});
    for (const component::LabeledType& member : type.members) {
      if (type.kind != TypeKind::kTuple) append_name(code, member.label);
      if (type.kind == TypeKind::kVariant) {
        append(code, join({optional(member.type), {0x00}}));
      } else if (member.type != nullptr) {
        append(code, reference(*member.type));
      }
    }
    return code;
  }

  uint32_t next_index_;
  std::vector<uint32_t> resources_;
  std::vector<Definition> definitions_;
  std::unordered_map<const ValType*, uint32_t> known_;
};

}  // namespace wisp::test
