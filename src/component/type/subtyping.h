// Subtyping: whether what is given fits what is asked for. Value types are equal or not; functions
// need equal parameter names and types; instances may export more, components and modules may
// import less and export more.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Explainer.md, "Type
// Checking".
//
//   1. make one checker per instantiation or ascription,
//   2. fits(given, wanted) for each import, in order: each `(type (sub resource))` of `wanted` is
//      bound to the resource type that is given, and stands for it in all that follows,
//   3. bindings(): what was bound, to substitute it in the exports.
#pragma once

#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "component/type/substitution.h"
#include "component/type/types.h"

namespace wisp::component {

class SubtypeChecker {
 public:
  // Counts down with each part that is compared; at 0 nothing fits any more.
  explicit SubtypeChecker(uint64_t* comparisons_left = nullptr) : left_(comparisons_left) {}

  bool fits(const ExternType& given, const ExternType& wanted);
  bool fits(const InstanceType& given, const InstanceType& wanted);
  bool fits(const ComponentType& given, const ComponentType& wanted);
  bool fits(const FuncType& given, const FuncType& wanted);
  bool fits(const ModuleType& given, const ModuleType& wanted);
  bool fits(const CoreExternType& given, const CoreExternType& wanted);
  bool equal(const ValType& given, const ValType& wanted);

  // Why the last question was answered with no: "type mismatch in record field `x`: expected ...".
  const std::string& reason() const { return reason_; }

  // Adds what was bound so far: resource types by identity, other imported types by node.
  void add_bindings_to(Substitution& substitution) const;

 private:
  bool spend();
  bool no(std::string reason);
  bool no_in(const std::string& where);
  const ResourceType* resolve(const ResourceType* type) const;
  bool fits_type(const ExternType& given, const ExternType& wanted);
  bool equal_payload(const ValType* given, const ValType* wanted, const char* what);
  bool equal_members(const ValType& given, const ValType& wanted);

  // Identity of a wanted resource type -> the type that is given for it.
  std::unordered_map<const ResourceType*, const ResourceType*> bound_;
  // Imported types other than resources: node -> node.
  std::vector<std::pair<const void*, const void*>> nodes_;
  uint64_t* left_;
  std::string reason_;
};

// Core subtyping alone, for instantiating core modules: no bindings. Null: fits.
std::string core_mismatch(const CoreExternType& given, const CoreExternType& wanted);

}  // namespace wisp::component
