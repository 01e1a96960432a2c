// The core modules of the guests that the canonical ABI vectors run in, and what the host sees of
// them. A vector may use any address of a guest's memory, so what the guest's code needs for itself
// is in a memory of its own, that of the control module:
//
//   memory module    the memory that values are in; size, grow and copy
//   control module   a memory with the block below; realloc, which does what the vectors' README
//                    says
//   callee module    f: notes its flat parameters, answers the noted result
//   caller module    run: calls f with the noted parameters, notes its result
//
//   0x000 calls of realloc     0x004 next     0x008 shrink keeps     0x00c grow keeps
//   0x010 hostile call     0x014 HostileAction     0x018 its number
//   0x01c whether the next call is answered by the number at 0x020, unseen
//   0x100 flat parameters, 8 bytes each     0x200 flat result
//   0x400 log of 32 bytes: old pointer, old size, alignment, new size, result, whether it returned
#pragma once

#include <nlohmann/json.hpp>
#include <span>

#include "jit/runtime/vm_context.h"
#include "tests/support/adapter/code.h"

namespace wisp::component::testing {

constexpr uint32_t kCallsAt = 0x000, kNextAt = 0x004, kShrinkAt = 0x008, kGrowAt = 0x00c;
constexpr uint32_t kHostileCallAt = 0x010, kHostileActionAt = 0x014, kHostileNumberAt = 0x018;
constexpr uint32_t kHasFirstAt = 0x01c, kFirstAt = 0x020;
constexpr uint32_t kParamsAt = 0x100, kResultAt = 0x200, kLogAt = 0x400, kLogEntrySize = 32;
constexpr uint32_t kControlPages = 8;

enum class HostileAction : uint32_t { kTrap, kReturn, kAdd, kPages };

wisp::test::Bytes memory_module(uint32_t pages);
wisp::test::Bytes control_module();
wisp::test::Bytes callee_module(const jit::FuncType& f);
wisp::test::Bytes caller_module(const jit::FuncType& f);

// A guest of a running component.
class AbiGuest {
 public:
  AbiGuest(const jit::MemoryView& memory, const jit::MemoryView& control)
      : memory_(&memory), control_(&control) {}

  std::span<uint8_t> bytes() const { return {memory_->base, memory_->size_bytes}; }
  // `script` as in the vectors; null: a plain bump allocator from `next` on.
  void set_script(const nlohmann::json& script, uint32_t next = 0);
  // The first call returns `address` and counts for nothing.
  void answer_first(uint32_t address);
  void set_param(size_t index, uint64_t bits) { put64(kParamsAt + 8 * index, bits); }
  void set_result(uint64_t bits) { put64(kResultAt, bits); }
  uint64_t param(size_t index) const { return get64(kParamsAt + 8 * index); }
  uint64_t result() const { return get64(kResultAt); }
  // As in the vectors: [old pointer, old size, alignment, new size, result or null].
  nlohmann::json log() const;

 private:
  void put(size_t at, uint32_t value) { std::memcpy(control_->base + at, &value, 4); }
  void put64(size_t at, uint64_t value) { std::memcpy(control_->base + at, &value, 8); }
  uint32_t get(size_t at) const {
    uint32_t value;
    std::memcpy(&value, control_->base + at, 4);
    return value;
  }
  uint64_t get64(size_t at) const {
    uint64_t value;
    std::memcpy(&value, control_->base + at, 8);
    return value;
  }

  const jit::MemoryView* memory_;
  const jit::MemoryView* control_;
};

}  // namespace wisp::component::testing
