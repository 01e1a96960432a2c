// ResourceTable: the handles of one component instance. All kinds share one index space; entry 0 is
// never valid.
//
// Freed entries are reused last-in-first-out: indices are observable.
// https://github.com/WebAssembly/component-model, CanonicalABI.md, "Resource State". A handle
// refers to a type by the address of its ResourceType at run time, so types that are equal have one
// address and generative ones do not.
#pragma once

#include <cstdint>
#include <vector>

#include "platform/memory_budget.h"

namespace wisp::jit {
struct FuncRef;
}

namespace wisp::component {

class HostResource;
class InstanceState;

// A resource type at run time; its address is its identity.
struct RuntimeResourceType {
  // The component instance that defined it; null for types of the host.
  InstanceState* implementation = nullptr;
  // Runs when an owned handle is dropped; for types of the host the object is deleted instead.
  const jit::FuncRef* destructor = nullptr;
};

// The identity of a type of the host: one per class.
template <class R>
inline constexpr RuntimeResourceType kHostResourceType{};

enum class Ownership : uint8_t { kOwned, kBorrowed };

// 16 bytes: addresses have 48 bits, so that a word holds the type, whether the handle is a borrow
// (bit 0), and how often it is lent (the upper 16 bits).
class Handle {
 public:
  Handle() = default;
  Handle(const RuntimeResourceType* type, uint64_t what, Ownership ownership)
      : representation(what),
        word_(reinterpret_cast<uintptr_t>(type) | static_cast<uint64_t>(ownership)) {}

  // What the handle stands for: the guest's representation, or a HostResource*. In a free entry:
  // the next free one.
  uint64_t representation = 0;

  // Null: free.
  const RuntimeResourceType* type() const {
    return reinterpret_cast<const RuntimeResourceType*>(word_ & kTypeBits);
  }
  bool is_borrow() const { return (word_ & 1) != 0; }
  HostResource* object() const { return reinterpret_cast<HostResource*>(representation); }

  uint32_t lend_count() const { return static_cast<uint32_t>(word_ >> kLendShift); }
  // False where it is lent 65,535 times already.
  bool lend() {
    if (lend_count() == 0xffff) [[unlikely]]
      return false;
    word_ += kOneLend;
    return true;
  }
  void give_back() { word_ -= kOneLend; }

 private:
  static constexpr uint32_t kLendShift = 48;
  static constexpr uint64_t kOneLend = uint64_t{1} << kLendShift;
  static constexpr uint64_t kTypeBits = kOneLend - 2;

  uint64_t word_ = 0;
};
static_assert(sizeof(Handle) == 16);

// How many entries the tables of one component may still add; those that are free again stay with
// their table. And the memory for them and for the objects of the host that they own.
struct HandleBudget {
  uint32_t left = 1'000'000;
  MemoryBudget* memory = nullptr;  // null: not counted
};

class ResourceTable {
 public:
  // `budget` outlives the table.
  explicit ResourceTable(HandleBudget& budget) : budget_(&budget) {}
  ~ResourceTable();
  ResourceTable(const ResourceTable&) = delete;
  ResourceTable& operator=(const ResourceTable&) = delete;

  // Null where the index is not in use.
  Handle* find(uint32_t index) {
    if (index >= handles_.size() || handles_[index].type() == nullptr) [[unlikely]]
      return nullptr;
    return &handles_[index];
  }
  // The index of the new handle; 0 where the budget is used up, for which refusal() has the words.
  uint32_t insert(const RuntimeResourceType* type, uint64_t representation,
                  Ownership ownership = Ownership::kOwned);
  void remove(uint32_t index);
  const char* refusal() const;
  MemoryBudget* memory_budget() const { return budget_->memory; }

  // Live borrows. They belong to the call that runs in the instance, of which there is one at most,
  // and must be gone when it returns.
  uint32_t borrow_count() const { return borrows_; }

  uint32_t live_count() const { return live_; }
  // Deletes objects of the host that have no children; true if there were any. For tearing down
  // tables that hold parents and children in any order.
  bool delete_childless_objects();

 private:
  bool make_room();
  bool take_memory(size_t size_bytes) {
    return budget_->memory == nullptr || budget_->memory->take(size_bytes);
  }
  void give_back_memory(size_t size_bytes) {
    if (budget_->memory != nullptr) budget_->memory->give_back(size_bytes);
  }

  std::vector<Handle> handles_;  // made with the first handle; entry 0 is reserved
  uint32_t first_free_ = 0;
  uint32_t live_ = 0;
  uint32_t borrows_ = 0;
  HandleBudget* budget_;
};

}  // namespace wisp::component
