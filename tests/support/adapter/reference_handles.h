// The handles of a guest, as the executable specification keeps them. definitions.py: Table,
// lift_own, lift_borrow, lower_own, lower_borrow, canon_resource_new, canon_resource_drop.
#pragma once

#include <cstdint>
#include <vector>

namespace wisp::test {

// A trap of either side, or of a guest.
struct ReferenceTrap {
  const char* text;
};

// The destructor of a resource type: what its guest keeps of the representations it was given.
class ReferenceDrops {
 public:
  void note(uint32_t representation) { hash_ = hash_ * 31 + representation + 1; }
  uint64_t hash() const { return hash_; }

 private:
  uint64_t hash_ = 0;
};

class ReferenceHandles {
 public:
  struct Handle {
    uint32_t resource = 0;
    uint32_t representation = 0;
    bool is_owned = true;
    bool is_lent = false;
    bool is_free = true;
  };

  uint32_t add(uint32_t resource, uint32_t representation, bool is_owned) {
    uint32_t index = static_cast<uint32_t>(all_.size());
    if (free_.empty()) {
      all_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    all_[index] = {resource, representation, is_owned, false, false};
    return index;
  }
  Handle& get(uint32_t resource, uint32_t index) {
    if (index >= all_.size() || all_[index].is_free) throw ReferenceTrap{"unknown handle index"};
    if (all_[index].resource != resource) throw ReferenceTrap{"used with the wrong type"};
    return all_[index];
  }
  void remove(uint32_t index) {
    all_[index].is_free = true;
    free_.push_back(index);
  }

  uint32_t take(uint32_t resource, uint32_t index) {
    const Handle handle = get(resource, index);
    if (!handle.is_owned) throw ReferenceTrap{"cannot lift own resource from a borrow"};
    if (handle.is_lent) throw ReferenceTrap{"cannot remove owned resource while borrowed"};
    remove(index);
    return handle.representation;
  }
  uint32_t lend(uint32_t resource, uint32_t index) {
    get(resource, index).is_lent = true;
    return all_[index].representation;
  }
  // The call is over.
  void give_back() {
    for (Handle& each : all_) each.is_lent = false;
  }
  void drop(uint32_t resource, uint32_t index, ReferenceDrops& drops) {
    const Handle handle = get(resource, index);
    if (handle.is_lent) throw ReferenceTrap{"cannot remove owned resource while borrowed"};
    remove(index);
    if (handle.is_owned) drops.note(handle.representation);
  }
  void check_borrows() const {
    for (const Handle& each : all_) {
      if (!each.is_free && !each.is_owned) throw ReferenceTrap{"borrow handles still remain"};
    }
  }
  // By index; the first is never used.
  const std::vector<Handle>& all() const { return all_; }

 private:
  std::vector<Handle> all_{1};
  std::vector<uint32_t> free_;
};

}  // namespace wisp::test
