// HostResource: what a handle of a type of the host stands for.
#pragma once

#include <cstdint>

namespace wisp::component {

// Base of every resource that the host defines. Owned by the handle table of a component instance,
// or by a unique_ptr while it is on its way. A child keeps a count in its parent; dropping a parent
// that has children traps.
class HostResource {
 public:
  HostResource() = default;
  virtual ~HostResource();
  HostResource(const HostResource&) = delete;
  HostResource& operator=(const HostResource&) = delete;

  // Declares this a child of `parent` until it is destroyed.
  void set_parent(HostResource& parent);
  uint32_t child_count() const { return child_count_; }
  // What it takes of the memory budget of the store while a handle owns it. It does not change.
  uint32_t size_bytes() const { return size_bytes_; }

  // For those who remember what a handle stands for. While it is watched, the table says when the
  // handle that owns this goes, be it that the object is dropped or that it moves.
  bool handle_watched() const { return handle_watched_; }
  virtual void handle_removed() {}

 protected:
  void watch_handle(bool watched) { handle_watched_ = watched; }
  // For what has buffers.
  explicit HostResource(uint32_t size_bytes) : size_bytes_(size_bytes) {}
  // Is nobody's child any more.
  void leave_parent();

 private:
  // An object with what the allocator adds, rounded up.
  static constexpr uint32_t kUsualBytes = 256;

  HostResource* parent_ = nullptr;
  uint32_t child_count_ = 0;
  uint32_t size_bytes_ = kUsualBytes;
  bool handle_watched_ = false;
};

}  // namespace wisp::component
