#include "jit/runtime/import_matching.h"

#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"
#include "platform/printable.h"

namespace wisp::jit {
namespace {

std::string describe(const Limits& limits) {
  std::string text = "of at least " + std::to_string(limits.min);
  if (limits.max) text += " and at most " + std::to_string(*limits.max);
  return text;
}
std::string describe(const FuncType& type) { return "a function " + to_string(type); }
std::string describe(const TableType& type) {
  return std::string("a table of ") + to_string(type.element) + " " + describe(type.limits) +
         " elements";
}
std::string describe(const MemoryType& type) {
  return "a memory " + describe(type.limits) + " pages";
}
std::string describe(const GlobalType& type) {
  return std::string(type.mutability == Mutability::kVar ? "a mutable" : "an immutable") +
         " global of type " + to_string(type.value);
}

bool limits_match(const Limits& given, const Limits& wanted) {
  if (given.min < wanted.min) return false;
  return !wanted.max || (given.max && *given.max <= *wanted.max);
}

bool matches(const FuncType& given, const FuncType& wanted) { return given == wanted; }
bool matches(const TableType& given, const TableType& wanted) {
  return given.element == wanted.element && limits_match(given.limits, wanted.limits);
}
bool matches(const MemoryType& given, const MemoryType& wanted) {
  return limits_match(given.limits, wanted.limits);
}
bool matches(const GlobalType& given, const GlobalType& wanted) { return given == wanted; }

// What is given is put into words only where it does not match.
template <class Type, class Describe>
Result<void> match(const Import& import, const Type& wanted, const Type* given,
                   Describe describe_given) {
  if (given != nullptr && matches(*given, wanted)) return {};
  return Error(ErrorCode::kLink, "incompatible import type of \"" + printable(import.module) +
                                     "\" \"" + printable(import.name) + "\": " + describe(wanted) +
                                     " is needed, " + describe_given() + " is given");
}

}  // namespace

Result<void> match_import(Store& store, const CompiledModule& compiled, const Import& import,
                          const Extern& given) {
  const Module& module = compiled.module();
  if (import.kind == ExternKind::kFunc && std::holds_alternative<FuncRef*>(given)) {
    const FuncRef* item = std::get<FuncRef*>(given);
    if (item == nullptr) return {};
    // One number per type: nothing is compared where they are equal.
    if (item->signature == compiled.signature_ids()[std::get<uint32_t>(import.type)]) return {};
  }
  const FuncType* function = nullptr;
  std::optional<TableType> table;
  std::optional<MemoryType> memory;
  const GlobalType* global = nullptr;
  if (auto* const* item = std::get_if<FuncRef*>(&given)) {
    function = &store.type_of(**item);
  } else if (auto* const* table_item = std::get_if<Table*>(&given)) {
    table = (*table_item)->type();
  } else if (auto* const* memory_item = std::get_if<Memory*>(&given)) {
    memory = (*memory_item)->type();
  } else {
    global = &std::get<GlobalInstance*>(given)->type;
  }
  const auto text = [&] {
    return function != nullptr ? describe(*function)
           : table             ? describe(*table)
           : memory            ? describe(*memory)
                               : describe(*global);
  };
  switch (import.kind) {
    case ExternKind::kFunc:
      return match(import, module.types[std::get<uint32_t>(import.type)], function, text);
    case ExternKind::kTable:
      return match(import, std::get<TableType>(import.type), table ? &*table : nullptr, text);
    case ExternKind::kMemory:
      return match(import, std::get<MemoryType>(import.type), memory ? &*memory : nullptr, text);
    case ExternKind::kGlobal:
      return match(import, std::get<GlobalType>(import.type), global, text);
  }
  return {};
}

}  // namespace wisp::jit
