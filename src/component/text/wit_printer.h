// A component's world as WIT, in the form in which `wasm-tools component wit` prints it: the world
// `root`, then each package with the interfaces that it imports or exports.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md. Interface: print_wit;
// the rest is private to wit_printer.cpp (what is printed in which order) and wit_types.cpp
// (types).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "component/type/names.h"
#include "component/type/types.h"
#include "platform/result.h"

namespace wisp::component {

// Decodes and validates (but for function bodies), gated features included. What WIT has no words
// for, core modules and components as imports or exports, becomes a comment.
Result<std::string> print_wit(std::span<const uint8_t> component);

// A label as WIT takes it: keywords begin with a %.
std::string wit_label(std::string_view label);

// Prints types by the names that they have in one interface, or in the world.
class WitTypes {
 public:
  explicit WitTypes(std::string& out) : out_(out) {}

  void add_name(const ValType* type, std::string_view name) { values_[type] = name; }
  void add_name(const ResourceType* type, std::string_view name) {
    resources_[type] = name;
    resources_.emplace(type->identity, name);
  }
  std::string_view name_of(const ResourceType* type) const;
  // A reference: by name where there is one.
  void print(const ValType& type);
  // "func(a: u32) -> string"; of a method without `self`, of a constructor without its own type.
  void print(const FuncType& type, NameKind kind);
  // "record point {...}", "type bytes = list<u8>;": `type` has this name.
  void declare(const ValType& type, std::string_view name, std::string_view indent);

 private:
  std::string_view find_name(const ValType* type) const;
  std::string_view name_of(const ValType& type) const;
  void print_structure(const ValType& type);
  void print_generic(const char* name, std::initializer_list<const ValType*> arguments);
  void print_result(const ValType& type);

  std::string& out_;
  std::unordered_map<const ValType*, std::string_view> values_;
  std::unordered_map<const ResourceType*, std::string_view> resources_;
};

}  // namespace wisp::component
