// What the shim and fixups modules of wit-component look like: see ShimFolder.
//
// Works on modules that are decoded and whose bodies were not validated yet. Private to the
// component layer.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "jit/wasm/module.h"

namespace wisp::component {

// The positions of the imported functions among the imports.
std::vector<uint32_t> function_imports(const jit::Module& module);

// The table entry that each function calls, where that is all there is: a module without imports,
// with one table and functions of the form
//   local.get 0 .. local.get n-1  i32.const k  call_indirect (the function's own type)
std::optional<std::vector<uint32_t>> shim_entries(const jit::Module& module);

// What a module does that has no code, and fills a table that it imports with functions that it
// imports.
struct TableFilling {
  uint32_t first_entry = 0;
  std::vector<uint32_t> imports;  // for each entry, the position among the imports of the module
};
std::optional<TableFilling> table_filling(const jit::Module& module);

}  // namespace wisp::component
