// Arena: a bump allocator for things that live and die together: one compilation, one decoded
// component.
//
// Nothing is freed before the arena is, and no destructor runs: only trivially destructible types
// may live in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace wisp {

class Arena {
 public:
  explicit Arena(size_t first_block_bytes = 16 * 1024) : next_block_bytes_(first_block_bytes) {}
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void* allocate(size_t size_bytes, size_t alignment) {
    uintptr_t start = (cursor_ + alignment - 1) & ~(uintptr_t{alignment} - 1);
    if (start + size_bytes > end_ || start + size_bytes < start) [[unlikely]] {
      return allocate_in_new_block(size_bytes, alignment);
    }
    cursor_ = start + size_bytes;
    return reinterpret_cast<void*>(start);
  }

  template <class T, class... Args>
  T* make(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (allocate(sizeof(T), alignof(T))) T{std::forward<Args>(args)...};
  }

  // `count` value-initialised elements.
  template <class T>
  std::span<T> make_span(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    T* first = static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
    for (size_t i = 0; i < count; ++i) new (first + i) T{};
    return {first, count};
  }

  template <class T>
  std::span<T> copy(std::span<const T> source) {
    static_assert(std::is_trivially_destructible_v<T> && std::is_trivially_copyable_v<T>);
    T* first = static_cast<T*>(allocate(source.size() * sizeof(T), alignof(T)));
    if (!source.empty())
      std::memcpy(static_cast<void*>(first), source.data(), source.size() * sizeof(T));
    return {first, source.size()};
  }
  template <class T>
  std::span<T> copy(const std::vector<T>& source) {
    return copy(std::span<const T>(source));
  }
  std::string_view copy(std::string_view text) {
    std::span<char> chars = copy(std::span<const char>(text.data(), text.size()));
    return {chars.data(), chars.size()};
  }

  // Of all blocks.
  size_t size_bytes() const { return size_bytes_; }

 private:
  void* allocate_in_new_block(size_t size_bytes, size_t alignment) {
    constexpr size_t kMaxBlockBytes = 1024 * 1024;
    size_t block_bytes =
        size_bytes + alignment > next_block_bytes_ ? size_bytes + alignment : next_block_bytes_;
    if (next_block_bytes_ < kMaxBlockBytes) next_block_bytes_ *= 2;
    blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(block_bytes));
    size_bytes_ += block_bytes;
    cursor_ = reinterpret_cast<uintptr_t>(blocks_.back().get());
    end_ = cursor_ + block_bytes;
    return allocate(size_bytes, alignment);
  }

  uintptr_t cursor_ = 0;
  uintptr_t end_ = 0;
  size_t next_block_bytes_;
  size_t size_bytes_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace wisp
