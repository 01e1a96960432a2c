// ReferenceGuest: the memory of a guest without code, and the allocator that the guests of
// adapter_case.h have, step by step the same.
//
// Control block of such a guest, below kValues:
//
//   0x000 calls of realloc so far     0x004 where the bump allocator is
//   0x010 script: for each call of realloc what it does, and a number (48 of 8 bytes)
//   0x200 log of its arguments (48 of 16 bytes)
//   0x500 what is done with handles before the call (31 of 8 bytes and a zero)
//   0x600 flat parameters, 8 bytes each     0x6f0 flat result
//   0x6f8 a hash of the handles that were made
//   0x700 what is done with handles by the callee in its call, by the caller behind it
//   0x800 values
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "component/type/types.h"
#include "tests/support/adapter/reference_handles.h"

namespace wisp::test {

constexpr uint32_t kCallsAt = 0x000, kNextAt = 0x004, kScriptAt = 0x010, kLogAt = 0x200;
constexpr uint32_t kParamsAt = 0x600, kResultAt = 0x6f0, kValuesAt = 0x800;
constexpr uint32_t kSetupAt = 0x500, kHandlesAt = 0x6f8, kStepsAt = 0x700;
constexpr uint32_t kMaxReallocs = 48, kMaxSteps = 31;
constexpr uint32_t kWasmPage = 65536, kMaxWasmPages = 3;

enum class ReallocAction : uint32_t {
  kBump,    // a new block behind the last one, with the old content
  kTrap,    // unreachable
  kGrow,    // grows the memory, then as kBump
  kLeave,   // calls an import, which must trap
  kAnswer,  // returns the number of the script, whatever is there
  kCall,    // calls a function of another component, which must trap
};

// What a guest does with handles: the step and its argument. Resource 0 is the callee's, resource 1
// a third component's.
enum class Step : uint32_t { kEnd, kMake0, kMake1, kDrop0, kDrop1 };

class ReferenceGuest {
 public:
  explicit ReferenceGuest(component::StringEncoding used) : encoding(used), bytes(kWasmPage) {}

  component::StringEncoding encoding;
  std::vector<uint8_t> bytes;
  ReferenceHandles handles;
  bool defines_resource0 = false;
  // Blocks overlap, so that the order of writes shows, which the specification leaves to nobody
  // but a guest that harms itself.
  bool has_overlap = false;

  uint64_t load(uint32_t address, uint32_t size) const {
    uint64_t value = 0;
    std::memcpy(&value, &bytes[address], size);
    return value;
  }
  void store(uint32_t address, uint32_t size, uint64_t value) {
    std::memcpy(&bytes[address], &value, size);
  }
  bool is_inside(uint32_t address, uint64_t size) const { return address + size <= bytes.size(); }

  // Notes a block that values are written to.
  void claim(uint32_t address, uint32_t size) {
    if (size == 0) return;
    for (const auto& [begin, length] : blocks_) {
      has_overlap |= address < begin + uint64_t{length} && begin < address + uint64_t{size};
    }
    has_overlap |= address < kValuesAt;
    blocks_.emplace_back(address, size);
  }

  // Adds a step to those at `at`; false: there are too many.
  bool add_step(uint32_t at, Step step, uint32_t argument) {
    uint32_t count = 0;
    while (load(at + 8 * count, 4) != 0) ++count;
    if (count == kMaxSteps) return false;
    store(at + 8 * count, 4, static_cast<uint32_t>(step));
    store(at + 8 * count + 4, 4, argument);
    return true;
  }
  void run_steps(uint32_t at, ReferenceDrops (&drops)[2]) {
    for (;; at += 8) {
      const auto step = static_cast<Step>(word(at));
      const uint32_t argument = word(at + 4);
      if (step == Step::kEnd) return;
      if (step == Step::kMake0 || step == Step::kMake1) {
        const uint32_t index = handles.add(step == Step::kMake1 ? 1 : 0, argument, true);
        store(kHandlesAt, 4, word(kHandlesAt) * 31 + index);
      } else {
        const uint32_t resource = step == Step::kDrop1 ? 1 : 0;
        handles.drop(resource, argument, drops[resource]);
      }
    }
  }

  // realloc with the checks of the specification.
  uint32_t reallocate(uint32_t old_address, uint32_t old_size, uint32_t alignment,
                      uint32_t new_size) {
    const uint32_t result = run(old_address, old_size, alignment, new_size);
    if (result % alignment != 0) throw ReferenceTrap{"realloc return: result not aligned"};
    if (!is_inside(result, new_size)) throw ReferenceTrap{"realloc return: beyond end of memory"};
    std::erase(blocks_, std::pair(old_address, old_size));
    claim(result, new_size);
    return result;
  }

 private:
  uint32_t word(uint32_t address) const { return static_cast<uint32_t>(load(address, 4)); }

  // What the code of adapter_guest.h does.
  uint32_t run(uint32_t old_address, uint32_t old_size, uint32_t alignment, uint32_t new_size) {
    const uint32_t call = word(kCallsAt);
    if (call >= kMaxReallocs) throw ReferenceTrap{"unreachable"};
    store(kCallsAt, 4, call + 1);
    const uint32_t arguments[] = {old_address, old_size, alignment, new_size};
    for (uint32_t i = 0; i < 4; ++i) store(kLogAt + 16 * call + 4 * i, 4, arguments[i]);
    switch (static_cast<ReallocAction>(word(kScriptAt + 8 * call))) {
      case ReallocAction::kTrap:
        throw ReferenceTrap{"unreachable"};
      case ReallocAction::kLeave:
      case ReallocAction::kCall:
        throw ReferenceTrap{"cannot leave component instance"};
      case ReallocAction::kAnswer:
        return word(kScriptAt + 8 * call + 4);
      case ReallocAction::kGrow:
        if (bytes.size() < kMaxWasmPages * kWasmPage) bytes.resize(bytes.size() + kWasmPage);
        break;
      default:
        break;
    }
    const uint32_t result = (word(kNextAt) + alignment - 1) & -alignment;
    store(kNextAt, 4, result + new_size);
    if (old_size != 0) {
      const uint32_t size = std::min(old_size, new_size);
      if (!is_inside(result, size) || !is_inside(old_address, size)) {
        throw ReferenceTrap{"out of bounds memory access"};
      }
      std::memmove(&bytes[result], &bytes[old_address], size);
    }
    return result;
  }

  std::vector<std::pair<uint32_t, uint32_t>> blocks_;
};

}  // namespace wisp::test
