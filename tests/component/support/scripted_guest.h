// A guest without code whose allocator behaves as a vector says, hostile ones included.
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <nlohmann/json.hpp>
#include <vector>

#include "component/abi/canonical.h"
#include "component/type/layout.h"

namespace wisp::component::testing {

class ScriptedGuest {
 public:
  // `fill` is what memory holds before.
  ScriptedGuest(uint64_t pages, StringEncoding encoding, const nlohmann::json& script,
                uint8_t fill = 0)
      : bytes(std::max(pages, kMaxPages) * jit::kPageSizeBytes, fill), script_(script) {
    view = {bytes.data(), pages * jit::kPageSizeBytes};
    options = {&view, &reallocate, this, encoding};
    next_ = script.is_null() ? 0 : script["start"].get<uint32_t>();
  }
  ScriptedGuest(const ScriptedGuest&) = delete;

  static constexpr uint64_t kMaxPages = 2;
  std::vector<uint8_t> bytes;
  jit::MemoryView view;
  CanonicalOptions options;
  // As in the vectors: [old pointer, old size, alignment, new size, result or null].
  nlohmann::json log = nlohmann::json::array();

 private:
  static uint32_t reallocate(void* environment, CallState& call, uint32_t old_address,
                             uint32_t old_size, uint32_t alignment, uint32_t new_size) {
    auto& self = *static_cast<ScriptedGuest*>(environment);
    uint32_t result = 0;
    const bool trapped = !self.run(old_address, old_size, alignment, new_size, result);
    self.log.push_back({old_address, old_size, alignment, new_size, result});
    if (trapped) {
      self.log.back()[4] = nullptr;
      call.trap("the guest's own trap");
    }
    return result;
  }
  void copy(uint32_t from, uint32_t to, uint32_t size) {
    if (uint64_t{from} + size > view.size_bytes || uint64_t{to} + size > view.size_bytes) return;
    std::memmove(&bytes[to], &bytes[from], size);
  }
  bool run(uint32_t old_address, uint32_t old_size, uint32_t alignment, uint32_t new_size,
           uint32_t& result) {
    uint32_t add = 0;
    const bool is_hostile = script_.contains("hostile") && script_["hostile"]["call"] == calls_;
    calls_++;
    if (is_hostile) {
      const auto& hostile = script_["hostile"];
      if (hostile.contains("trap")) return false;
      if (hostile.contains("ret")) {
        result = hostile["ret"];
        copy(old_address, result, std::min(old_size, new_size));
        return true;
      }
      if (hostile.contains("add")) add = hostile["add"];
      if (hostile.contains("pages")) {
        next_ = static_cast<uint32_t>(view.size_bytes);
        view.size_bytes += hostile["pages"].get<uint64_t>() * jit::kPageSizeBytes;
      }
    } else if (old_size > 0) {
      if (new_size <= old_size && script_["shrink"] == "keep") {
        result = old_address;
        return true;
      }
      if (new_size > old_size && script_["grow"] == "keep" && old_address + old_size == next_) {
        if (uint64_t{old_address} + new_size > view.size_bytes) return false;
        next_ = old_address + new_size;
        result = old_address;
        return true;
      }
    }
    result = align_to(next_, alignment) + add;
    if (uint64_t{result} + new_size > view.size_bytes) return false;
    next_ = result + new_size;
    copy(old_address, result, std::min(old_size, new_size));
    return true;
  }

  const nlohmann::json script_;
  uint32_t next_ = 0;
  uint32_t calls_ = 0;
};

}  // namespace wisp::component::testing
