#include "component/load/component_flattener.h"

#include <utility>

#include "platform/printable.h"

namespace wisp::component {

namespace {

// A component may instantiate another any number of times, which may do the same: what comes out
// is exponential in the nesting.
constexpr size_t kMaxComponentInstances = 10'000;
constexpr size_t kMaxDefinitions = 2'000'000;  // with their arguments and what they bind
// Each instance has copies of the types that mention its resources.
constexpr size_t kMaxTypeBytes = 128 * 1024 * 1024;

}  // namespace

const ComponentFlattener::Item* ComponentFlattener::Instance::find(std::string_view name) const {
  const uint32_t index = find_by_name(items, by_name, name);
  return index == kNoIndex ? nullptr : &items[index];
}

Result<void> ComponentFlattener::flatten() {
  for (const DecodedModule& module : decoded_.modules) {
    component_.modules.push_back({module.bytes, module.file_offset, nullptr});
  }
  Arguments none;
  none.others = Arguments::Others::kFromHost;
  const Instance* root = WISP_TRY(instantiate({decoded_.root, nullptr}, kNoIndex, none));
  for (const Item& item : root->items) component_.exports.push_back(export_of(item));
  return {};
}

Result<void> ComponentFlattener::flatten(const Composition& composition) {
  for (const DecodedModule& module : decoded_.modules) {
    component_.modules.push_back({module.bytes, module.file_offset, nullptr});
  }
  // The component that nobody wrote.
  component_.component_instances.push_back({kNoIndex});
  std::vector<const Instance*> made(composition.order().size());
  for (const uint32_t part : composition.order()) {
    const Arguments arguments = WISP_TRY(arguments_of(composition, part, made));
    made[part] = WISP_TRY(instantiate({composition.part(part).component, nullptr}, 0, arguments));
  }
  const Instance* root = made[composition.order().back()];
  for (const Item& item : root->items) component_.exports.push_back(export_of(item));
  return {};
}

Result<ComponentFlattener::Arguments> ComponentFlattener::arguments_of(
    const Composition& composition, uint32_t part, std::span<const Instance* const> made) {
  Arguments arguments;
  arguments.others = Arguments::Others::kFromHost;
  arguments.validated = Arguments::Validated::kNo;
  arguments.user = composition.part(part).name;
  for (const Provision& provision : composition.provisions(part)) {
    Item item;
    if (provision.exported) {
      item = *made[provision.part]->find(*provision.exported);
    } else {
      // Of which sort the import is shows when it is looked at.
      item.sort = ExternSort::kInstance;
      item.instance = made[provision.part];
      item.component.component = composition.part(provision.part).component;
    }
    item.name = provision.import;
    arguments.items.push_back(std::move(item));
  }
  return arguments;
}

Result<const ComponentFlattener::Instance*> ComponentFlattener::instantiate(
    const ComponentClosure& closure, uint32_t parent, const Arguments& arguments) {
  if (closure.component == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 "the root imports a component, which no host can give: plug one in, by the name "
                 "of the import");
  }
  if (component_.component_instances.size() >= kMaxComponentInstances) {
    return Error(ErrorCode::kLimit, "more than 10000 component instances");
  }
  uint32_t index = static_cast<uint32_t>(component_.component_instances.size());
  component_.component_instances.push_back({parent});
  Environment& env = environments_.emplace_back(builder_, index);
  env.parent = closure.parent;
  Instance& exports = instances_.emplace_back();
  for (const Definition& definition : closure.component->definitions) {
    WISP_TRY(run(definition, env, arguments, exports));
  }
  return &exports;
}

Result<void> ComponentFlattener::run(const Definition& definition, Environment& env,
                                     const Arguments& arguments, Instance& exports) {
  definitions_run_ += 1 + definition.arguments.size();
  if (definitions_run_ > kMaxDefinitions) {
    return Error(ErrorCode::kLimit, "more than 2000000 definitions in all instances",
                 definition.file_offset);
  }
  if (component_.arena.size_bytes() > kMaxTypeBytes) {
    return Error(ErrorCode::kLimit, "the types of all instances take more than 128 MiB",
                 definition.file_offset);
  }
  switch (definition.kind) {
    case DefinitionKind::kCoreModule:
      env.modules.push_back({definition.index, nullptr});
      return {};
    case DefinitionKind::kCoreInstantiate:
      return run_core_instantiate(definition, env);
    case DefinitionKind::kCoreInlineExports:
      return run_core_exports(definition, env);
    case DefinitionKind::kComponent:
      env.components.push_back({definition.component, &env});
      return {};
    case DefinitionKind::kInstantiate:
      return run_instantiate(definition, env);
    case DefinitionKind::kInlineExports: {
      Instance& instance = instances_.emplace_back();
      for (const DecodedArgument& argument : definition.arguments) {
        instance.items.push_back(item_of(argument, env));
      }
      Item item;
      item.sort = ExternSort::kInstance;
      item.instance = &instance;
      bind(definition.type, item, env);
      env.instances.push_back(&instance);
      return {};
    }
    case DefinitionKind::kAliasExport: {
      const Item* item = env.instances[definition.index]->find(definition.name);
      if (item == nullptr) {
        return unsupported(
            "alias of " + quoted(definition.name) + ", which the instance does not have",
            definition.file_offset);
      }
      push(*item, env);
      return {};
    }
    case DefinitionKind::kAliasCoreExport:
      return run_alias_core_export(definition, env);
    case DefinitionKind::kAliasOuter: {
      const Environment* outer = &env;
      for (uint32_t i = 0; i < definition.outer_count; ++i) outer = outer->parent;
      if (definition.sort == ExternSort::kModule) {
        env.modules.push_back(outer->modules[definition.index]);
      } else {
        env.components.push_back(outer->components[definition.index]);
      }
      return {};
    }
    case DefinitionKind::kResource:
      run_resource(definition, env);
      return {};
    case DefinitionKind::kLift:
      run_lift(definition, env);
      return {};
    case DefinitionKind::kLower:
      return run_lower(definition, env);
    case DefinitionKind::kResourceBuiltin:
    case DefinitionKind::kContextBuiltin:
      run_builtin(definition, env);
      return {};
    case DefinitionKind::kImport:
      return run_import(definition, env, arguments);
    case DefinitionKind::kExport:
      run_export(definition, env, exports);
      return {};
  }
  return {};
}

Result<void> ComponentFlattener::run_instantiate(const Definition& definition, Environment& env) {
  Arguments arguments;
  arguments.items.reserve(definition.arguments.size());
  for (const DecodedArgument& argument : definition.arguments) {
    arguments.items.push_back(item_of(argument, env));
  }
  ComponentClosure closure = env.components[definition.index];
  const Instance* instance = WISP_TRY(instantiate(closure, env.index, arguments));
  Item item;
  item.sort = ExternSort::kInstance;
  item.instance = instance;
  bind(definition.type, item, env);
  env.instances.push_back(instance);
  return {};
}

}  // namespace wisp::component
