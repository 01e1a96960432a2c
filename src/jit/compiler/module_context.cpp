// Facts about a module that its code may rely on; see module_context.h.
#include "jit/compiler/module_context.h"

#include <algorithm>

namespace wisp::jit {

namespace {

// Whether a reference to a function of another instance could get into a table of this module, from
// a reference that the module itself holds: it has imports in its segments, may take references of
// imports, or receives references.
bool may_hold_foreign_functions(const Module& module) {
  for (const FuncType& type : module.types) {
    auto is_funcref = [](ValueType value) { return value == ValueType::kFuncRef; };
    if (std::ranges::any_of(type.params, is_funcref) ||
        std::ranges::any_of(type.results, is_funcref))
      return true;
  }
  for (const GlobalType& global : module.globals) {
    if (global.value == ValueType::kFuncRef) return true;
  }
  for (const TableType& table : module.tables) {
    if (table.element == ValueType::kFuncRef && module.imported_tables != 0) return true;
  }
  for (const ElementSegment& segment : module.elements) {
    if (!segment.expressions.empty()) return true;
    for (uint32_t function : segment.functions) {
      if (function < module.imported_functions) return true;
    }
  }
  for (uint32_t function = 0; function < module.imported_functions; ++function) {
    if (function < module.declared_function_references.size() &&
        module.declared_function_references[function]) {
      return true;
    }
  }
  return false;
}

}  // namespace

ModuleContext::ModuleContext(const Module& the_module, const ConventionTables& convention,
                             CompilerOptions the_options)
    : module(the_module), options(the_options), layout(the_module) {
  call_layouts.reserve(module.types.size());
  for (const FuncType& type : module.types) call_layouts.push_back(layout_call(type, convention));
  bool foreign = may_hold_foreign_functions(module);
  table_is_private.assign(module.tables.size(), !foreign);
  for (const Export& item : module.exports) {
    if (item.kind == ExternKind::kTable) table_is_private[item.index] = false;
  }
}

}  // namespace wisp::jit
