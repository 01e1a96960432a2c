// ModuleOutline: the names that a core module imports and exports, also of a module that uses what
// Wisp does not support: types are passed over, not understood.
//
// For tools that show what a module consists of. Interface: outline_module. Core specification 3.0,
// sections 5.3 and 5.5, with the encodings of the proposals that change imports (threads, custom
// page sizes, custom descriptors, compact imports).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace wisp::jit {

struct ModuleOutline {
  enum class Kind : uint8_t { kFunc, kTable, kMemory, kGlobal, kTag };
  struct Item {
    std::string_view module;  // of an import
    std::string_view name;
    Kind kind = Kind::kFunc;
  };
  std::vector<Item> imports;
  std::vector<Item> exports;
  uint64_t code_section_size = 0;
  uint64_t data_section_size = 0;
};
const char* to_string(ModuleOutline::Kind kind);

// Never fails: ends early where it does not know an encoding. Names are views into `bytes`.
ModuleOutline outline_module(std::span<const uint8_t> bytes);

}  // namespace wisp::jit
