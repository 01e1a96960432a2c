#include "tests/oracle/import_types.h"

namespace wisp::oracle {
namespace {

bool matches(const jit::Limits& given, const jit::Limits& wanted) {
  if (given.min < wanted.min) return false;
  if (!wanted.max) return true;
  return given.max && *given.max <= *wanted.max;
}

bool matches(const jit::Module& module, const jit::Import& import, const Extern& given) {
  switch (import.kind) {
    case jit::ExternKind::kFunc: {
      auto* const* function = std::get_if<FunctionInstance*>(&given);
      return function != nullptr &&
             (*function)->type == module.types[std::get<uint32_t>(import.type)];
    }
    case jit::ExternKind::kTable: {
      auto* const* table = std::get_if<TableInstance*>(&given);
      const auto& wanted = std::get<jit::TableType>(import.type);
      return table != nullptr && (*table)->type.element == wanted.element &&
             matches((*table)->type.limits, wanted.limits);
    }
    case jit::ExternKind::kMemory: {
      auto* const* memory = std::get_if<MemoryInstance*>(&given);
      return memory != nullptr &&
             matches((*memory)->type.limits, std::get<jit::MemoryType>(import.type).limits);
    }
    case jit::ExternKind::kGlobal: {
      auto* const* global = std::get_if<GlobalInstance*>(&given);
      return global != nullptr && (*global)->type == std::get<jit::GlobalType>(import.type);
    }
  }
  return false;
}

}  // namespace

Result<void> match_import(const jit::Module& module, const jit::Import& import,
                          const Extern& given) {
  if (matches(module, import, given)) return {};
  return Error(ErrorCode::kLink, "incompatible import type of \"" + std::string(import.module) +
                                     "\" \"" + std::string(import.name) + "\"");
}

}  // namespace wisp::oracle
