// A guest without code: linear memory in a vector and an allocator that records its calls.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <vector>

#include "component/abi/canonical.h"
#include "component/type/layout.h"

namespace wisp::component::testing {

class BufferGuest {
 public:
  explicit BufferGuest(uint64_t size_bytes, StringEncoding encoding = StringEncoding::kUtf8)
      : bytes(size_bytes), view{bytes.data(), bytes.size()} {
    options = {&view, &reallocate, this, encoding};
  }
  BufferGuest(const BufferGuest&) = delete;

  std::vector<uint8_t> bytes;
  jit::MemoryView view;
  CanonicalOptions options;
  uint32_t next = 1024;
  std::vector<std::array<uint32_t, 5>> log;  // old address, old size, alignment, new size, result

 private:
  static uint32_t reallocate(void* environment, CallState&, uint32_t old_address, uint32_t old_size,
                             uint32_t alignment, uint32_t new_size) {
    auto& self = *static_cast<BufferGuest*>(environment);
    const uint32_t result = align_to(self.next, alignment);
    self.next = result + new_size;
    if (old_size != 0)
      std::memcpy(&self.bytes[result], &self.bytes[old_address], std::min(old_size, new_size));
    self.log.push_back({old_address, old_size, alignment, new_size, result});
    return result;
  }
};

}  // namespace wisp::component::testing
