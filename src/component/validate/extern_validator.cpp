// Imports and exports: names, attributes, annotations, and the external visibility of types.
#include <unordered_map>

#include "component/type/subtyping.h"
#include "component/validate/component_validator.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

constexpr size_t kMaxExterns = 100'000;
constexpr size_t kMaxNameBytes = 100'000;

Error at(Error error, uint64_t offset) { return Error(error.code(), error.message(), offset); }

// The `own R` of a constructor's result, or null.
const ResourceType* constructed(const ValType* result) {
  if (result->kind == TypeKind::kResult && result->element != nullptr) result = result->element;
  return result->kind == TypeKind::kOwn ? result->resource : nullptr;
}

}  // namespace

const char* to_string(Direction direction) {
  return direction == Direction::kImport ? "import" : "export";
}

const InstanceType* ComponentValidator::open(const InstanceType* type) {
  if (type->resources.empty()) return type;
  Substitution substitution(builder_);
  for (const ResourceType* resource : type->resources) {
    substitution.replace_resource(resource, builder_.resource(resource->name));
  }
  InstanceType* opened = builder_.arena().make<InstanceType>(*substitution.apply(type));
  opened->resources = {};
  return opened;
}

ExternType ComponentValidator::fresh_resource(std::string_view name) {
  ExternType type;
  type.sort = ExternSort::kType;
  type.bound = TypeBound::kSubResource;
  type.type.kind = TypeDefKind::kResource;
  type.type.resource = builder_.resource(name);
  return type;
}

ExternType ComponentValidator::type_alias(TypeDef def) {
  ExternType type;
  type.sort = ExternSort::kType;
  type.type = def;
  if (def.kind == TypeDefKind::kResource) {
    type.type.resource = builder_.resource_alias(def.resource, def.resource->name);
  } else if (def.kind == TypeDefKind::kValue) {
    ValType* named = builder_.arena().make<ValType>(*def.value);
    named->named = def.value;
    type.type.value = named;
  }
  return type;
}

// --- names

Result<void> ComponentValidator::check_attributes(const ExternName& name,
                                                  const Attributes& attributes,
                                                  const ExternType& type, uint64_t offset) {
  if (attributes.has_implements) {
    Result<ExternName> implemented = parse_extern_name(attributes.implements);
    if (!implemented) return at(std::move(implemented).error(), offset);
    if (implemented->kind != NameKind::kInterface) {
      return invalid(offset, "the `implements` of " + quoted(name.text) +
                                 " must be an interface, it is " + quoted(attributes.implements));
    }
    if (type.sort != ExternSort::kInstance) {
      return invalid(offset, "only instances can have an `implements`, " + quoted(name.text) +
                                 " is a " + to_string(type.sort));
    }
    if (name.kind != NameKind::kLabel) {
      return invalid(offset, "name " + quoted(name.text) + " is not valid with `implements`");
    }
  }
  if (attributes.has_version_suffix) {
    if (name.kind != NameKind::kInterface ||
        !is_canonical_version(name.version, attributes.version_suffix)) {
      return invalid(offset, "the version of " + quoted(name.text) + " and its `versionsuffix` " +
                                 quoted(attributes.version_suffix) +
                                 " are not a version cut at its track");
    }
  }
  return {};
}

Result<void> ComponentValidator::check_annotation(const ExternName& name, const ScopeNames& names,
                                                  const ExternType& type, uint64_t offset) {
  if (type.sort != ExternSort::kFunc) {
    return invalid(offset, quoted(name.text) + " is not a func, it is a " + to_string(type.sort));
  }
  const FuncType& func = *type.func;
  const ResourceType* resource = nullptr;
  if (name.kind == NameKind::kStatic) {
    if (names.resource_labels.contains(name.resource)) return {};
    return invalid(offset,
                   "static resource name is not known in this context: " + quoted(name.resource));
  }
  if (name.kind == NameKind::kConstructor) {
    if (func.result == nullptr) {
      return invalid(offset, "function " + quoted(name.text) + " should return one value");
    }
    resource = constructed(func.result);
    if (resource == nullptr) {
      return invalid(
          offset, "function should return `(own $T)` or `(result (own $T))`: " + quoted(name.text));
    }
  } else {
    if (func.params.empty()) {
      return invalid(offset,
                     "function " + quoted(name.text) + " should have at least one argument");
    }
    const LabeledType& self = func.params[0];
    if (self.label != "self") {
      return invalid(
          offset, "function " + quoted(name.text) + " should have a first argument called `self`");
    }
    if (self.type->kind != TypeKind::kBorrow) {
      return invalid(offset, "function " + quoted(name.text) +
                                 " should take a first argument of `(borrow $T)`");
    }
    resource = self.type->resource;
  }
  auto found = names.resources.find(resource);
  if (found == names.resources.end()) {
    return invalid(offset, "resource used in function does not have a name in this context: " +
                               quoted(name.text));
  }
  if (found->second != name.resource) {
    return invalid(offset, "function " + quoted(name.text) +
                               " does not match expected resource name " + quoted(found->second));
  }
  return {};
}

Result<void> ComponentValidator::add_name(ScopeNames& names, Direction direction,
                                          std::string_view text, const Attributes& attributes,
                                          const ExternType& type, uint64_t offset) {
  if (text.size() > kMaxNameBytes) {
    return Error(ErrorCode::kLimit, "a name is longer than 100000 bytes", offset);
  }
  Result<ExternName> parsed = parse_extern_name(
      text, attributes.has_version_suffix ? VersionForm::kCanonical : VersionForm::kFull);
  if (!parsed) return at(std::move(parsed).error(), offset);
  const ExternName& name = *parsed;
  if (name.kind == NameKind::kDependency && direction == Direction::kExport) {
    return invalid(offset, quoted(text) + " is not a valid name of an export");
  }
  WISP_TRY(check_attributes(name, attributes, type, offset));
  auto [at_key, is_new] = names.used.emplace(uniqueness_key(name), text);
  if (!is_new) {
    return invalid(offset, std::string(to_string(direction)) + " name " + quoted(text) +
                               " conflicts with previous name " + quoted(at_key->second));
  }
  if (names.used.size() > kMaxExterns) {
    return Error(ErrorCode::kLimit, "more than 100000 imports or exports", offset);
  }
  if (name.kind == NameKind::kConstructor || name.kind == NameKind::kMethod ||
      name.kind == NameKind::kStatic) {
    return check_annotation(name, names, type, offset);
  }
  return {};
}

// --- external visibility

// Whether a type may be part of the type of an import or export.
bool ComponentValidator::is_named(const ValType* type, Direction direction) {
  if (type == nullptr || !may_change(type->traits)) return true;
  switch (type->kind) {
    case TypeKind::kRecord:
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kFlags:
      return scope().is_visible(type, direction);
    default:
      return parts_are_named(type, direction);
  }
}

bool ComponentValidator::parts_are_named(const ValType* type, Direction direction) {
  if (!may_change(type->traits)) return true;
  // What is named stays so: large types are walked once for each scope.
  std::unordered_set<const void*>& known =
      direction == Direction::kImport ? scope().named_for_imports : scope().named_for_exports;
  if (known.contains(type)) return true;
  if (type->resource != nullptr && !scope().is_visible(type->resource, direction)) return false;
  for (const LabeledType& member : type->members) {
    if (!is_named(member.type, direction)) return false;
  }
  if (!is_named(type->element, direction) || !is_named(type->error, direction)) return false;
  constexpr uint32_t kSmall = 8;
  if (type->node_count > kSmall) known.insert(type);
  return true;
}

bool ComponentValidator::is_named(const FuncType* type, Direction direction) {
  if (!may_change(type->traits)) return true;
  for (const LabeledType& param : type->params) {
    if (!is_named(param.type, direction)) return false;
  }
  return is_named(type->result, direction);
}

bool ComponentValidator::parts_are_named(const TypeDef& type, Direction direction) {
  switch (type.kind) {
    case TypeDefKind::kResource:
      return true;
    case TypeDefKind::kValue:
      return parts_are_named(type.value, direction);
    case TypeDefKind::kFunc:
      return is_named(type.func, direction);
    case TypeDefKind::kComponent:
      return free_resources_are_named(type.component, direction);
    case TypeDefKind::kInstance:
      break;
  }
  if (!may_change(type.instance->traits)) return true;
  for (const ExternItem& item : type.instance->exports) {
    bool named = true;
    switch (item.type.sort) {
      case ExternSort::kFunc:
        named = is_named(item.type.func, direction);
        break;
      case ExternSort::kType:
        named = parts_are_named(item.type.type, direction);
        break;
      case ExternSort::kInstance: {
        TypeDef nested;
        nested.kind = TypeDefKind::kInstance;
        nested.instance = item.type.instance;
        named = parts_are_named(nested, direction);
        break;
      }
      default:
        break;
    }
    if (!named) return false;
  }
  return true;
}

// The type of an import may only name what is imported. A resource type of the component itself has
// no name for those who supply the import, and there is none yet: each instance makes its own, once
// its imports are there. (Explainer.md, "External Visibility of Types": every resource type in the
// type of an import has an externally visible name, and no import depends on an export. That holds
// for the bound of a type as well.)
bool ComponentValidator::is_importable(const ExternType& type) {
  const Scope& here = scope();
  // What a component type imports is supplied where its own outer types are known.
  return here.kind != ScopeKind::kComponent || type.type.kind != TypeDefKind::kResource ||
         here.imported_identities.contains(type.type.resource->identity);
}

// Checks the type of an import or export, and gives its types their external names.
bool ComponentValidator::make_visible(Direction direction, const ExternType& type) {
  std::unordered_set<const void*>& nodes =
      direction == Direction::kImport ? scope().imported_nodes : scope().exported_nodes;
  switch (type.sort) {
    case ExternSort::kFunc:
      return is_named(type.func, direction);
    case ExternSort::kComponent:
      return free_resources_are_named(type.component, direction);
    case ExternSort::kType:
      if (!parts_are_named(type.type, direction)) return false;
      if (direction == Direction::kImport && !is_importable(type)) return false;
      if (type.type.kind == TypeDefKind::kValue) nodes.insert(type.type.value);
      if (type.type.kind == TypeDefKind::kResource) nodes.insert(type.type.resource);
      return true;
    case ExternSort::kInstance:
      for (const ExternItem& item : type.instance->exports) {
        if (!make_visible(direction, item.type)) return false;
      }
      return true;
    case ExternSort::kValue:
    case ExternSort::kModule:
      break;
  }
  return true;
}

// Resource types that an import introduces, or that an export shows for the first time.
void ComponentValidator::note_resources(Direction direction, const ExternType& type) {
  Scope& here = scope();
  if (type.sort == ExternSort::kInstance) {
    if (!type.instance->traits.has_resource) return;
    for (const ExternItem& item : type.instance->exports) note_resources(direction, item.type);
    return;
  }
  if (type.sort != ExternSort::kType || type.type.kind != TypeDefKind::kResource) return;
  const ResourceType* identity = type.type.resource->identity;
  if (here.kind == ScopeKind::kComponent && direction == Direction::kImport &&
      type.bound == TypeBound::kEq) {
    return;  // it introduces none
  }
  if (here.kind != ScopeKind::kComponent && type.bound == TypeBound::kEq) {
    // A declared type that is equal to an outer one does not bind it.
    bool ours =
        here.imported_identities.contains(identity) || here.exported_identities.contains(identity);
    if (!ours && direction == Direction::kExport) return;
  }
  if (here.imported_identities.contains(identity)) return;
  if (direction == Direction::kImport) {
    here.imported_identities.insert(identity);
    if (type.bound == TypeBound::kSubResource) here.imported_resources.push_back(identity);
  } else if (here.exported_identities.insert(identity).second) {
    here.defined_resources.push_back(identity);
  }
}

// --- imports and exports

Result<void> ComponentValidator::declare(Direction direction, std::string_view name,
                                         const Attributes& attributes, const ExternType& type,
                                         uint64_t offset) {
  Scope& here = scope();
  WISP_TRY(add_name(here.names(direction), direction, name, attributes, type, offset));
  if (type.sort == ExternSort::kType && type.type.kind == TypeDefKind::kResource) {
    here.names(direction).resources.emplace(type.type.resource, name);
    here.names(direction).resource_labels.insert(name);
  }
  note_resources(direction, type);
  // Instance types are checked where they are used.
  if (here.kind != ScopeKind::kInstanceType && !make_visible(direction, type)) {
    const char* named = direction == Direction::kImport ? "imported" : "imported or exported";
    return invalid(offset, std::string(to_string(type.sort)) + " not valid to be used as " +
                               to_string(direction) + ": the type of " + quoted(name) +
                               " refers to a type that was not " + named + " before it");
  }
  (direction == Direction::kImport ? here.imports : here.exports)
      .push_back({name, type, attributes.implements});
  return push(type, offset);
}

Result<void> ComponentValidator::add_import(std::string_view name, const Attributes& attributes,
                                            ExternType type, uint64_t offset) {
  WISP_TRY(declare(Direction::kImport, name, attributes, type, offset));
  if (scope().kind != ScopeKind::kComponent) return {};
  Definition& definition = define(DefinitionKind::kImport, offset);
  definition.name = name;
  definition.type = type;
  return {};
}

Result<void> ComponentValidator::add_export_decl(std::string_view name,
                                                 const Attributes& attributes, ExternType type,
                                                 uint64_t offset) {
  return declare(Direction::kExport, name, attributes, type, offset);
}

Result<void> ComponentValidator::add_export(const DecodedArgument& item,
                                            const Attributes& attributes,
                                            const ExternType* ascribed, uint64_t offset) {
  ExternType source = WISP_TRY(item_type(item, offset));
  ExternType type = source;
  if (ascribed != nullptr) {
    SubtypeChecker checker(&comparisons_left_);
    if (!checker.fits(source, *ascribed)) {
      return mismatch(
          "ascribed type of export " + quoted(item.name) + " is not compatible with item's type",
          checker, offset);
    }
    // An instance type with `(sub resource)` makes new resource types, as the bound itself does
    // where a type is ascribed.
    type = *ascribed;
  } else if (type.sort == ExternSort::kType) {
    type = type_alias(type.type);
  }
  WISP_TRY(declare(Direction::kExport, item.name, attributes, type, offset));
  Definition& definition = define(DefinitionKind::kExport, offset);
  definition.name = item.name;
  definition.sort = item.sort;
  definition.index = item.index;
  definition.type_value = source.type;
  definition.type = type;
  return {};
}

}  // namespace wisp::component
