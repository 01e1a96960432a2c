// Types: labels, counts, sizes; resource and module types.
#include <algorithm>
#include <utility>

#include "component/validate/component_validator.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

constexpr size_t kMaxMembers = 10'000;
constexpr size_t kMaxParameters = 1'000;
constexpr size_t kMaxFlags = 32;

struct LabelWords {
  const char* one;       // "record field"
  const char* previous;  // "field"
};
LabelWords words_of(LabelKind kind) {
  switch (kind) {
    case LabelKind::kField:
      return {"record field", "field"};
    case LabelKind::kCase:
      return {"variant case", "case"};
    case LabelKind::kFlag:
      return {"flag", "flag"};
    case LabelKind::kEnumTag:
      return {"enum tag", "tag"};
    case LabelKind::kParameter:
      return {"function parameter", "parameter"};
  }
  return {"", ""};
}

}  // namespace

Result<const ValType*> ComponentValidator::made(const ValType* type, uint64_t offset) {
  if (type != nullptr) return type;
  return invalid(offset, std::string(builder_.why()) + " (exceeds maximum byte size or depth)");
}

Result<void> ComponentValidator::check_labels(std::span<const LabeledType> members, LabelKind kind,
                                              uint64_t offset) {
  LabelWords words = words_of(kind);
  size_t limit = kind == LabelKind::kParameter ? kMaxParameters : kMaxMembers;
  if (members.size() > limit) {
    return Error(ErrorCode::kLimit,
                 "more than " + std::to_string(limit) + " " + words.one + "s in one type", offset);
  }
  constexpr size_t kPairwise = 16;
  std::unordered_map<std::string, std::string_view> seen;
  for (size_t i = 0; i < members.size(); ++i) {
    std::string_view label = members[i].label;
    if (!is_kebab_case(label)) [[unlikely]] {
      std::string what = std::string(words.one) + " name ";
      if (label.empty()) return invalid(offset, what + "cannot be empty");
      return invalid(offset, what + quoted(label) + " is not in kebab case");
    }
    std::string_view previous;
    if (members.size() <= kPairwise) {
      for (size_t j = 0; j < i && previous.empty(); ++j) {
        if (labels_collide(members[j].label, label)) previous = members[j].label;
      }
    } else {
      ExternName name;
      name.text = label;
      auto [found, is_new] = seen.emplace(uniqueness_key(name), label);
      if (!is_new) previous = found->second;
    }
    if (previous.empty()) continue;
    return invalid(offset, std::string(words.one) + " name " + quoted(label) +
                               " conflicts with previous " + words.previous + " name " +
                               quoted(previous));
  }
  return {};
}

Result<const ValType*> ComponentValidator::record(std::vector<LabeledType> fields,
                                                  uint64_t offset) {
  if (fields.empty()) return invalid(offset, "record type must have at least one field");
  WISP_TRY(check_labels(fields, LabelKind::kField, offset));
  return made(builder_.record(fields), offset);
}

Result<const ValType*> ComponentValidator::variant(std::vector<LabeledType> cases,
                                                   uint64_t offset) {
  if (cases.empty()) return invalid(offset, "variant type must have at least one case");
  WISP_TRY(check_labels(cases, LabelKind::kCase, offset));
  return made(builder_.variant(cases), offset);
}

Result<const ValType*> ComponentValidator::tuple(std::vector<LabeledType> members,
                                                 uint64_t offset) {
  if (members.empty()) return invalid(offset, "tuple type must have at least one type");
  if (members.size() > kMaxMembers) {
    return Error(ErrorCode::kLimit, "more than 10000 types in one tuple", offset);
  }
  return made(builder_.tuple(members), offset);
}

Result<const ValType*> ComponentValidator::flags(std::vector<LabeledType> labels, uint64_t offset) {
  if (labels.empty()) return invalid(offset, "flags must have at least one entry");
  if (labels.size() > kMaxFlags) {
    return invalid(offset, "cannot have more than 32 flags, there are " +
                               std::to_string(labels.size()) +
                               ": older tools allowed this, rebuild with a current one");
  }
  WISP_TRY(check_labels(labels, LabelKind::kFlag, offset));
  return made(builder_.flags(labels), offset);
}

Result<const ValType*> ComponentValidator::enumeration(std::vector<LabeledType> labels,
                                                       uint64_t offset) {
  if (labels.empty()) return invalid(offset, "enum type must have at least one variant");
  WISP_TRY(check_labels(labels, LabelKind::kEnumTag, offset));
  return made(builder_.enumeration(labels), offset);
}

Result<const ValType*> ComponentValidator::list(const ValType* element, uint64_t offset) {
  return made(builder_.list(element), offset);
}

Result<const ValType*> ComponentValidator::fixed_list(const ValType* element, uint32_t length,
                                                      uint64_t offset) {
  if (length == 0) return invalid(offset, "fixed-length lists must have at least one element");
  return made(builder_.fixed_list(element, length), offset);
}

Result<const ValType*> ComponentValidator::map(const ValType* key, const ValType* value,
                                               uint64_t offset) {
  bool is_key = is_primitive(key->kind) && key->kind != TypeKind::kF32 &&
                key->kind != TypeKind::kF64 && key->kind != TypeKind::kErrorContext;
  if (!is_key) {
    return invalid(offset,
                   std::string("a map's key must be bool, an integer, char or string, not ") +
                       to_string(key->kind));
  }
  return made(builder_.map(key, value), offset);
}

Result<const ValType*> ComponentValidator::option(const ValType* payload, uint64_t offset) {
  return made(builder_.option(payload), offset);
}

Result<const ValType*> ComponentValidator::result(const ValType* ok, const ValType* error,
                                                  uint64_t offset) {
  return made(builder_.result(ok, error), offset);
}

Result<const ValType*> ComponentValidator::handle(TypeKind kind, uint32_t type, uint64_t offset) {
  const ResourceType* resource = WISP_TRY(resource_at(type, offset));
  return made(kind == TypeKind::kOwn ? builder_.own(resource) : builder_.borrow(resource), offset);
}

Result<const ValType*> ComponentValidator::stream_or_future(TypeKind kind, const ValType* element,
                                                            uint64_t offset) {
  bool is_stream = kind == TypeKind::kStream;
  if (element != nullptr && element->traits.has_borrow) {
    return invalid(offset, std::string("a ") + to_string(kind) + " cannot contain a `borrow` type");
  }
  if (is_stream && element != nullptr && element->kind == TypeKind::kChar) {
    return invalid(offset, "`stream<char>` is not valid at this time");
  }
  return made(is_stream ? builder_.stream(element) : builder_.future(element), offset);
}

Result<const FuncType*> ComponentValidator::func(std::vector<LabeledType> params,
                                                 const ValType* result, bool is_async,
                                                 uint64_t offset) {
  WISP_TRY(check_labels(params, LabelKind::kParameter, offset));
  if (result != nullptr && result->traits.has_borrow) {
    return invalid(offset, "function result cannot contain a `borrow` type");
  }
  const FuncType* type = builder_.func(params, result, is_async);
  if (type == nullptr) return Error(ErrorCode::kLimit, builder_.why(), offset);
  return type;
}

Result<TypeDef> ComponentValidator::resource(uint8_t representation, uint32_t destructor,
                                             uint64_t offset) {
  if (scope().kind != ScopeKind::kComponent) {
    return invalid(offset, "resources can only be defined within a concrete component");
  }
  constexpr uint8_t kI32 = 0x7f, kI64 = 0x7e;
  const bool is_wide = representation == kI64;
  if (is_wide) gate("resources with an i64 representation: not in this version", offset);
  if (representation != kI32 && !is_wide) {
    return invalid(offset, "resources can only be represented by `i32`");
  }
  if (destructor != kNoIndex) {
    const jit::FuncType* type = WISP_TRY(core_func_at(destructor, offset));
    const jit::FuncType expected{{is_wide ? jit::ValueType::kI64 : jit::ValueType::kI32}, {}};
    if (type != nullptr && *type != expected) {
      return invalid(offset, "core function " + std::to_string(destructor) +
                                 " has the wrong signature for a destructor: expected " +
                                 to_string(expected) + ", found " + to_string(*type));
    }
  }
  TypeDef type;
  type.kind = TypeDefKind::kResource;
  type.resource = builder_.resource({});
  scope().local_resources.insert(type.resource);
  if (is_wide) wide_resources_.insert(type.resource);
  Definition& definition = define(DefinitionKind::kResource, offset);
  definition.resource = type.resource;
  definition.index = destructor;
  return type;
}

Result<void> ComponentValidator::add_type(TypeDef type, uint64_t offset) {
  ExternType item;
  item.sort = ExternSort::kType;
  item.type = type;
  return push(item, offset);
}

Result<const ModuleType*> ComponentValidator::module_type(std::vector<CoreImport> imports,
                                                          std::vector<CoreExport> exports,
                                                          uint64_t offset) {
  std::vector<std::pair<std::string_view, std::string_view>> names;
  names.reserve(imports.size());
  for (const CoreImport& import : imports) names.emplace_back(import.module, import.name);
  std::sort(names.begin(), names.end());
  auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) {
    return invalid(offset, "duplicate import name `" + printable(twice->first) + ":" +
                               printable(twice->second) + "`");
  }
  const ModuleType* type = builder_.module(imports, exports);
  for (size_t i = 1; i < exports.size(); ++i) {
    std::string_view name = exports[type->exports_by_name[i]].name;
    if (name == exports[type->exports_by_name[i - 1]].name) {
      return invalid(offset, "export name " + quoted(name) + " already defined");
    }
  }
  return type;
}

}  // namespace wisp::component
