// Tables of references. Funcref entries are FuncRefs by value, externref entries are 8-byte
// handles; all zero is null.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "jit/runtime/vm_context.h"
#include "jit/wasm/types.h"
#include "platform/memory_budget.h"
#include "platform/result.h"

namespace wisp::jit {

class Table {
 public:
  // `elements_left`: what the tables that share it may still grow by. The memory of the entries is
  // taken from `budget`. Both outlive the table. Error kLimit.
  static Result<std::unique_ptr<Table>> create(const TableType& type, uint64_t& elements_left,
                                               MemoryBudget& budget);
  ~Table();
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  // As declared, but `limits.min` is the current size.
  TableType type() const;
  uint32_t size() const { return static_cast<uint32_t>(view_.length); }
  TableView* view() { return &view_; }

  // References as compiled code holds them: FuncRef*, or the handle. The index is in bounds.
  uint64_t get(uint32_t index) const;
  void set(uint32_t index, uint64_t value);
  // Elements before, or nothing.
  std::optional<uint32_t> grow(uint32_t delta, uint64_t value);
  void fill(uint32_t to, uint64_t value, uint32_t count);
  // Both ranges are in bounds; they may overlap.
  void copy(uint32_t to, const Table& source, uint32_t from, uint32_t count);

 private:
  Table(const TableType& type, uint64_t& elements_left, MemoryBudget& budget);
  // Room for so many entries, the old ones in front; false where there is none.
  bool reallocate(uint64_t capacity);
  size_t entry_bytes() const {
    return type_.element == ValueType::kFuncRef ? sizeof(FuncRef) : sizeof(uint64_t);
  }

  TableType type_;
  uint64_t& elements_left_;
  MemoryBudget& budget_;
  uint64_t capacity_ = 0;
  TableView view_;
};

// The FuncRef that an entry, a copy, was made from: references to the same function are the same
// pointer.
FuncRef* original_of(const FuncRef& entry);

}  // namespace wisp::jit
