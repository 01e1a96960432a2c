#include "component/type/subtyping.h"

#include <map>
#include <string_view>
#include <utility>

#include "platform/printable.h"

namespace wisp::component {

namespace {

std::string expected(const std::string& wanted, const std::string& found) {
  return "expected " + wanted + ", found " + found;
}

const char* describe(TypeDefKind kind) {
  switch (kind) {
    case TypeDefKind::kValue:
      return "defined type";
    case TypeDefKind::kFunc:
      return "func";
    case TypeDefKind::kInstance:
      return "instance";
    case TypeDefKind::kComponent:
      return "component";
    case TypeDefKind::kResource:
      return "resource";
  }
  return "type";
}

bool limits_fit(const jit::Limits& given, const jit::Limits& wanted) {
  if (given.min < wanted.min) return false;
  if (!wanted.max) return true;
  return given.max && *given.max <= *wanted.max;
}

std::string to_text(const jit::Limits& limits) {
  std::string text = std::to_string(limits.min);
  if (limits.max) text += " to " + std::to_string(*limits.max);
  return text;
}

using CoreImports = std::map<std::pair<std::string_view, std::string_view>, const CoreExternType*>;

CoreImports imports_by_name(const ModuleType& type) {
  CoreImports imports;
  for (const CoreImport& import : type.imports) {
    imports.emplace(std::pair(import.module, import.name), &import.type);
  }
  return imports;
}

}  // namespace

bool SubtypeChecker::spend() {
  if (left_ == nullptr) return true;
  if (*left_ == 0) return no("too large to compare");
  --*left_;
  return true;
}

bool SubtypeChecker::no(std::string reason) {
  reason_ = std::move(reason);
  return false;
}

bool SubtypeChecker::no_in(const std::string& where) {
  reason_ = "type mismatch in " + where + ": " + reason_;
  return false;
}

const ResourceType* SubtypeChecker::resolve(const ResourceType* type) const {
  const ResourceType* identity = type->identity;
  // Chains are as long as component types are nested; a binding never leads back.
  for (size_t i = 0; i <= bound_.size(); ++i) {
    auto found = bound_.find(identity);
    if (found == bound_.end() || found->second->identity == identity) break;
    identity = found->second->identity;
  }
  return identity;
}

bool SubtypeChecker::equal_payload(const ValType* given, const ValType* wanted, const char* what) {
  if (given == nullptr && wanted == nullptr) return true;
  if (wanted == nullptr) return no("expected " + std::string(what) + " type to not be present");
  if (given == nullptr) return no("expected " + std::string(what) + " type, but found none");
  return equal(*given, *wanted) || no_in(std::string(what) + " variant");
}

bool SubtypeChecker::equal_members(const ValType& given, const ValType& wanted) {
  const char* plural = given.kind == TypeKind::kRecord    ? " fields"
                       : given.kind == TypeKind::kVariant ? " cases"
                       : given.kind == TypeKind::kTuple   ? " types"
                                                          : " labels";
  if (given.members.size() != wanted.members.size()) {
    if (given.kind == TypeKind::kFlags) return no("mismatch in flags elements");
    if (given.kind == TypeKind::kEnum) return no("mismatch in enum elements");
    return no(expected(std::to_string(wanted.members.size()) + plural,
                       std::to_string(given.members.size())));
  }
  for (size_t i = 0; i < given.members.size(); ++i) {
    const LabeledType& have = given.members[i];
    const LabeledType& want = wanted.members[i];
    if (have.label != want.label) {
      if (given.kind == TypeKind::kFlags) return no("mismatch in flags elements");
      if (given.kind == TypeKind::kEnum) return no("mismatch in enum elements");
      const char* what = given.kind == TypeKind::kRecord ? "field name " : "case named ";
      return no("expected " + (what + quoted(want.label)) + ", found " + quoted(have.label));
    }
    if (have.type == nullptr && want.type == nullptr) continue;
    if (have.type == nullptr) {
      return no("expected case " + quoted(want.label) + " to have a type, found none");
    }
    if (want.type == nullptr) {
      return no("expected case " + quoted(want.label) + " to have no type");
    }
    if (equal(*have.type, *want.type)) continue;
    if (given.kind == TypeKind::kTuple) return no_in("tuple field " + std::to_string(i));
    const char* what = given.kind == TypeKind::kRecord ? "record field " : "variant case ";
    return no_in(what + quoted(have.label));
  }
  return true;
}

bool SubtypeChecker::equal(const ValType& given, const ValType& wanted) {
  if (&given == &wanted) return true;
  if (!spend()) return false;
  if (given.kind != wanted.kind) {
    if (is_primitive(given.kind) && is_primitive(wanted.kind)) {
      return no(std::string("expected primitive `") + to_string(wanted.kind) +
                "` found primitive `" + to_string(given.kind) + "`");
    }
    return no(expected(to_string(wanted.kind), to_string(given.kind)));
  }
  switch (given.kind) {
    case TypeKind::kRecord:
    case TypeKind::kVariant:
    case TypeKind::kTuple:
    case TypeKind::kFlags:
    case TypeKind::kEnum:
      return equal_members(given, wanted);
    case TypeKind::kFixedList:
      if (given.length != wanted.length) {
        return no(expected("a list of " + std::to_string(wanted.length),
                           "a list of " + std::to_string(given.length)));
      }
      [[fallthrough]];
    case TypeKind::kList:
    case TypeKind::kMap:
      return equal(*given.element, *wanted.element) ||
             no_in(std::string(to_string(given.kind)) + " element");
    case TypeKind::kOption:
      return equal(*given.element, *wanted.element) || no_in("option");
    case TypeKind::kResult:
      return equal_payload(given.element, wanted.element, "ok") &&
             equal_payload(given.error, wanted.error, "err");
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return equal_payload(given.element, wanted.element, to_string(given.kind));
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      if (resolve(given.resource) == resolve(wanted.resource)) return true;
      return no("resource types are not the same (" + to_string(wanted) + " and " +
                to_string(given) + ")");
    default:
      return true;
  }
}

bool SubtypeChecker::fits(const FuncType& given, const FuncType& wanted) {
  if (&given == &wanted) return true;
  if (given.is_async != wanted.is_async) {
    return no(wanted.is_async ? "expected an async function, found a sync one"
                              : "expected a sync function, found an async one");
  }
  if (given.params.size() != wanted.params.size()) {
    return no(expected(std::to_string(wanted.params.size()) + " parameters",
                       std::to_string(given.params.size())));
  }
  for (size_t i = 0; i < given.params.size(); ++i) {
    const LabeledType& have = given.params[i];
    const LabeledType& want = wanted.params[i];
    if (have.label != want.label) {
      return no("expected parameter named " + quoted(want.label) + ", found " + quoted(have.label));
    }
    if (!equal(*have.type, *want.type)) return no_in("function parameter " + quoted(have.label));
  }
  if (given.result == nullptr && wanted.result == nullptr) return true;
  if (wanted.result == nullptr) return no("expected no result, found one");
  if (given.result == nullptr) return no("expected a result, found none");
  return equal(*given.result, *wanted.result) || no_in("the result type");
}

bool SubtypeChecker::fits_type(const ExternType& given, const ExternType& wanted) {
  const TypeDef& have = given.type;
  const TypeDef& want = wanted.type;
  if (have.kind != want.kind) return no(expected(describe(want.kind), describe(have.kind)));
  switch (want.kind) {
    case TypeDefKind::kResource:
      if (wanted.bound == TypeBound::kSubResource) {
        bound_[want.resource->identity] = have.resource;
        return true;
      }
      if (want.resource != want.resource->identity) {
        nodes_.emplace_back(want.resource, have.resource);
      }
      if (resolve(have.resource) == resolve(want.resource)) return true;
      return no("resource types are not the same");
    case TypeDefKind::kValue:
      if (!is_primitive(want.value->kind)) nodes_.emplace_back(want.value, have.value);
      return equal(*have.value, *want.value);
    case TypeDefKind::kFunc:
      return fits(*have.func, *want.func);
    // Types that are equal fit each other.
    case TypeDefKind::kInstance:
      return fits(*have.instance, *want.instance) && fits(*want.instance, *have.instance);
    case TypeDefKind::kComponent:
      return fits(*have.component, *want.component) && fits(*want.component, *have.component);
  }
  return false;
}

bool SubtypeChecker::fits(const ExternType& given, const ExternType& wanted) {
  if (!spend()) return false;
  if (given.sort != wanted.sort) return no(expected(to_string(wanted.sort), to_string(given.sort)));
  switch (wanted.sort) {
    case ExternSort::kModule:
      return fits(*given.module, *wanted.module);
    case ExternSort::kFunc:
      return fits(*given.func, *wanted.func);
    case ExternSort::kValue:
      return equal(*given.value, *wanted.value);
    case ExternSort::kType:
      return fits_type(given, wanted);
    case ExternSort::kComponent:
      return fits(*given.component, *wanted.component);
    case ExternSort::kInstance:
      return fits(*given.instance, *wanted.instance);
  }
  return false;
}

bool SubtypeChecker::fits(const InstanceType& given, const InstanceType& wanted) {
  for (const ExternItem& want : wanted.exports) {
    const ExternItem* have = given.find(want.name);
    if (have == nullptr) return no("missing expected export " + quoted(want.name));
    if (!fits(have->type, want.type)) return no_in("instance export " + quoted(want.name));
  }
  return true;
}

bool SubtypeChecker::fits(const ComponentType& given, const ComponentType& wanted) {
  if (&given == &wanted) return true;
  for (const ExternItem& need : given.imports) {
    const ExternItem* have = wanted.find_import(need.name);
    if (have == nullptr) return no("missing expected import " + quoted(need.name));
    if (!fits(have->type, need.type)) return no_in("component import " + quoted(need.name));
  }
  for (const ExternItem& want : wanted.exports) {
    const ExternItem* have = given.find_export(want.name);
    if (have == nullptr) return no("missing expected export " + quoted(want.name));
    if (!fits(have->type, want.type)) return no_in("component export " + quoted(want.name));
  }
  return true;
}

bool SubtypeChecker::fits(const CoreExternType& given, const CoreExternType& wanted) {
  std::string mismatch = core_mismatch(given, wanted);
  return mismatch.empty() || no(std::move(mismatch));
}

bool SubtypeChecker::fits(const ModuleType& given, const ModuleType& wanted) {
  if (&given == &wanted || given.is_opaque) return true;
  const CoreImports imports = imports_by_name(wanted);
  for (const CoreImport& need : given.imports) {
    std::string name = "`" + printable(need.module) + "::" + printable(need.name) + "`";
    auto have = imports.find({need.module, need.name});
    if (have == imports.end()) return no("missing expected import " + name);
    if (!fits(*have->second, need.type)) return no_in("import " + name);
  }
  for (const CoreExport& want : wanted.exports) {
    const CoreExport* have = given.find_export(want.name);
    if (have == nullptr) return no("missing expected export " + quoted(want.name));
    if (!fits(have->type, want.type)) return no_in("export " + quoted(want.name));
  }
  return true;
}

void SubtypeChecker::add_bindings_to(Substitution& substitution) const {
  for (const auto& [identity, by] : bound_) substitution.replace_resource(identity, by);
  for (const auto& [node, by] : nodes_) substitution.replace_node(node, by);
}

std::string core_mismatch(const CoreExternType& given, const CoreExternType& wanted) {
  if (given.sort != wanted.sort) return expected(to_string(wanted.sort), to_string(given.sort));
  if (given.is_opaque || wanted.is_opaque) return {};
  switch (wanted.sort) {
    case CoreSort::kFunc:
    case CoreSort::kTag:
      if (*given.func == *wanted.func) return {};
      return expected(std::string(to_string(wanted.sort)) + " of type " + to_string(*wanted.func),
                      to_string(*given.func));
    case CoreSort::kTable:
      if (given.table.element != wanted.table.element) {
        return expected(std::string("table element type ") + to_string(wanted.table.element),
                        to_string(given.table.element));
      }
      if (limits_fit(given.table.limits, wanted.table.limits)) return {};
      return "mismatch in table limits: " +
             expected(to_text(wanted.table.limits), to_text(given.table.limits));
    case CoreSort::kMemory:
      if (limits_fit(given.memory.limits, wanted.memory.limits)) return {};
      return "mismatch in memory limits: " +
             expected(to_text(wanted.memory.limits), to_text(given.memory.limits));
    case CoreSort::kGlobal:
      if (given.global.value != wanted.global.value) {
        return expected(std::string("global type ") + to_string(wanted.global.value),
                        to_string(given.global.value));
      }
      if (given.global.mutability == wanted.global.mutability) return {};
      return "global types differ in mutability";
    default:
      return "the sort cannot be imported";
  }
}

}  // namespace wisp::component
