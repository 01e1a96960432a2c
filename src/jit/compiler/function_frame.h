// FunctionFrame<Masm>: where the locals and operands of the function being compiled lie in its
// frame; frame_layout.h draws it. Fixed before the first instruction.
//
// External interface: FunctionFrame.
#pragma once

#include <cstdint>

#include "jit/compiler/func_summary.h"
#include "jit/compiler/home_alloc.h"
#include "jit/compiler/masm_concept.h"

namespace wisp::jit {

template <class Pins>
constexpr RegisterSet set_of_pins(const Pins& pins) {
  RegisterSet set;
  for (auto pin : pins) set.add(pin.code);
  return set;
}

template <class Masm>
class FunctionFrame {
 public:
  FunctionFrame(const FuncSummary& summary, const HomeResult& homes)
      : shape_{set_of_pins(Masm::kCalleeSavedPins) & homes.used_gprs},
        saved_count_(static_cast<uint32_t>(shape_.saved.count())),
        first_local_slot_(summary.leaves_instance ? 1 : 0),
        first_operand_slot_(first_local_slot_ + homes.slots) {
    const uint32_t slots =
        first_operand_slot_ + summary.max_operand_height + summary.outgoing_slots;
    // A function that calls nothing may leave the stack pointer where it is.
    const bool fits_red_zone = !summary.has_calls && slots * 8 <= Masm::kRedZoneBytes;
    shape_.size_bytes = fits_red_zone ? 0 : slots * 8;
  }

  const FrameShape& shape() const { return shape_; }
  uint32_t saved_count() const { return saved_count_; }
  // Only if the function leaves its instance.
  Address own_context() const { return slot(0); }
  Address local(uint32_t number) const { return slot(first_local_slot_ + number); }
  Address local(const Home& home) const { return local(static_cast<uint32_t>(home.slot)); }
  Address operand(uint32_t operand) const { return slot(first_operand_slot_ + operand); }

 private:
  Address slot(uint32_t number) const {
    return {Masm::kFramePointer, kNoGpr, -int64_t{8} * (saved_count_ + 1 + number)};
  }

  FrameShape shape_;
  uint32_t saved_count_;
  uint32_t first_local_slot_;
  uint32_t first_operand_slot_;
};

}  // namespace wisp::jit
