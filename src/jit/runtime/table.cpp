#include "jit/runtime/table.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "jit/runtime/instance.h"
#include "platform/check.h"

namespace wisp::jit {

FuncRef* original_of(const FuncRef& entry) {
  if (entry.signature == 0) return nullptr;
  // A host function is no instance: its context points at its own reference.
  if (entry.context->instance == nullptr) return entry.context->functions;
  return entry.context->instance->reference_to(entry.function_index);
}

Result<std::unique_ptr<Table>> Table::create(const TableType& type, uint64_t& elements_left,
                                             MemoryBudget& budget) {
  std::unique_ptr<Table> table(new Table(type, elements_left, budget));
  const uint64_t count = type.limits.min;
  if (count <= elements_left && table->grow(static_cast<uint32_t>(count), 0)) return table;
  const std::string what = "a table of " + std::to_string(count) + " elements";
  const uint64_t size_bytes = count * table->entry_bytes();
  if (count > elements_left) {
    return Error(ErrorCode::kLimit,
                 what + " exceeds the limit: " + std::to_string(elements_left) + " are left");
  }
  if (size_bytes > budget.left()) return budget.refusal(what, size_bytes);
  return Error(ErrorCode::kLimit, what + ": the system has no memory for it");
}

Table::Table(const TableType& type, uint64_t& elements_left, MemoryBudget& budget)
    : type_(type), elements_left_(elements_left), budget_(budget) {}

Table::~Table() {
  elements_left_ += size();
  budget_.give_back(capacity_ * entry_bytes());
  std::free(view_.entries);
}

TableType Table::type() const {
  TableType type = type_;
  type.limits.min = size();
  return type;
}

uint64_t Table::get(uint32_t index) const {
  WISP_DCHECK(index < size());
  if (type_.element == ValueType::kExternRef) return static_cast<uint64_t*>(view_.entries)[index];
  const FuncRef& entry = static_cast<FuncRef*>(view_.entries)[index];
  return reinterpret_cast<uint64_t>(original_of(entry));
}

void Table::set(uint32_t index, uint64_t value) { fill(index, value, 1); }

void Table::fill(uint32_t to, uint64_t value, uint32_t count) {
  WISP_DCHECK(uint64_t{to} + count <= size());
  if (type_.element == ValueType::kExternRef) {
    std::fill_n(static_cast<uint64_t*>(view_.entries) + to, count, value);
    return;
  }
  const FuncRef* function = reinterpret_cast<const FuncRef*>(value);
  std::fill_n(static_cast<FuncRef*>(view_.entries) + to, count,
              function == nullptr ? FuncRef{} : *function);
}

// The old entries and the new ones are there at once for a while, and are charged so.
bool Table::reallocate(uint64_t capacity) {
  if (!budget_.take(capacity * entry_bytes())) return false;
  // Fresh and zeroed by the system: a large table that nobody fills takes no memory.
  void* entries = std::calloc(capacity, entry_bytes());
  if (entries == nullptr) {
    budget_.give_back(capacity * entry_bytes());
    return false;
  }
  if (size() != 0) std::memcpy(entries, view_.entries, size() * entry_bytes());
  std::free(view_.entries);
  budget_.give_back(capacity_ * entry_bytes());
  view_.entries = entries;
  capacity_ = capacity;
  return true;
}

std::optional<uint32_t> Table::grow(uint32_t delta, uint64_t value) {
  uint32_t before = size();
  uint64_t most = std::min(type_.limits.max.value_or(UINT32_MAX), before + elements_left_);
  if (before > most || delta > most - before) return std::nullopt;
  const uint64_t needed = uint64_t{before} + delta;
  if (needed > capacity_) {
    const uint64_t usual = std::min(std::max(needed, capacity_ * 2), most);
    if (!reallocate(usual) && !reallocate(needed)) return std::nullopt;
  }
  view_.length = needed;
  elements_left_ -= delta;
  if (value != 0) fill(before, value, delta);
  return before;
}

void Table::copy(uint32_t to, const Table& source, uint32_t from, uint32_t count) {
  WISP_DCHECK(uint64_t{to} + count <= size() && uint64_t{from} + count <= source.size());
  WISP_DCHECK(type_.element == source.type_.element);
  if (count == 0) return;
  std::memmove(static_cast<uint8_t*>(view_.entries) + to * entry_bytes(),
               static_cast<const uint8_t*>(source.view_.entries) + from * entry_bytes(),
               count * entry_bytes());
}

}  // namespace wisp::jit
