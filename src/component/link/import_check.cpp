// The part of ImportResolver that looks at what a component declares, whether it uses it or not.
#include "component/host/host_type_check.h"
#include "component/link/import_resolver.h"
#include "platform/printable.h"

namespace wisp::component {
namespace {

constexpr ExternSort kProvidedSorts[] = {ExternSort::kFunc, ExternSort::kType, ExternSort::kModule,
                                         ExternSort::kInstance};

}  // namespace

void ImportResolver::check_declared() {
  std::vector<std::string_view> path;
  for (uint32_t i = 0; i < component_.imports.size(); ++i) {
    check(i, path, component_.imports[i].type);
  }
}

void ImportResolver::check(uint32_t import, std::vector<std::string_view>& path,
                           const ExternType& type) {
  if (is_of_another_sort(import, path, type.sort)) return;
  switch (type.sort) {
    case ExternSort::kInstance:
      // An instance need not be there itself: all that matters is in it.
      for (const ExternItem& item : type.instance->exports) {
        path.push_back(item.name);
        check(import, path, item.type);
        path.pop_back();
      }
      return;
    case ExternSort::kType:
      return check_resource(import, path, type);
    case ExternSort::kModule: {
      const Found found = find(import, path, ExternSort::kModule);
      const jit::Module* module = module_of(found);
      if (module != nullptr) check_module(import_name(import, path), *type.module, *module);
      return;
    }
    case ExternSort::kFunc: {
      const bool has_version =
          !InterfaceName::parse(component_.imports[import].name).version.empty();
      if (has_version) return;
      const Found found = find(import, path, ExternSort::kFunc);
      if (found.item == nullptr || found.item->check == SignatureCheck::kNone) return;
      if (same_signature(found.item->signature, *type.func, resolved_.resources)) return;
      return report_signature(import, *found.item, *type.func);
    }
    default:
      return;
  }
}

// Resource types of their own were resolved before; here are those that must be one of these.
void ImportResolver::check_resource(uint32_t import, Path path, const ExternType& type) {
  if (type.bound != TypeBound::kEq || type.type.kind != TypeDefKind::kResource) return;
  const Found found = look_up(import, path, ExternSort::kType);
  if (!found) return;
  const uint32_t index = type.type.resource->index;
  if (index >= resolved_.resources.size()) return;
  const RuntimeResourceType* given =
      found.item != nullptr ? found.item->resource
                            : found.instance->resource_type(found.exported->type.resource->index);
  if (given == resolved_.resources[index]) return;
  report(quoted(import_name(import, path)) +
         ": mismatched resource types: it must be the same resource as another import");
}

bool ImportResolver::is_of_another_sort(uint32_t import, Path path, ExternSort sort) {
  const bool is_there = sort != ExternSort::kComponent && look_up(import, path, sort);
  if (is_there) return false;
  for (const ExternSort other : kProvidedSorts) {
    if (other == sort || !look_up(import, path, other)) continue;
    report(quoted(import_name(import, path)) + ": expected " + to_string(sort) + ", found " +
           to_string(other));
    return true;
  }
  return false;
}

const jit::Module* ImportResolver::module_of(const Found& found) {
  if (found.module == nullptr || *found.module == nullptr) return nullptr;
  return &(*found.module)->module();
}

}  // namespace wisp::component
