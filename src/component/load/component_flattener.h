// ComponentFlattener: instantiates a decoded component on paper. Decoded -> the flat lists of a
// Component (component.h says what they are).
//
// It walks the definitions of the root, and of each component that is instantiated, with one index
// space per sort that holds what the definitions stand for: a core definition, a function of the
// host or a lifted one, an instance as a list of these. Names are looked up here for the last time.
//
//   1. a resource type is made for each definition of one, and for each that the root imports,
//   2. what an import or an `instantiate` introduces in the types of a component is bound to those,
//   3. the types of lifts, lowers and exports are substituted accordingly.
//
// Private to the component layer. Four files by subject: what is instantiated
// (component_flattener.cpp), imports and exports (flatten_externs.cpp), functions
// (flatten_functions.cpp), core instances (flatten_core.cpp).
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "component/load/composition.h"
#include "component/model/component.h"
#include "component/model/decoded.h"
#include "component/type/substitution.h"
#include "component/type/type_builder.h"
#include "platform/result.h"

namespace wisp::component {

// The position of `name` in `items`, or kNoIndex. Few are searched one by one.
template <class Items>
uint32_t find_by_name(const Items& items, std::unordered_map<std::string_view, uint32_t>& by_name,
                      std::string_view name) {
  constexpr size_t kFew = 16;
  if (items.size() <= kFew) {
    for (uint32_t i = 0; i < items.size(); ++i) {
      if (items[i].name == name) return i;
    }
    return kNoIndex;
  }
  if (by_name.empty()) {
    for (uint32_t i = 0; i < items.size(); ++i) by_name.emplace(items[i].name, i);
  }
  auto found = by_name.find(name);
  return found == by_name.end() ? kNoIndex : found->second;
}

inline Error unsupported(std::string message, uint64_t offset) {
  return Error(ErrorCode::kUnsupported, std::move(message), offset);
}

class ComponentFlattener {
 public:
  ComponentFlattener(const Decoded& decoded, Component& component)
      : decoded_(decoded), component_(component), builder_(component.arena) {}

  // Fills everything but the compiled code. Errors: kUnsupported for components that the root
  // imports, kLimit.
  Result<void> flatten();
  // The same for several components, as if one had been written that instantiates them: the first
  // of `composition` is the root, what the parts do not give each other the host gives.
  Result<void> flatten(const Composition& composition);

 private:
  // What an index stands for.
  struct Instance;
  struct Environment;
  struct ImportedFunctionSlot {
    ImportedFunction function;
    uint32_t index = kNoIndex;
  };
  struct ImportedModuleSlot {
    ImportedModule module;
    uint32_t index = kNoIndex;
  };
  struct ModuleReference {
    uint32_t index = kNoIndex;               // in Decoded::modules
    ImportedModuleSlot* imported = nullptr;  // its place in the list is given when it is used
  };
  struct Function {
    FunctionDefinition definition;
    ImportedFunctionSlot* imported = nullptr;  // its place in the list is given when it is used
  };
  struct ComponentClosure {
    const DecodedComponent* component = nullptr;
    const Environment* parent = nullptr;  // for outer aliases
  };
  struct CoreItem {
    std::string_view name;
    CoreDefinition definition;
  };
  struct CoreInstance {
    uint32_t index = kNoIndex;                                       // of a real instance
    const jit::Module* module = nullptr;                             // of a module of the component
    const ModuleType* module_type = nullptr;                         // of an imported one
    std::vector<CoreItem> items;                                     // of inline exports
    mutable std::unordered_map<std::string_view, uint32_t> by_name;  // see Instance
  };
  struct Item {
    std::string_view name;
    ExternSort sort = ExternSort::kFunc;
    Function function;
    ModuleReference module;
    const Instance* instance = nullptr;
    ComponentClosure component;
    const ResourceType* resource = nullptr;  // linked; of a type that is a resource
    TypeDef type;                            // linked
  };
  struct Instance {
    std::vector<Item> items;
    // Made by the first look into an instance with many items.
    mutable std::unordered_map<std::string_view, uint32_t> by_name;
    const Item* find(std::string_view name) const;
  };
  struct Environment {
    Environment(TypeBuilder& builder, uint32_t own_index) : types(builder), index(own_index) {}
    const Environment* parent = nullptr;
    Substitution types;  // resource types of the component -> linked ones
    uint32_t index;      // in component_instances
    std::vector<ModuleReference> modules;
    std::vector<const CoreInstance*> core_instances;
    std::vector<CoreDefinition> core_funcs, core_tables, core_memories, core_globals, core_tags;
    std::vector<ComponentClosure> components;
    std::vector<const Instance*> instances;
    std::vector<Function> funcs;
  };

  struct Arguments : Instance {
    // What is not there is an import of the root: of a part of a composition, or of the root
    // itself.
    enum class Others : uint8_t { kMissing, kFromHost };
    Others others = Others::kMissing;
    // Whether it was checked that what is given fits. Not of parts of a composition.
    enum class Validated : uint8_t { kYes, kNo };
    Validated validated = Validated::kYes;
    std::string_view user;  // the name of the part
  };

  Result<const Instance*> instantiate(const ComponentClosure& closure, uint32_t parent,
                                      const Arguments& arguments);
  Result<Arguments> arguments_of(const Composition& composition, uint32_t part,
                                 std::span<const Instance* const> made);
  Result<void> run(const Definition& definition, Environment& env, const Arguments& arguments,
                   Instance& exports);
  Result<void> run_import(const Definition& definition, Environment& env,
                          const Arguments& arguments);
  Result<void> run_instantiate(const Definition& definition, Environment& env);
  Result<void> run_core_instantiate(const Definition& definition, Environment& env);
  Result<void> run_core_exports(const Definition& definition, Environment& env);
  Result<void> run_alias_core_export(const Definition& definition, Environment& env);
  void run_resource(const Definition& definition, Environment& env);
  void run_lift(const Definition& definition, Environment& env);
  Result<void> run_lower(const Definition& definition, Environment& env);
  void run_builtin(const Definition& definition, Environment& env);
  void run_export(const Definition& definition, Environment& env, Instance& exports);

  // The item of the root's import, made on the first look.
  Result<Item> imported_item(const ExternType& type, uint32_t import,
                             const std::vector<std::string_view>& path, Environment& env);
  // Binds what `wanted` introduces, and checks that `given` fits. Error kLink.
  Result<void> fit(const ExternType& wanted, const Item& given, Environment& env,
                   const std::string& name);
  ExternType type_of(const Item& item);
  Item item_of(const DecodedArgument& argument, Environment& env) const;
  void push(const Item& item, Environment& env) const;
  void bind(const ExternType& type, const Item& item, Environment& env);
  Result<CoreDefinition> core_export(const CoreInstance& instance, std::string_view name,
                                     uint64_t offset) const;
  FunctionDefinition use(Function& function);
  CanonicalOptionsDefinition options(const DecodedOptions& decoded, const Environment& env) const;
  // The position in the lists of the Component; of an imported module it is given by the first use.
  uint32_t use(const ModuleReference& module);
  Result<std::vector<CoreDefinition>> core_arguments(const Definition& definition,
                                                     const ModuleReference& module,
                                                     const Environment& env);
  CoreDefinition add_trampoline(Trampoline trampoline);
  const ResourceType* add_resource(ResourceDefinition definition);
  // One type for all imports of it, by whatever component and version of the name.
  const ResourceType* host_resource(uint32_t import, const std::vector<std::string_view>& path);
  ExportDefinition export_of(const Item& item);
  const FuncType* type_of(const FunctionDefinition& function) const;

  const Decoded& decoded_;
  Component& component_;
  TypeBuilder builder_;
  std::deque<Environment> environments_;
  std::deque<Instance> instances_;
  std::deque<CoreInstance> core_instances_;
  std::deque<ImportedFunctionSlot> imported_functions_;
  std::deque<ImportedModuleSlot> imported_modules_;
  std::map<std::string, const ResourceType*> host_resources_;
  size_t definitions_run_ = 0;
};

}  // namespace wisp::component
