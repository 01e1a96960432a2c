// Instantiation: core specification 2.0, section 4.5.4.
#include "tests/oracle/interpreter.h"

#include "platform/check.h"
#include "tests/oracle/code.h"
#include "tests/oracle/import_types.h"
#include "tests/oracle/machine.h"

namespace wisp::oracle {

using jit::TrapCode;

Extern Instance::item(jit::ExternKind kind, uint32_t index) const {
  switch (kind) {
    case jit::ExternKind::kFunc:
      return functions[index];
    case jit::ExternKind::kTable:
      return tables[index];
    case jit::ExternKind::kMemory:
      return memories[index];
    case jit::ExternKind::kGlobal:
      return globals[index];
  }
  return {};
}

// --- allocation: section 4.5.3

FunctionInstance* Store::add_host_function(const jit::FuncType& type, HostFunction code) {
  return &functions_.emplace_back(FunctionInstance{type, nullptr, 0, std::move(code)});
}

TableInstance* Store::add_table(const jit::TableType& type) {
  if (type.limits.min > table_elements_left_) return nullptr;
  table_elements_left_ -= type.limits.min;
  const Value null{type.element, Certainty::kExact, 0};
  return &tables_.emplace_back(TableInstance{type, std::vector<Value>(type.limits.min, null)});
}

MemoryInstance* Store::add_memory(const jit::MemoryType& type) {
  const uint64_t size_bytes = type.limits.min * jit::kPageSizeBytes;
  if (size_bytes > limits_.max_memory_bytes) return nullptr;
  return &memories_.emplace_back(MemoryInstance{type, std::vector<uint8_t>(size_bytes), {}});
}

GlobalInstance* Store::add_global(const jit::GlobalType& type, const Value& value) {
  WISP_CHECK(value.type == type.value);
  return &globals_.emplace_back(GlobalInstance{type, value});
}

bool Store::allocate(Instance& instance, std::span<const Extern> imports) {
  const jit::Module& module = *instance.module;
  for (const Extern& given : imports) {
    if (auto* const* function = std::get_if<FunctionInstance*>(&given)) {
      instance.functions.push_back(*function);
    } else if (auto* const* table = std::get_if<TableInstance*>(&given)) {
      instance.tables.push_back(*table);
    } else if (auto* const* memory = std::get_if<MemoryInstance*>(&given)) {
      instance.memories.push_back(*memory);
    } else {
      instance.globals.push_back(std::get<GlobalInstance*>(given));
    }
  }
  for (uint32_t i = module.imported_functions; i < module.functions.size(); ++i) {
    instance.functions.push_back(
        &functions_.emplace_back(FunctionInstance{module.function_type(i), &instance, i, {}}));
  }
  instance.bodies.resize(module.bodies.size());
  for (uint32_t i = module.imported_tables; i < module.tables.size(); ++i) {
    instance.tables.push_back(add_table(module.tables[i]));
    if (instance.tables.back() == nullptr) return false;
  }
  for (uint32_t i = module.imported_memories; i < module.memories.size(); ++i) {
    instance.memories.push_back(add_memory(module.memories[i]));
    if (instance.memories.back() == nullptr) return false;
  }
  // Each initial value sees the globals before it.
  for (uint32_t i = module.imported_globals; i < module.globals.size(); ++i) {
    const jit::ConstExpr& initial = module.global_inits[i - module.imported_globals];
    instance.globals.push_back(add_global(module.globals[i], evaluate(instance, initial)));
  }
  for (const jit::ElementSegment& segment : module.elements) {
    std::vector<Value>& elements = instance.elements.emplace_back();
    for (const uint32_t function : segment.functions) {
      const auto address = reinterpret_cast<uint64_t>(instance.functions[function]);
      elements.push_back({jit::ValueType::kFuncRef, Certainty::kExact, address});
    }
    for (const jit::ConstExpr& element : segment.expressions) {
      elements.push_back(evaluate(instance, element));
    }
  }
  for (const jit::DataSegment& segment : module.data) instance.data.push_back(segment.bytes);
  return true;
}

Value Store::evaluate(Instance& instance, const jit::ConstExpr& expression) {
  return Machine(Budget{limits_, table_elements_left_}).evaluate(instance, expression);
}

// --- instantiation

// Active segments as the instructions `table.init` and `elem.drop`, `memory.init` and `data.drop`
// that the specification makes of them.
TrapCode Store::run_segments(Instance& instance) {
  const jit::Module& module = *instance.module;
  for (size_t i = 0; i < module.elements.size(); ++i) {
    const jit::ElementSegment& segment = module.elements[i];
    if (segment.mode == jit::SegmentMode::kActive) {
      const Value to = evaluate(instance, segment.offset);
      const TrapCode code = init_table(*instance.tables[segment.table], instance.elements[i],
                                       {to.bits, 0, instance.elements[i].size()});
      if (code != TrapCode::kNone) return code;
    }
    if (segment.mode != jit::SegmentMode::kPassive) instance.elements[i].clear();
  }
  for (size_t i = 0; i < module.data.size(); ++i) {
    const jit::DataSegment& segment = module.data[i];
    if (segment.mode != jit::SegmentMode::kActive) continue;
    const Value to = evaluate(instance, segment.offset);
    const TrapCode code = init_memory(*instance.memories[segment.memory], instance.data[i],
                                      {to.bits, 0, instance.data[i].size()});
    if (code != TrapCode::kNone) return code;
    instance.data[i] = {};
  }
  return TrapCode::kNone;
}

Result<Store::Instantiation> Store::instantiate(const jit::Module& module,
                                                std::span<const Extern> imports) {
  WISP_CHECK(imports.size() == module.imports.size());
  for (size_t i = 0; i < imports.size(); ++i) {
    WISP_TRY(match_import(module, module.imports[i], imports[i]));
  }
  Instance& instance = instances_.emplace_back();
  instance.module = &module;
  Instantiation made;
  if (!allocate(instance, imports)) {
    made.completion.ending = Ending::kLimit;
    return made;
  }
  made.instance = &instance;
  const TrapCode code = run_segments(instance);
  if (code != TrapCode::kNone) {
    made.completion = {Ending::kTrapped, {}, code, {}};
  } else if (module.start) {
    made.completion = invoke(*instance.functions[*module.start], {});
  }
  return made;
}

Completion Store::invoke(const FunctionInstance& function, std::span<const Value> arguments) {
  return Machine(Budget{limits_, table_elements_left_}).call(function, arguments);
}

}  // namespace wisp::oracle
