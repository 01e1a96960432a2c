// Scope: the index spaces and names of one component, component type or instance type while it is
// validated.
//
// External visibility (Explainer.md, "External Visibility of Types") goes by nodes: an import or
// export of a type makes a new node, and only such nodes may occur in the types of later imports
// and exports.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "component/model/decoded.h"
#include "component/type/names.h"
#include "component/type/types.h"

namespace wisp::component {

enum class ScopeKind : uint8_t { kComponent, kComponentType, kInstanceType };
enum class Direction : uint8_t { kImport, kExport };
const char* to_string(Direction direction);

struct CoreTypeDef {
  const jit::FuncType* func = nullptr;
  const ModuleType* module = nullptr;
};

// The names of the imports, or of the exports, of one scope.
struct ScopeNames {
  std::unordered_map<std::string, std::string_view> used;  // by uniqueness key
  // The node that an imported or exported resource type introduced -> its label.
  std::unordered_map<const ResourceType*, std::string_view> resources;
  std::unordered_set<std::string_view> resource_labels;
};

struct Scope {
  ScopeKind kind = ScopeKind::kComponent;
  DecodedComponent* decoded = nullptr;  // kComponent

  std::vector<const ModuleType*> core_modules;
  std::vector<const ModuleType*> core_instances;
  std::vector<const jit::FuncType*> core_funcs;  // null: of a module that Wisp cannot read
  std::vector<CoreExternType> core_tags;
  std::vector<CoreExternType> core_tables;
  std::vector<CoreExternType> core_memories;
  std::vector<CoreExternType> core_globals;
  std::vector<CoreTypeDef> core_types;
  std::vector<const ComponentType*> components;
  std::vector<const InstanceType*> instances;
  std::vector<const FuncType*> funcs;
  std::vector<TypeDef> types;

  std::vector<ExternItem> imports;
  std::vector<ExternItem> exports;
  ScopeNames import_names;
  ScopeNames export_names;

  // Nodes that have an external name. Exports may use both.
  std::unordered_set<const void*> imported_nodes;
  std::unordered_set<const void*> exported_nodes;
  // Unnamed types whose parts were all found to be visible.
  std::unordered_set<const void*> named_for_imports;
  std::unordered_set<const void*> named_for_exports;
  // By identity. `introduced` are the bound resource types of an instance type.
  std::unordered_set<const ResourceType*> imported_identities;
  std::unordered_set<const ResourceType*> exported_identities;
  std::unordered_set<const ResourceType*> local_resources;
  std::vector<const ResourceType*> imported_resources;
  std::vector<const ResourceType*> defined_resources;

  ScopeNames& names(Direction direction) {
    return direction == Direction::kImport ? import_names : export_names;
  }
  // Whether an import or export may refer to this node.
  bool is_visible(const void* node, Direction direction) const {
    return imported_nodes.contains(node) ||
           (direction == Direction::kExport && exported_nodes.contains(node));
  }
  bool is_visible_identity(const ResourceType* identity, Direction direction) const {
    return imported_identities.contains(identity) ||
           (direction == Direction::kExport && exported_identities.contains(identity));
  }
};

}  // namespace wisp::component
