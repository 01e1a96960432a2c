#include "tests/oracle/linking.h"

#include "tests/oracle/world.h"

namespace wisp::oracle {
namespace {

// As declared: an item may have become larger, which matches as well.
bool limits_match(const jit::Limits& given, const jit::Limits& wanted) {
  return given.min >= wanted.min && (!wanted.max || (given.max && *given.max <= *wanted.max));
}

bool matches(const jit::Module& from, const jit::Export& given, const jit::Module& module,
             const jit::Import& import) {
  if (given.kind != import.kind) return false;
  switch (import.kind) {
    case jit::ExternKind::kFunc:
      return from.function_type(given.index) == module.types[std::get<uint32_t>(import.type)];
    case jit::ExternKind::kTable: {
      const auto& wanted = std::get<jit::TableType>(import.type);
      const jit::TableType& type = from.tables[given.index];
      return type.element == wanted.element && limits_match(type.limits, wanted.limits);
    }
    case jit::ExternKind::kMemory:
      return limits_match(from.memories[given.index].limits,
                          std::get<jit::MemoryType>(import.type).limits);
    case jit::ExternKind::kGlobal:
      return from.globals[given.index] == std::get<jit::GlobalType>(import.type);
  }
  return false;
}

}  // namespace

Linking link_modules(std::span<const jit::Module> modules, uint64_t seed) {
  Random random(seed ^ 0x6c696e6b);
  Linking linking;
  for (const jit::Module& module : modules) {
    std::vector<std::optional<Supplier>> suppliers;
    for (const jit::Import& import : module.imports) {
      std::vector<Supplier> candidates;
      for (uint32_t from = 0; from < linking.size(); ++from) {
        for (const jit::Export& given : modules[from].exports) {
          if (!matches(modules[from], given, module, import)) continue;
          candidates.push_back({from, given.index});
        }
      }
      if (candidates.empty() || random.one_in(8)) {
        suppliers.push_back(std::nullopt);
      } else {
        suppliers.push_back(candidates[random.below(candidates.size())]);
      }
    }
    linking.push_back(std::move(suppliers));
  }
  return linking;
}

}  // namespace wisp::oracle
