#include "component/type/core_module_type.h"

namespace wisp::component {

std::vector<CoreImport> core_imports(const jit::Module& module) {
  std::vector<CoreImport> imports;
  imports.reserve(module.imports.size());
  for (const jit::Import& import : module.imports) {
    CoreImport& made = imports.emplace_back();
    made.module = import.module;
    made.name = import.name;
    made.type.sort = static_cast<CoreSort>(import.kind);
    switch (import.kind) {
      case jit::ExternKind::kFunc:
        made.type.func = &module.types[std::get<uint32_t>(import.type)];
        break;
      case jit::ExternKind::kTable:
        made.type.table = std::get<jit::TableType>(import.type);
        break;
      case jit::ExternKind::kMemory:
        made.type.memory = std::get<jit::MemoryType>(import.type);
        break;
      case jit::ExternKind::kGlobal:
        made.type.global = std::get<jit::GlobalType>(import.type);
        break;
    }
  }
  return imports;
}

std::vector<CoreExport> core_exports(const jit::Module& module) {
  std::vector<CoreExport> exports;
  exports.reserve(module.exports.size());
  for (const jit::Export& item : module.exports) {
    CoreExport& made = exports.emplace_back();
    made.name = item.name;
    made.type.sort = static_cast<CoreSort>(item.kind);
    switch (item.kind) {
      case jit::ExternKind::kFunc:
        made.type.func = &module.function_type(item.index);
        break;
      case jit::ExternKind::kTable:
        made.type.table = module.tables[item.index];
        break;
      case jit::ExternKind::kMemory:
        made.type.memory = module.memories[item.index];
        break;
      case jit::ExternKind::kGlobal:
        made.type.global = module.globals[item.index];
        break;
    }
  }
  return exports;
}

}  // namespace wisp::component
