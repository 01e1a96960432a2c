// home_alloc: FuncSummary -> one home for each local that is used, for the whole function: a
// register or a frame slot.
//
// External interface: Home, HomeRegisters, HomeAllocator. Locals are taken by falling benefit; a
// register may serve several locals whose lives do not overlap. What a register of each kind costs:
//   callee-saved   one save and restore in the function, once
//   caller-saved   around each call inside the local's life: a store (or a store with each write:
//                  write_through) and a load
// A local without a register lives in the frame. Work is linear: a register remembers at most
// kMaxLives lives.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "jit/compiler/func_summary.h"
#include "jit/compiler/machine_types.h"

namespace wisp::jit {

struct Home {
  enum class Kind : uint8_t { kNone, kGpr, kFpr, kFrame };

  Kind kind = Kind::kNone;
  uint8_t code = 0xff;  // of the register
  ValueType type = ValueType::kI32;
  // Each write goes to the frame too, so that calls need not store it.
  bool is_write_through : 1 = false;
  // Its initial value may be read and it is no parameter.
  bool needs_zero : 1 = false;
  bool is_live_at_entry : 1 = false;
  uint32_t last = 0;     // position behind which it is dead
  int32_t slot = -1;     // number of its frame slot, if it has one
  uint32_t pending = 0;  // operands on the stack that stand for its present value
};

// Pins of one class, best first.
struct HomeRegisters {
  std::span<const Gpr> callee_saved, caller_saved;
  std::span<const Fpr> callee_saved_floats, caller_saved_floats;
};

struct HomeResult {
  RegisterSet used_gprs, used_fprs;  // some local's home
  uint32_t slots = 0;                // frame slots for locals
  bool needs_zeros = false;          // some local does
};

class HomeAllocator {
 public:
  explicit HomeAllocator(const HomeRegisters& registers);

  // Fills `homes` (by local index, only the touched ones).
  HomeResult allocate(const FuncSummary& summary, bool use_registers, std::vector<Home>& homes);

 private:
  static constexpr uint32_t kMaxLives = 12;
  // More locals than this never compete for registers.
  static constexpr size_t kMaxSorted = 1024;
  struct Life {
    uint32_t first, last;
  };
  // The registers of one class, by number: the caller-saved ones first.
  struct Pins {
    std::vector<uint8_t> codes;
    uint32_t callee_saved = 0;  // sets of numbers, bit by bit
    uint32_t used = 0;
    uint32_t full = 0;
    std::array<uint8_t, 32> life_counts{};
    struct Taken {
      Life life;
      uint32_t pin;  // the bit of its number
    };
    std::vector<Taken> lives;

    void begin();
    uint32_t available_for(const Life& life) const;
    void take(uint32_t pin, const Life& life);
  };
  struct Candidate {
    uint32_t local;
    Life life;
    uint64_t calls;  // weight of the calls inside the life
    int64_t weight;
  };

  Candidate candidate_of(const FuncSummary& summary, uint32_t local, Home& home) const;
  bool place(const Candidate& candidate, const LocalInfo& info, Pins& pins, Home& home);

  Pins gprs_;
  Pins fprs_;
  std::vector<Candidate> candidates_;
};

}  // namespace wisp::jit
