// SignatureRegistry: one number per function type, the same in every module of an engine, and the
// trampolines of the type. SignatureSet: the types that one owner uses.
//
// call_indirect compares these numbers, so two modules that share a table must agree. 0 is never
// given out: it marks a null table entry.
//
// Modules, components and stores hold the types that they use; a type whose last set is gone is
// forgotten, and its trampolines go with it. What keeps that safe:
//
//   1. A number is given to one type only, as long as the engine lives. If something outlived its
//      type, an entry of a table for instance, its number would be equal to no other, and a call
//      through it would trap instead of reaching a function of another type.
//   2. Nothing does outlive its type: a FuncRef belongs to an instance, a host function or a
//      component. The store keeps what holds their types until it dies: the modules of its
//      instances, a set for its host functions, and components (Store::keep).
//   3. By 2, whoever runs in a trampoline, or has its address, has its type held.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "jit/runtime/published_code.h"
#include "jit/wasm/types.h"
#include "platform/result.h"

namespace wisp::jit {

class SignatureRegistry {
 public:
  // Both may be missing: they are made when they are asked for (CodeServices).
  struct Trampolines {
    const void* entry = nullptr;
    const void* exit = nullptr;
  };

  // Counts one user more. Error kLimit: there are no numbers left.
  Result<uint32_t> hold(const FuncType& type);
  void release(const std::vector<uint32_t>& ids);

  // Of a number that somebody holds.
  const FuncType& type_of(uint32_t id) const;
  Trampolines trampolines_of(uint32_t id) const;
  // `code`, which contains it, lives as long as the type.
  void set_entry(uint32_t id, const void* entry, std::shared_ptr<const PublishedCode> code);
  void set_exit(uint32_t id, const void* exit, std::shared_ptr<const PublishedCode> code);

  size_t size() const;

 private:
  struct Signature {
    uint32_t id = 0;
    uint64_t users = 0;
    Trampolines trampolines;
    std::shared_ptr<const PublishedCode> entry_code;
    std::shared_ptr<const PublishedCode> exit_code;
  };
  struct Hash {
    size_t operator()(const FuncType& type) const;
  };
  using Types = std::unordered_map<FuncType, Signature, Hash>;

  Types::value_type& find(uint32_t id) const;

  mutable std::mutex mutex_;
  Types types_;
  std::unordered_map<uint32_t, Types::value_type*> by_id_;
  uint32_t last_id_ = 0;
};

class SignatureSet {
 public:
  SignatureSet() = default;  // of types that nobody needs to number
  explicit SignatureSet(std::shared_ptr<SignatureRegistry> registry)
      : registry_(std::move(registry)) {}
  SignatureSet(SignatureSet&& other) noexcept
      : registry_(std::move(other.registry_)), ids_(std::exchange(other.ids_, {})) {}
  SignatureSet& operator=(SignatureSet&& other) noexcept {
    std::swap(registry_, other.registry_);
    std::swap(ids_, other.ids_);
    return *this;
  }
  ~SignatureSet() {
    if (!ids_.empty()) registry_->release(ids_);
  }

  // The number of this type, which is held until the set dies. Error kLimit.
  Result<uint32_t> add(const FuncType& type) {
    const uint32_t id = WISP_TRY(registry_->hold(type));
    ids_.push_back(id);
    return id;
  }
  // In the order in which they were added.
  const std::vector<uint32_t>& ids() const { return ids_; }

 private:
  std::shared_ptr<SignatureRegistry> registry_;
  std::vector<uint32_t> ids_;
};

}  // namespace wisp::jit
