#include <algorithm>

#include "component/text/wit_printer.h"

namespace wisp::component {

namespace {

constexpr std::string_view kKeywords[] = {
    "_",         "as",          "async",    "bool",          "borrow",
    "char",      "constructor", "enum",     "error-context", "export",
    "f32",       "f64",         "flags",    "float32",       "float64",
    "from",      "func",        "future",   "import",        "include",
    "interface", "list",        "map",      "option",        "own",
    "package",   "record",      "resource", "result",        "s16",
    "s32",       "s64",         "s8",       "static",        "stream",
    "string",    "tuple",       "type",     "u16",           "u32",
    "u64",       "u8",          "use",      "variant",       "with",
    "world",
};

static_assert(std::is_sorted(std::begin(kKeywords), std::end(kKeywords)));

bool is_named_kind(TypeKind kind) {
  return kind == TypeKind::kRecord || kind == TypeKind::kVariant || kind == TypeKind::kFlags ||
         kind == TypeKind::kEnum;
}

}  // namespace

std::string wit_label(std::string_view label) {
  const bool is_keyword = std::binary_search(std::begin(kKeywords), std::end(kKeywords), label);
  return (is_keyword ? "%" : "") + std::string(label);
}

std::string_view WitTypes::name_of(const ResourceType* type) const {
  for (const ResourceType* each = type; each != nullptr; each = each->named) {
    if (auto found = resources_.find(each); found != resources_.end()) return found->second;
  }
  auto found = resources_.find(type->identity);
  return found == resources_.end() ? type->name : found->second;
}

std::string_view WitTypes::find_name(const ValType* type) const {
  for (; type != nullptr; type = type->named) {
    if (auto found = values_.find(type); found != values_.end()) return found->second;
  }
  return {};
}

// What a named type was made of may stand for it.
std::string_view WitTypes::name_of(const ValType& type) const {
  if (const std::string_view name = find_name(&type); !name.empty()) return name;
  if (!is_named_kind(type.kind)) return {};
  for (const auto& [named, name] : values_) {
    for (const ValType* each = named; each != nullptr; each = each->named) {
      if (each == &type || each == type.named) return name;
    }
  }
  return {};
}

void WitTypes::print(const ValType& type) {
  if (const std::string_view name = name_of(type); !name.empty()) {
    out_ += wit_label(name);
  } else {
    print_structure(type);
  }
}

void WitTypes::print_generic(const char* name, std::initializer_list<const ValType*> arguments) {
  out_ += name;
  const char* separator = "<";
  for (const ValType* argument : arguments) {
    if (argument == nullptr) continue;
    out_ += separator;
    separator = ", ";
    print(*argument);
  }
  if (*separator == ',') out_ += '>';
}

void WitTypes::print_result(const ValType& type) {
  if (type.element != nullptr || type.error == nullptr) {
    return print_generic("result", {type.element, type.error});
  }
  out_ += "result<_, ";
  print(*type.error);
  out_ += '>';
}

void WitTypes::print_structure(const ValType& type) {
  switch (type.kind) {
    case TypeKind::kList:
    case TypeKind::kOption:
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return print_generic(to_string(type.kind), {type.element});
    case TypeKind::kFixedList:
      out_ += "list<";
      print(*type.element);
      out_ += ", " + std::to_string(type.length) + ">";
      return;
    case TypeKind::kMap:
      return print_generic("map", {type.element->members[0].type, type.element->members[1].type});
    case TypeKind::kTuple:
      out_ += "tuple<";
      for (const LabeledType& member : type.members) {
        if (&member != type.members.data()) out_ += ", ";
        print(*member.type);
      }
      out_ += '>';
      return;
    case TypeKind::kResult:
      return print_result(type);
    case TypeKind::kOwn:
      out_ += wit_label(name_of(type.resource));
      return;
    case TypeKind::kBorrow:
      out_ += "borrow<" + wit_label(name_of(type.resource)) + ">";
      return;
    case TypeKind::kRecord:
    case TypeKind::kVariant:
    case TypeKind::kFlags:
    case TypeKind::kEnum:
      // Validation gives all of these names: only a component that was made by hand comes here.
      out_ += to_string(type);
      return;
    default:
      out_ += to_string(type.kind);
      return;
  }
}

void WitTypes::print(const FuncType& type, NameKind kind) {
  if (type.is_async) out_ += "async ";
  out_ += kind == NameKind::kConstructor ? "constructor(" : "func(";
  const size_t skipped = kind == NameKind::kMethod ? 1 : 0;
  for (size_t i = skipped; i < type.params.size(); i++) {
    if (i != skipped) out_ += ", ";
    out_ += wit_label(type.params[i].label) + ": ";
    print(*type.params[i].type);
  }
  out_ += ')';
  const bool is_implied = kind == NameKind::kConstructor && type.result->kind == TypeKind::kOwn;
  if (type.result == nullptr || is_implied) return;
  out_ += " -> ";
  print(*type.result);
}

void WitTypes::declare(const ValType& type, std::string_view name, std::string_view indent) {
  // Another name of a type that has one here already.
  const std::string_view other = find_name(type.named);
  if (!is_named_kind(type.kind) || !other.empty()) {
    out_ += std::string(indent) + "type " + wit_label(name) + " = ";
    if (!other.empty()) {
      out_ += wit_label(other);
    } else if (type.kind == TypeKind::kOwn) {
      out_ += "own<" + wit_label(name_of(type.resource)) + ">";
    } else {
      print_structure(type);
    }
    out_ += ";\n";
    return;
  }
  out_ += std::string(indent) + to_string(type.kind) + " " + wit_label(name) + " {\n";
  for (const LabeledType& member : type.members) {
    out_ += std::string(indent) + "  " + wit_label(member.label);
    if (type.kind == TypeKind::kRecord) {
      out_ += ": ";
      print(*member.type);
    } else if (member.type != nullptr) {
      out_ += '(';
      print(*member.type);
      out_ += ')';
    }
    out_ += ",\n";
  }
  out_ += std::string(indent) + "}\n";
}

}  // namespace wisp::component
