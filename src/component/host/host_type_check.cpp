#include "component/host/host_type_check.h"

namespace wisp::component {
namespace {

using Resources = std::span<const RuntimeResourceType* const>;

bool same_type(const HostType* host, const ValType* type, Resources resources);

bool same_members(const HostType& host, const ValType& type, Resources resources) {
  if (!host.names.empty() && host.names.size() != type.members.size()) return false;
  if (!host.members.empty() && host.members.size() != type.members.size()) return false;
  for (size_t i = 0; i < type.members.size(); i++) {
    if (!host.names.empty() && host.names[i] != type.members[i].label) return false;
    const HostType* member = host.members.empty() ? nullptr : host.members[i];
    if (!same_type(member, type.members[i].type, resources)) return false;
  }
  return true;
}

bool same_type(const HostType* host, const ValType* type, Resources resources) {
  if (host == nullptr || type == nullptr) return host == nullptr && type == nullptr;
  if (host->kind != type->kind) return false;
  switch (type->kind) {
    case TypeKind::kList:
    case TypeKind::kOption:
      return same_type(host->members[0], type->element, resources);
    case TypeKind::kResult:
      return same_type(host->members[0], type->element, resources) &&
             same_type(host->members[1], type->error, resources);
    case TypeKind::kRecord:
    case TypeKind::kTuple:
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kFlags:
      return same_members(*host, *type, resources);
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      return type->resource->index < resources.size() &&
             resources[type->resource->index] == host->resource;
    default:
      return true;
  }
}

void write(const HostType* type, const HostTypeNames& names, std::string& out);

void write_arguments(const HostType& type, const HostTypeNames& names, std::string& out) {
  size_t count = type.members.size();
  while (count > 0 && type.members[count - 1] == nullptr) count--;  // result<u8>, result
  for (size_t i = 0; i < count; i++) {
    out += i > 0 ? ", " : "<";
    write(type.members[i], names, out);
  }
  if (count > 0) out += ">";
}

void write_labels(const HostType& type, const HostTypeNames& names, std::string& out) {
  out += " {";
  for (size_t i = 0; i < type.names.size(); i++) {
    out += (i > 0 ? ", " : " ") + std::string(type.names[i]);
    if (i >= type.members.size() || type.members[i] == nullptr) continue;
    out += type.kind == TypeKind::kRecord ? ": " : "(";
    write(type.members[i], names, out);
    if (type.kind != TypeKind::kRecord) out += ")";
  }
  out += " }";
}

void write(const HostType* type, const HostTypeNames& names, std::string& out) {
  if (type == nullptr) {
    out += "_";
    return;
  }
  out += to_string(type->kind);
  switch (type->kind) {
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      out += "<" + names.name(names.environment, type->resource) + ">";
      break;
    case TypeKind::kList:
    case TypeKind::kOption:
    case TypeKind::kResult:
    case TypeKind::kTuple:
      write_arguments(*type, names, out);
      break;
    case TypeKind::kRecord:
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kFlags:
      write_labels(*type, names, out);
      break;
    default:
      break;
  }
}

}  // namespace

bool same_signature(const HostSignature& host, const FuncType& type, Resources resources) {
  if (host.params.size() != type.params.size()) return false;
  for (size_t i = 0; i < type.params.size(); i++) {
    if (!same_type(host.params[i], type.params[i].type, resources)) return false;
  }
  return same_type(host.result, type.result, resources);
}

std::string to_string(const HostSignature& signature, const HostTypeNames& names,
                      std::span<const LabeledType> params) {
  std::string out = "func(";
  for (size_t i = 0; i < signature.params.size(); i++) {
    if (i > 0) out += ", ";
    if (i < params.size()) out += std::string(params[i].label) + ": ";
    write(signature.params[i], names, out);
  }
  out += ")";
  if (signature.result != nullptr) {
    out += " -> ";
    write(signature.result, names, out);
  }
  return out;
}

}  // namespace wisp::component
