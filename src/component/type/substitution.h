// Substitution: types with some of their parts replaced; what `instantiate`, an import of an
// instance type and linking do to types.
//
// Two things can be replaced: a resource type, wherever it is named (by identity), and one node,
// wherever that very node occurs (a type that was imported, by what was given for it). Nodes
// without anything to replace are shared, others are copied once: two uses of a node stay one node,
// which is what external visibility goes by.
#pragma once

#include <unordered_map>

#include "component/type/type_builder.h"
#include "component/type/types.h"

namespace wisp::component {

class Substitution {
 public:
  explicit Substitution(TypeBuilder& builder) : builder_(&builder) {}

  void replace_resource(const ResourceType* identity, const ResourceType* by) {
    resources_[identity] = by;
  }
  // `node` as it is after substitution of its parts is not looked at: `by` stands for it.
  void replace_node(const void* node, const void* by) { memo_[node] = by; }
  bool empty() const { return resources_.empty() && memo_.empty(); }

  const ResourceType* apply(const ResourceType* type);
  const ValType* apply(const ValType* type);
  const FuncType* apply(const FuncType* type);
  const InstanceType* apply(const InstanceType* type);
  const ComponentType* apply(const ComponentType* type);
  ExternType apply(ExternType type);
  TypeDef apply(TypeDef type);

 private:
  const ValType* rebuild(const ValType* type);

  TypeBuilder* builder_;
  std::unordered_map<const ResourceType*, const ResourceType*> resources_;
  std::unordered_map<const void*, const void*> memo_;
};

// Which nodes may be different after a substitution: those that name something.
inline bool may_change(const TypeTraits& traits) { return traits.has_resource || traits.has_named; }

}  // namespace wisp::component
