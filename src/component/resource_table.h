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

namespace wisp::jit {
struct FuncRef;
}

namespace wisp::component {

class BorrowScope;
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

struct Handle {
  const RuntimeResourceType* type = nullptr;  // null: free
  // What the handle stands for: the guest's representation, or a HostResource*. In a free entry:
  // the next free one.
  uint64_t representation = 0;
  uint32_t lend_count = 0;
  // For a borrow: the call that has to give it back. Null for an owned handle.
  BorrowScope* scope = nullptr;

  bool is_borrow() const { return scope != nullptr; }
  HostResource* object() const { return reinterpret_cast<HostResource*>(representation); }
};

// The borrows that a callee received in one call: they must be gone when it returns. Lives in the
// call object.
class BorrowScope {
 public:
  uint32_t borrows = 0;
};

class ResourceTable {
 public:
  static constexpr uint32_t kDefaultMaxHandles = 1'000'000;

  explicit ResourceTable(uint32_t max_handles = kDefaultMaxHandles) : max_handles_(max_handles) {}
  ~ResourceTable();
  ResourceTable(const ResourceTable&) = delete;
  ResourceTable& operator=(const ResourceTable&) = delete;

  // Null where the index is not in use.
  Handle* find(uint32_t index) {
    if (index >= handles_.size() || handles_[index].type == nullptr) [[unlikely]]
      return nullptr;
    return &handles_[index];
  }
  // The index of the new handle; 0 where the table is full.
  uint32_t insert(const RuntimeResourceType* type, uint64_t representation,
                  BorrowScope* scope = nullptr);
  void remove(uint32_t index);

  uint32_t live_count() const { return live_; }
  // Deletes objects of the host that have no children; true if there were any. For tearing down
  // tables that hold parents and children in any order.
  bool delete_childless_objects();

 private:
  std::vector<Handle> handles_{1};  // entry 0 is reserved
  uint32_t first_free_ = 0;
  uint32_t live_ = 0;
  uint32_t max_handles_;
};

}  // namespace wisp::component
