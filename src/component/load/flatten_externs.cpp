// ComponentFlattener: imports, exports, and the items that they name.
#include <utility>

#include "component/load/component_flattener.h"
#include "component/type/core_module_type.h"
#include "component/type/subtyping.h"
#include "platform/printable.h"

namespace wisp::component {

ComponentFlattener::Item ComponentFlattener::item_of(const DecodedArgument& argument,
                                                     Environment& env) const {
  Item item;
  item.name = argument.name;
  item.sort = argument.sort;
  switch (argument.sort) {
    case ExternSort::kModule:
      item.module = env.modules[argument.index];
      break;
    case ExternSort::kFunc:
      item.function = env.funcs[argument.index];
      break;
    case ExternSort::kType:
      item.type = env.types.apply(argument.type);
      if (item.type.kind == TypeDefKind::kResource) item.resource = item.type.resource;
      break;
    case ExternSort::kComponent:
      item.component = env.components[argument.index];
      break;
    case ExternSort::kInstance:
      item.instance = env.instances[argument.index];
      break;
    case ExternSort::kValue:
      break;
  }
  return item;
}

void ComponentFlattener::push(const Item& item, Environment& env) const {
  switch (item.sort) {
    case ExternSort::kModule:
      env.modules.push_back(item.module);
      break;
    case ExternSort::kFunc:
      env.funcs.push_back(item.function);
      break;
    case ExternSort::kComponent:
      env.components.push_back(item.component);
      break;
    case ExternSort::kInstance:
      env.instances.push_back(item.instance);
      break;
    case ExternSort::kType:
    case ExternSort::kValue:
      break;
  }
}

// Binds the resource types that `type` introduces in the component of `env` to those of `item`.
void ComponentFlattener::bind(const ExternType& type, const Item& item, Environment& env) {
  if (type.sort == ExternSort::kType && type.type.kind == TypeDefKind::kResource) {
    if (item.resource != nullptr) {
      env.types.replace_resource(type.type.resource->identity, item.resource);
    }
    return;
  }
  if (type.sort != ExternSort::kInstance || !type.instance->traits.has_resource) return;
  definitions_run_ += type.instance->exports.size();
  for (const ExternItem& wanted : type.instance->exports) {
    const Item* given = item.instance->find(wanted.name);
    if (given != nullptr) bind(wanted.type, *given, env);
  }
}

// --- imports and exports

Result<ComponentFlattener::Item> ComponentFlattener::imported_item(
    const ExternType& type, uint32_t import, const std::vector<std::string_view>& path,
    Environment& env) {
  Item item;
  item.sort = type.sort;
  switch (type.sort) {
    case ExternSort::kComponent:
      break;  // refused where one is instantiated
    case ExternSort::kValue:
      break;
    case ExternSort::kModule: {
      ImportedModuleSlot& slot = imported_modules_.emplace_back();
      slot.module = {import, path, type.module};
      item.module.imported = &slot;
      break;
    }
    case ExternSort::kFunc: {
      ImportedFunctionSlot& slot = imported_functions_.emplace_back();
      slot.function = {import, path, env.types.apply(type.func)};
      item.function.imported = &slot;
      break;
    }
    case ExternSort::kType:
      if (type.type.kind == TypeDefKind::kResource && type.bound == TypeBound::kSubResource) {
        item.resource = host_resource(import, path);
        env.types.replace_resource(type.type.resource->identity, item.resource);
      }
      item.type = env.types.apply(type.type);
      if (item.type.kind == TypeDefKind::kResource) item.resource = item.type.resource;
      break;
    case ExternSort::kInstance: {
      Instance& instance = instances_.emplace_back();
      instance.items.reserve(type.instance->exports.size());
      for (const ExternItem& wanted : type.instance->exports) {
        std::vector<std::string_view> longer = path;
        longer.push_back(wanted.name);
        Item made = WISP_TRY(imported_item(wanted.type, import, longer, env));
        made.name = wanted.name;
        instance.items.push_back(std::move(made));
      }
      item.instance = &instance;
      break;
    }
  }
  return item;
}

Result<void> ComponentFlattener::run_import(const Definition& definition, Environment& env,
                                            const Arguments& arguments) {
  const Item* found = arguments.find(definition.name);
  if (found == nullptr && arguments.others == Arguments::Others::kFromHost) {
    uint32_t import = static_cast<uint32_t>(component_.imports.size());
    component_.imports.push_back({definition.name, definition.type, definition.file_offset});
    Item item = WISP_TRY(imported_item(definition.type, import, {}, env));
    component_.imports[import].type = env.types.apply(definition.type);
    push(item, env);
    return {};
  }
  if (found == nullptr) {
    return unsupported("missing argument " + quoted(definition.name), definition.file_offset);
  }
  if (arguments.validated == Arguments::Validated::kYes) {
    bind(definition.type, *found, env);
    push(*found, env);
    return {};
  }
  Item item = *found;
  if (item.sort == ExternSort::kInstance && definition.type.sort == ExternSort::kComponent &&
      item.component.component != nullptr) {
    item.sort = ExternSort::kComponent;
  }
  WISP_TRY(fit(definition.type, item, env,
               quoted(arguments.user) + " imports `" + printable(definition.name)));
  push(item, env);
  return {};
}

// --- what a composition gives

namespace {

Error does_not_fit(const std::string& name, const std::string& why) {
  return Error(ErrorCode::kLink, name + "`, and what is plugged in for it does not fit: " + why);
}

}  // namespace

ExternType ComponentFlattener::type_of(const Item& item) {
  ExternType type;
  type.sort = item.sort;
  switch (item.sort) {
    case ExternSort::kModule:
      if (item.module.imported != nullptr) {
        type.module = item.module.imported->module.type;
      } else {
        const jit::Module& module = *decoded_.modules[item.module.index].module;
        type.module = builder_.module(core_imports(module), core_exports(module));
      }
      break;
    case ExternSort::kFunc:
      type.func = item.function.imported != nullptr ? item.function.imported->function.type
                                                    : type_of(item.function.definition);
      break;
    case ExternSort::kComponent:
      type.component = item.component.component->type;
      break;
    case ExternSort::kType:
      type.type = item.type;
      break;
    case ExternSort::kInstance:
    case ExternSort::kValue:
      break;
  }
  return type;
}

Result<void> ComponentFlattener::fit(const ExternType& wanted, const Item& given, Environment& env,
                                     const std::string& name) {
  if (wanted.sort != given.sort) {
    return does_not_fit(name, std::string("expected a ") + to_string(wanted.sort) + ", found a " +
                                  to_string(given.sort));
  }
  if (wanted.sort == ExternSort::kInstance) {
    definitions_run_ += wanted.instance->exports.size();
    for (const ExternItem& item : wanted.instance->exports) {
      const Item* found = given.instance->find(item.name);
      const std::string item_name = name + "#" + std::string(item.name);
      if (found == nullptr) return does_not_fit(item_name, "it is missing");
      WISP_TRY(fit(item.type, *found, env, item_name));
    }
    return {};
  }
  if (wanted.sort == ExternSort::kType && wanted.bound == TypeBound::kSubResource) {
    if (given.resource == nullptr) return does_not_fit(name, "it is not a resource type");
    bind(wanted, given, env);
    return {};
  }
  SubtypeChecker checker;
  const ExternType asked = env.types.apply(wanted);
  const ExternType have = type_of(given);
  if (checker.fits(have, asked)) return {};
  if (wanted.sort != ExternSort::kFunc) return does_not_fit(name, checker.reason());
  return does_not_fit(name, "the types differ\n    expected: " + to_string(*asked.func) +
                                "\n    provided: " + to_string(*have.func));
}

void ComponentFlattener::run_export(const Definition& definition, Environment& env,
                                    Instance& exports) {
  DecodedArgument argument;
  argument.name = definition.name;
  argument.sort = definition.sort;
  argument.index = definition.index;
  argument.type = definition.type_value;
  Item item = item_of(argument, env);
  bind(definition.type, item, env);
  push(item, env);
  exports.items.push_back(std::move(item));
}

ExportDefinition ComponentFlattener::export_of(const Item& item) {
  ExportDefinition definition;
  definition.name = item.name;
  definition.sort = item.sort;
  definition.type = item.type;
  if (item.sort == ExternSort::kModule) {
    const bool is_imported = item.module.imported != nullptr;
    definition.module_source = is_imported ? ModuleSource::kImported : ModuleSource::kOwn;
    definition.module = use(item.module);
  }
  if (item.sort == ExternSort::kFunc) {
    definition.place = component_.exported_function_count++;
    Function function = item.function;
    definition.function = use(function);
    definition.func_type = type_of(definition.function);
  }
  if (item.sort == ExternSort::kInstance) {
    for (const Item& nested : item.instance->items) {
      definition.exports.push_back(export_of(nested));
    }
  }
  return definition;
}

}  // namespace wisp::component
