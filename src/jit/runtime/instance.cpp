#include "jit/runtime/instance.h"

#include <cstring>

#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"
#include "jit/wasm/const_expr.h"
#include "platform/check.h"

namespace wisp::jit {

namespace {

// The VmContext behind it is aligned as the value of a global is.
constexpr size_t kVmOffset = (sizeof(Instance) + 15) & ~size_t{15};

}  // namespace

Instance::Instance(Store& store, std::shared_ptr<const CompiledModule> compiled, size_t size_bytes)
    : store_(store),
      compiled_(std::move(compiled)),
      size_bytes_(size_bytes),
      vm_(reinterpret_cast<uint8_t*>(this) + kVmOffset),
      functions_(part<FuncRef>(compiled_->layout().functions)),
      tables_(part<Table*>(compiled_->layout().tables), module().tables.size()),
      memories_(part<Memory*>(compiled_->layout().memories), module().memories.size()),
      globals_(part<GlobalInstance*>(compiled_->layout().globals), module().globals.size()) {
  VmContext* own = new (vm_) VmContext;
  own->store = &store_.context_;
  own->instance = this;
  own->builtins = store_.services_->builtin_stubs();
  own->signature_ids = compiled_->signature_ids().data();
  own->functions = functions_;
}

Instance::~Instance() {
  store_.instance_bytes_left_ += size_bytes_;
  store_.budget_.give_back(size_bytes_);
}

Result<std::unique_ptr<Instance>> Instance::create(Store& store,
                                                   std::shared_ptr<const CompiledModule> compiled,
                                                   std::span<const Extern> imports) {
  const size_t size_bytes = kVmOffset + compiled->layout().size_bytes;
  if (size_bytes > store.instance_bytes_left_) {
    return Error(ErrorCode::kLimit, "the instances take more than " +
                                        std::to_string(store.limits_.max_instance_bytes) +
                                        " bytes");
  }
  if (!store.budget_.take(size_bytes)) {
    return store.budget_.refusal("an instance of a module", size_bytes);
  }
  store.instance_bytes_left_ -= size_bytes;
  std::unique_ptr<Instance> instance(new (size_bytes)
                                         Instance(store, std::move(compiled), size_bytes));
  instance->link_imports(imports);
  WISP_TRY(instance->make_items());
  return instance;
}

void Instance::link_imports(std::span<const Extern> imports) {
  const InstanceLayout& layout = compiled_->layout();
  uint32_t function = 0, table = 0, memory = 0, global = 0;
  for (const Extern& given : imports) {
    if (auto* const* reference = std::get_if<FuncRef*>(&given)) {
      if (*reference != nullptr) set_imported_function(function, **reference);
      function++;
    } else if (auto* const* given_table = std::get_if<Table*>(&given)) {
      tables_[table++] = *given_table;
    } else if (auto* const* given_memory = std::get_if<Memory*>(&given)) {
      memories_[memory++] = *given_memory;
    } else {
      GlobalInstance* given_global = std::get<GlobalInstance*>(given);
      slot(layout.global(global)) = reinterpret_cast<uint64_t>(given_global->value);
      globals_[global++] = given_global;
    }
  }
}

Result<void> Instance::make_items() {
  const InstanceLayout& layout = compiled_->layout();
  for (uint32_t i = 0; i < tables_.size(); i++) {
    if (i >= module().imported_tables) {
      tables_[i] = WISP_TRY(store_.add_table(module().tables[i]));
    }
    slot(layout.table_pointer(i)) = reinterpret_cast<uint64_t>(tables_[i]->view());
  }
  for (uint32_t i = 0; i < memories_.size(); i++) {
    if (i >= module().imported_memories) {
      memories_[i] = WISP_TRY(store_.add_memory(module().memories[i]));
    }
    slot(layout.memory_pointer(i)) = reinterpret_cast<uint64_t>(memories_[i]->view());
  }
  if (!memories_.empty()) context()->memory_base = memories_[0]->base();
  const auto& declared = module().declared_function_references;
  for (uint32_t i = module().imported_functions; i < declared.size(); i++) {
    if (declared[i]) reference_to(i);
  }
  auto* own = part<GlobalInstance>(layout.own_globals);
  for (uint32_t i = module().imported_globals; i < globals_.size(); i++, own++) {
    uint64_t& value = slot(layout.global(i));
    value = evaluate(module().global_inits[i - module().imported_globals]);
    *own = {module().globals[i], &value};
    globals_[i] = own;
  }
  return {};
}

FuncRef* Instance::reference_to(uint32_t function) {
  FuncRef& reference = functions_[function];
  if (function < module().imported_functions) return original_of(reference);
  if (reference.code == nullptr) {
    reference.code = compiled_->function_entry(function);
    reference.signature = compiled_->signature_ids()[module().functions[function]];
    reference.function_index = function;
    reference.context = context();
    reference.memory_base = context()->memory_base;
  }
  return &reference;
}

void Instance::set_imported_function(uint32_t function, const FuncRef& given) {
  WISP_DCHECK(function < module().imported_functions);
  functions_[function] = given;
  std::memcpy(vm_ + compiled_->layout().function_import(function), &given, sizeof given);
}

Extern Instance::item(ExternKind kind, uint32_t index) {
  switch (kind) {
    case ExternKind::kFunc:
      return reference_to(index);
    case ExternKind::kTable:
      return tables_[index];
    case ExternKind::kMemory:
      return memories_[index];
    case ExternKind::kGlobal:
      return globals_[index];
  }
  return static_cast<FuncRef*>(nullptr);
}

std::optional<Extern> Instance::find_export(std::string_view name) {
  for (const Export& entry : module().exports) {
    if (entry.name == name) return item(entry.kind, entry.index);
  }
  return std::nullopt;
}

uint64_t Instance::evaluate(const ConstExpr& expression) {
  struct Items {
    Instance& self;
    uint64_t global(uint32_t index) { return *self.globals_[index]->value; }
    uint64_t function_reference(uint32_t index) {
      return reinterpret_cast<uint64_t>(self.reference_to(index));
    }
  };
  return jit::evaluate(module(), expression, Items{*this});
}

uint64_t Instance::element(const ElementSegment& segment, uint32_t index) {
  if (segment.expressions.empty()) {
    return reinterpret_cast<uint64_t>(reference_to(segment.functions[index]));
  }
  return evaluate(segment.expressions[index]);
}

TrapCode Instance::init_table(uint32_t table, uint32_t segment, uint32_t to, uint32_t from,
                              uint32_t count) {
  const ElementSegment& source = module().elements[segment];
  bool is_dropped = vm_[compiled_->layout().element_dropped(segment)] != 0;
  uint64_t available =
      is_dropped ? 0 : std::max(source.functions.size(), source.expressions.size());
  Table& target = *tables_[table];
  if (uint64_t{from} + count > available || uint64_t{to} + count > target.size()) {
    return TrapCode::kTableOutOfBounds;
  }
  for (uint32_t i = 0; i < count; i++) target.set(to + i, element(source, from + i));
  return TrapCode::kNone;
}

TrapCode Instance::init_memory(uint32_t memory, uint32_t segment, uint64_t to, uint32_t from,
                               uint32_t count) {
  const DataSegment& source = module().data[segment];
  bool is_dropped = vm_[compiled_->layout().data_dropped(segment)] != 0;
  uint64_t available = is_dropped ? 0 : source.bytes.size();
  Memory& target = *memories_[memory];
  if (uint64_t{from} + count > available || to > target.size_bytes() ||
      count > target.size_bytes() - to) {
    return TrapCode::kMemoryOutOfBounds;
  }
  if (count != 0) std::memcpy(target.base() + to, source.bytes.data() + from, count);
  return TrapCode::kNone;
}

TrapCode Instance::run_segments() {
  const InstanceLayout& layout = compiled_->layout();
  for (uint32_t i = 0; i < module().elements.size(); i++) {
    const ElementSegment& segment = module().elements[i];
    if (segment.mode == SegmentMode::kActive) {
      auto count =
          static_cast<uint32_t>(std::max(segment.functions.size(), segment.expressions.size()));
      auto to = static_cast<uint32_t>(evaluate(segment.offset));
      TrapCode code = init_table(segment.table, i, to, 0, count);
      if (code != TrapCode::kNone) return code;
    }
    if (segment.mode != SegmentMode::kPassive) vm_[layout.element_dropped(i)] = 1;
  }
  for (uint32_t i = 0; i < module().data.size(); i++) {
    const DataSegment& segment = module().data[i];
    if (segment.mode != SegmentMode::kActive) continue;
    auto to = static_cast<uint32_t>(evaluate(segment.offset));
    auto count = static_cast<uint32_t>(segment.bytes.size());
    TrapCode code = init_memory(segment.memory, i, to, 0, count);
    if (code != TrapCode::kNone) return code;
    vm_[layout.data_dropped(i)] = 1;
  }
  return TrapCode::kNone;
}

}  // namespace wisp::jit
