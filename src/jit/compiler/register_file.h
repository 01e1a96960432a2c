// RegisterFile: the temporaries of one register class: free, held by the opcode at work, or owned
// by one operand.
//
// External interface: RegisterFile. A register is in exactly one state: free, held (kHeld), or
// owned by the operand with the given index. Protocol: `take` makes a free register held; pushing
// an operand hands it to the operand (`give`); popping makes it held again (`hold`); `free` ends
// its use.
#pragma once

#include <array>
#include <cstdint>

#include "jit/compiler/machine_types.h"
#include "platform/check.h"

namespace wisp::jit {

class RegisterFile {
 public:
  static constexpr uint32_t kHeld = ~uint32_t{0};
  static constexpr uint8_t kNothing = 0xff;

  void begin(RegisterSet temporaries) { all_ = free_ = temporaries; }

  RegisterSet free_set() const { return free_; }
  bool is_temporary(uint8_t code) const { return all_.contains(code); }
  bool is_free(uint8_t code) const { return free_.contains(code); }
  uint32_t owner(uint8_t code) const { return owner_[code]; }
  RegisterSet used() const { return all_ - free_; }

  void take(uint8_t code) {
    WISP_DCHECK(free_.contains(code));
    free_.remove(code);
    owner_[code] = kHeld;
  }
  void give(uint8_t code, uint32_t operand) {
    WISP_DCHECK(all_.contains(code) && !free_.contains(code));
    owner_[code] = operand;
  }
  void hold(uint8_t code) {
    WISP_DCHECK(!free_.contains(code));
    owner_[code] = kHeld;
  }
  void free(uint8_t code) {
    WISP_DCHECK(all_.contains(code) && !free_.contains(code));
    free_.add(code);
  }
  void free_all() { free_ = all_; }

  // The register of the lowest operand that owns one outside `avoid`, or kNothing: it will be
  // needed last.
  uint8_t victim(RegisterSet avoid) const {
    uint8_t best = kNothing;
    uint32_t lowest = kHeld;
    for (uint32_t bits = (used() - avoid).bits; bits != 0; bits &= bits - 1) {
      uint8_t code = RegisterSet(bits).first();
      if (owner_[code] < lowest) {
        lowest = owner_[code];
        best = code;
      }
    }
    return best;
  }

 private:
  RegisterSet all_;
  RegisterSet free_;
  std::array<uint32_t, 32> owner_{};
};

}  // namespace wisp::jit
