// RandomSource: choices from the bytes of a fuzzer's input; when they are used up, zeros, which
// stand for the simplest choice everywhere.
#pragma once

#include <cstdint>
#include <span>

namespace wisp::test {

class RandomSource {
 public:
  explicit RandomSource(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  uint8_t byte() {
    if (bytes_.empty()) return 0;
    const uint8_t value = bytes_[0];
    bytes_ = bytes_.subspan(1);
    return value;
  }
  uint32_t below(uint32_t limit) {
    return (limit <= 256 ? byte() : uint32_t{byte()} << 8 | byte()) % limit;
  }
  bool one_in(uint32_t times) { return below(times) == times - 1; }
  uint64_t word() {
    uint64_t value = 0;
    for (int i = 0; i < 8; ++i) value = value << 8 | byte();
    return value;
  }

 private:
  std::span<const uint8_t> bytes_;
};

}  // namespace wisp::test
