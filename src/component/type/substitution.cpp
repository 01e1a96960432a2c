#include "component/type/substitution.h"

#include <vector>

namespace wisp::component {

const ResourceType* Substitution::apply(const ResourceType* type) {
  if (auto found = memo_.find(type); found != memo_.end()) {
    return static_cast<const ResourceType*>(found->second);
  }
  auto found = resources_.find(type->identity);
  if (found == resources_.end()) return type;
  // Another name of a replaced type stays another name.
  const ResourceType* replaced = found->second;
  if (type != type->identity) {
    replaced = builder_->resource_alias(type->named == nullptr ? replaced : apply(type->named),
                                        type->name);
  }
  memo_[type] = replaced;
  return replaced;
}

const ValType* Substitution::apply(const ValType* type) {
  if (type == nullptr || !may_change(type->traits)) return type;
  if (auto found = memo_.find(type); found != memo_.end()) {
    return static_cast<const ValType*>(found->second);
  }
  const ValType* changed = rebuild(type);
  memo_[type] = changed;
  return changed;
}

const ValType* Substitution::rebuild(const ValType* type) {
  bool changed = false;
  ValType copy = *type;
  if (copy.resource != nullptr) copy.resource = apply(copy.resource);
  if (copy.element != nullptr) copy.element = apply(copy.element);
  if (copy.error != nullptr) copy.error = apply(copy.error);
  if (copy.named != nullptr) copy.named = apply(copy.named);
  changed = copy.resource != type->resource || copy.element != type->element ||
            copy.error != type->error || copy.named != type->named;
  for (size_t i = 0; i < type->members.size(); ++i) {
    const ValType* member = apply(type->members[i].type);
    if (member == type->members[i].type) continue;
    if (copy.members.data() == type->members.data()) {
      copy.members = builder_->arena().copy(type->members);
    }
    const_cast<LabeledType&>(copy.members[i]).type = member;  // our own copy, just made
    changed = true;
  }
  // The layout stays: what is replaced has the layout of what replaces it.
  return changed ? builder_->arena().make<ValType>(copy) : type;
}

const FuncType* Substitution::apply(const FuncType* type) {
  if (!may_change(type->traits)) return type;
  if (auto found = memo_.find(type); found != memo_.end()) {
    return static_cast<const FuncType*>(found->second);
  }
  FuncType copy = *type;
  bool changed = false;
  std::span<LabeledType> params = builder_->arena().copy(type->params);
  for (LabeledType& param : params) {
    const ValType* replaced = apply(param.type);
    changed |= replaced != param.type;
    param.type = replaced;
  }
  copy.params = params;
  copy.result = apply(type->result);
  changed |= copy.result != type->result;
  const FuncType* result = changed ? builder_->arena().make<FuncType>(copy) : type;
  memo_[type] = result;
  return result;
}

const InstanceType* Substitution::apply(const InstanceType* type) {
  if (!may_change(type->traits)) return type;
  if (auto found = memo_.find(type); found != memo_.end()) {
    return static_cast<const InstanceType*>(found->second);
  }
  InstanceType* copy = builder_->arena().make<InstanceType>(*type);
  std::span<ExternItem> exports = builder_->arena().copy(type->exports);
  for (ExternItem& item : exports) item.type = apply(item.type);
  copy->exports = exports;
  memo_[type] = copy;
  return copy;
}

const ComponentType* Substitution::apply(const ComponentType* type) {
  if (!may_change(type->traits)) return type;
  if (auto found = memo_.find(type); found != memo_.end()) {
    return static_cast<const ComponentType*>(found->second);
  }
  ComponentType* copy = builder_->arena().make<ComponentType>(*type);
  std::span<ExternItem> imports = builder_->arena().copy(type->imports);
  for (ExternItem& item : imports) item.type = apply(item.type);
  std::span<ExternItem> exports = builder_->arena().copy(type->exports);
  for (ExternItem& item : exports) item.type = apply(item.type);
  copy->imports = imports;
  copy->exports = exports;
  memo_[type] = copy;
  return copy;
}

TypeDef Substitution::apply(TypeDef type) {
  switch (type.kind) {
    case TypeDefKind::kValue:
      type.value = apply(type.value);
      break;
    case TypeDefKind::kFunc:
      type.func = apply(type.func);
      break;
    case TypeDefKind::kInstance:
      type.instance = apply(type.instance);
      break;
    case TypeDefKind::kComponent:
      type.component = apply(type.component);
      break;
    case TypeDefKind::kResource:
      type.resource = apply(type.resource);
      break;
  }
  return type;
}

ExternType Substitution::apply(ExternType type) {
  switch (type.sort) {
    case ExternSort::kFunc:
      type.func = apply(type.func);
      break;
    case ExternSort::kInstance:
      type.instance = apply(type.instance);
      break;
    case ExternSort::kComponent:
      type.component = apply(type.component);
      break;
    case ExternSort::kType:
      type.type = apply(type.type);
      break;
    case ExternSort::kValue:
    case ExternSort::kModule:
      break;
  }
  return type;
}

}  // namespace wisp::component
