// An oracle for what linking makes of a component: every index of its flat lists is in range, and
// what is given for an import of a core module has the type that the module asks for. It knows
// nothing of how that came about, so it is a second opinion on decoder, validator and flattener.
#pragma once

#include <string>
#include <vector>

#include "component/model/component.h"
#include "component/type/subtyping.h"
#include "jit/wasm/module_decoder.h"

namespace wisp::component {

class LinkedComponentCheck {
 public:
  explicit LinkedComponentCheck(const Component& component) : component_(component) {}

  // Empty: nothing is wrong.
  std::string run() {
    for (const CoreModule& module : component_.modules) {
      Result<jit::Module> decoded = jit::decode_module(module.bytes, module.file_offset);
      if (!decoded) return "a module does not decode";
      modules_.push_back(std::move(decoded).value());
    }
    for (size_t i = 0; i < component_.core_instances.size(); ++i) check_instance(i);
    core_instances_made_ = component_.core_instances.size();
    for (const Trampoline& trampoline : component_.trampolines) check(trampoline);
    for (const Lift& lift : component_.lifts) check(lift);
    for (const ResourceDefinition& resource : component_.resources) {
      if (resource.component_instance == kNoIndex) {
        require(resource.import < component_.imports.size(), "import of a resource");
      } else if (resource.destructor) {
        jit::FuncType type{{jit::ValueType::kI32}, {}};
        check_function(resource.destructor, &type, "destructor");
      }
    }
    for (const ImportedFunction& function : component_.imported_functions) {
      require(function.import < component_.imports.size(), "import of a function");
      check(function.type);
    }
    for (const ExportDefinition& item : component_.exports) check(item);
    return problem_;
  }

 private:
  void require(bool holds, const char* what) {
    if (!holds && problem_.empty()) problem_ = what;
  }

  CoreExternType type_of(const CoreDefinition& definition) {
    CoreExternType type;
    type.sort = definition.sort;
    if (definition.kind == CoreDefinition::Kind::kTrampoline) {
      require(definition.index < component_.trampolines.size(), "index of a trampoline");
      if (problem_.empty()) type.func = component_.trampolines[definition.index].core_type;
      return type;
    }
    require(definition.core_instance < core_instances_made_, "a core instance of later");
    if (!problem_.empty()) return type;
    const CoreInstantiation& provider = component_.core_instances[definition.core_instance];
    if (provider.source == ModuleSource::kImported) {
      const ModuleType& wanted = *component_.imported_modules[provider.module].type;
      require(definition.index < wanted.exports.size(), "export of an imported module");
      return problem_.empty() ? wanted.exports[definition.index].type : type;
    }
    const jit::Module& module = modules_[provider.module];
    size_t index = definition.index;
    switch (definition.sort) {
      case CoreSort::kFunc:
        require(index < module.functions.size(), "index of a core function");
        if (problem_.empty()) type.func = &module.function_type(definition.index);
        break;
      case CoreSort::kTable:
        require(index < module.tables.size(), "index of a table");
        if (problem_.empty()) type.table = module.tables[index];
        break;
      case CoreSort::kMemory:
        require(index < module.memories.size(), "index of a memory");
        if (problem_.empty()) type.memory = module.memories[index];
        break;
      case CoreSort::kGlobal:
        require(index < module.globals.size(), "index of a global");
        if (problem_.empty()) type.global = module.globals[index];
        break;
      default:
        require(false, "sort of a core definition");
    }
    return type;
  }

  void check_instance(size_t index) {
    core_instances_made_ = index;
    const CoreInstantiation& instance = component_.core_instances[index];
    if (instance.source == ModuleSource::kImported) return check_imported_module(instance);
    require(instance.module < modules_.size(), "index of a module");
    require(instance.component_instance < component_.component_instances.size(),
            "component instance of a core instance");
    if (!problem_.empty()) return;
    const jit::Module& module = modules_[instance.module];
    require(instance.imports.size() == module.imports.size(), "number of imports");
    for (size_t i = 0; i < instance.imports.size() && problem_.empty(); ++i) {
      const jit::Import& import = module.imports[i];
      CoreExternType wanted;
      wanted.sort = static_cast<CoreSort>(import.kind);
      switch (import.kind) {
        case jit::ExternKind::kFunc:
          wanted.func = &module.types[std::get<uint32_t>(import.type)];
          break;
        case jit::ExternKind::kTable:
          wanted.table = std::get<jit::TableType>(import.type);
          break;
        case jit::ExternKind::kMemory:
          wanted.memory = std::get<jit::MemoryType>(import.type);
          break;
        case jit::ExternKind::kGlobal:
          wanted.global = std::get<jit::GlobalType>(import.type);
          break;
      }
      // A function of later is linked late, which references to it would not see.
      const bool may_be_late = import.kind == jit::ExternKind::kFunc && !is_in_segment(module, i);
      core_instances_made_ = may_be_late ? component_.core_instances.size() : index;
      const CoreExternType given = type_of(instance.imports[i]);
      if (problem_.empty()) {
        require(core_mismatch(given, wanted).empty(), "type of what is given for a core import");
      }
    }
  }

  // Whether instantiation may copy a reference to an imported function.
  static bool is_in_segment(const jit::Module& module, size_t import) {
    size_t function = 0;
    for (size_t i = 0; i < import; ++i) {
      if (module.imports[i].kind == jit::ExternKind::kFunc) ++function;
    }
    for (const jit::ElementSegment& segment : module.elements) {
      for (const uint32_t each : segment.functions) {
        if (each == function) return true;
      }
    }
    return false;
  }

  void check_imported_module(const CoreInstantiation& instance) {
    require(instance.module < component_.imported_modules.size(), "imported module");
    if (!problem_.empty()) return;
    const ModuleType& type = *component_.imported_modules[instance.module].type;
    require(instance.imports.size() == type.imports.size(), "number of imports");
    for (size_t i = 0; i < type.imports.size() && problem_.empty(); ++i) {
      const CoreExternType given = type_of(instance.imports[i]);
      if (!problem_.empty()) return;
      require(core_mismatch(given, type.imports[i].type).empty(), "type of a core import");
    }
  }

  void check_function(const CoreDefinition& definition, const jit::FuncType* wanted,
                      const char* what) {
    require(definition.sort == CoreSort::kFunc, what);
    const CoreExternType type = type_of(definition);
    if (problem_.empty() && wanted != nullptr) require(*type.func == *wanted, what);
  }

  void check(const CanonicalOptionsDefinition& options) {
    if (options.memory) {
      require(options.memory.sort == CoreSort::kMemory, "sort of the memory option");
      type_of(options.memory);
    }
    constexpr jit::ValueType kI32 = jit::ValueType::kI32;
    const jit::FuncType realloc{{kI32, kI32, kI32, kI32}, {kI32}};
    if (options.realloc) check_function(options.realloc, &realloc, "type of realloc");
    if (options.post_return) check_function(options.post_return, nullptr, "post-return");
  }

  void check(const FunctionDefinition& function) {
    if (function.kind == FunctionDefinition::Kind::kImported) {
      require(function.index < component_.imported_functions.size(), "imported function");
    } else {
      require(function.index < component_.lifts.size(), "lifted function");
    }
  }

  void check(const Trampoline& trampoline) {
    require(trampoline.core_type != nullptr, "core type of a trampoline");
    require(trampoline.component_instance < component_.component_instances.size(),
            "component instance of a trampoline");
    switch (trampoline.kind) {
      case TrampolineKind::kLower:
        check(trampoline.callee);
        check(trampoline.options);
        check(trampoline.type);
        break;
      case TrampolineKind::kResourceNew:
      case TrampolineKind::kResourceDrop:
      case TrampolineKind::kResourceRep:
        require(trampoline.resource < component_.resources.size(), "resource of a built-in");
        break;
      case TrampolineKind::kContextGet:
      case TrampolineKind::kContextSet:
        require(trampoline.context_slot < 2, "context slot");
        break;
    }
  }

  void check(const Lift& lift) {
    require(lift.component_instance < component_.component_instances.size(),
            "component instance of a lift");
    check_function(lift.function, nullptr, "function of a lift");
    check(lift.options);
    check(lift.type);
  }

  void check(const FuncType* type) {
    require(type != nullptr, "type of a function");
    if (type == nullptr) return;
    for (const LabeledType& param : type->params) check(param.type);
    check(type->result);
  }

  void check(const ValType* type) {
    if (type == nullptr || !type->traits.has_resource) return;
    if (type->resource != nullptr) {
      require(type->resource->index < component_.resources.size(), "resource of a handle");
    }
    for (const LabeledType& member : type->members) check(member.type);
    check(type->element);
    check(type->error);
  }

  void check(const ExportDefinition& item) {
    if (item.sort == ExternSort::kFunc) {
      check(item.function);
      check(item.func_type);
    }
    for (const ExportDefinition& nested : item.exports) check(nested);
  }

  const Component& component_;
  std::vector<jit::Module> modules_;
  size_t core_instances_made_ = 0;
  std::string problem_;
};

}  // namespace wisp::component
