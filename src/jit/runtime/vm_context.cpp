#include "jit/runtime/vm_context.h"

namespace wisp::jit {

InstanceLayout::InstanceLayout(const Module& module) : imported_globals(module.imported_globals) {
  uint32_t next = sizeof(VmContext);
  auto take = [&next](size_t count, uint32_t size, uint32_t alignment) {
    uint32_t begin = (next + alignment - 1) & ~(alignment - 1);
    next = begin + static_cast<uint32_t>(count) * size;
    return begin;
  };
  function_imports = take(module.imported_functions, sizeof(FuncRef), 16);
  memory_pointers = take(module.memories.size(), 8, 8);
  table_pointers = take(module.tables.size(), 8, 8);
  global_pointers = take(imported_globals, 8, 8);
  global_values = take(module.globals.size() - imported_globals, 16, 16);
  data_flags = take(module.data.size(), 1, 1);
  element_flags = take(module.elements.size(), 1, 1);
  functions = take(module.functions.size(), sizeof(FuncRef), 16);
  tables = take(module.tables.size(), 8, 8);
  memories = take(module.memories.size(), 8, 8);
  globals = take(module.globals.size(), 8, 8);
  own_globals = take(module.globals.size() - imported_globals, sizeof(GlobalInstance), 8);
  size_bytes = (next + 15) & ~15u;
}

}  // namespace wisp::jit
