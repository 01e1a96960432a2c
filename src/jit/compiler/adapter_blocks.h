// Blocks: lists and strings among the flat values of an adapter whose contents move as they are,
// as machine code from the bounds check to the copy.
//
// External interface: AdapterBlockFrame, AdapterBlocks<Masm>. Private to adapters.h. Per block:
//   1. length, alignment and bounds of the source are checked; a hook checks what is in a string
//   2. the receiver's realloc is called, which may not leave its instance and sees no context slots
//   3. alignment and bounds of what it returned are checked, against the memory as it is now
//   4. the bytes are copied: few of them here, unless a list's must be checked; else by a hook
// What is wrong is put into words by C++ (BlockRefusalHook). Every register but the pinned ones is
// free meanwhile: all values are in the frame.
#pragma once

#include <bit>
#include <vector>

#include "jit/compiler/adapter_masm.h"
#include "jit/runtime/adapter_shape.h"

namespace wisp::jit {

// Offsets in the frame of an adapter, from the stack pointer. A pair is a pointer and a length in
// slots of 8 bytes.
struct AdapterBlockFrame {
  uint32_t context = 0;      // AdapterContext*
  uint32_t from = 0;         // slots of the caller
  uint32_t to = 0;           // slots of the callee
  uint32_t slots = 0;        // context slots of the receiver, as they were
  uint32_t source_pair = 0;  // of a result
  uint32_t destination_pair = 0;
};

template <MacroAssembler Masm>
class AdapterBlocks {
 public:
  explicit AdapterBlocks(AdapterMasm<Masm>& code) : code_(code), masm_(code.masm) {}

  // The flat parameter `index`, and the one behind it, from the caller's slots to the callee's.
  void move_param(const BlockShape& block, uint32_t index, bool saves_slots,
                  const AdapterBlockFrame& frame) {
    const uint32_t offset = index * 8;
    move(block, {index, offsetof(AdapterContext, params_route), frame.from + offset,
                 frame.to + offset, saves_slots, frame});
  }

  // The result at the address in the callee's first slot, to the return area: the address in
  // `area`, a slot of the caller.
  void move_result(const BlockShape& block, uint32_t area, bool saves_slots,
                   const AdapterBlockFrame& frame) {
    const Block result{kResultBlock,      offsetof(AdapterContext, results_route),
                       frame.source_pair, frame.destination_pair,
                       saves_slots,       frame};
    Label& refused = refusal(result);
    constexpr Gpr address = Masm::kIntArguments[0], value = Masm::kIntArguments[1];
    check_area(frame.to, result.route + offsetof(BlockRoute, source), address, refused);
    for (uint32_t offset : {0u, 4u}) {
      masm_.load(LoadOp::k32U, value, Code::at(address, offset));
      masm_.store(StoreOp::k64, Code::at_stack(result.source_pair + 2 * offset), value);
    }
    check_area(area, result.route + offsetof(BlockRoute, destination), address, refused);
    move(block, result);
    load_pointer(address, area, result.route + offsetof(BlockRoute, destination));
    for (uint32_t offset : {0u, 4u}) {
      masm_.load(LoadOp::k32U, value, Code::at_stack(result.destination_pair + 2 * offset));
      masm_.store(StoreOp::k32, Code::at(address, offset), value);
    }
  }

  // Behind the code of an adapter.
  void emit_refusals() {
    for (Refusal& each : refusals_) {
      if (!each.label.is_pending()) continue;
      const bool is_result = each.block.id == kResultBlock;
      const AdapterBlockFrame& frame = each.block.frame;
      masm_.bind(each.label);
      code_.leave_guest();
      masm_.move_imm(Width::k32, kHost[1], each.block.id);
      masm_.load_address(kHost[2], Code::at_stack(is_result ? frame.to : frame.from));
      masm_.load_address(kHost[3], Code::at_stack(is_result ? frame.from : frame.to));
      masm_.load(LoadOp::k32U, kHost[4], Code::at_stack(each.block.destination_pair));
      code_.call_hook(offsetof(AdapterContext, refuse_block));
      masm_.jump(code_.give_up);
    }
    refusals_.clear();
  }

 private:
  using Code = AdapterMasm<Masm>;
  static constexpr Gpr kTemporary = Code::kTemporary;
  static constexpr Gpr kSecondTemporary = Code::kSecondTemporary;
  static constexpr auto& kHost = Masm::kHostIntArguments;

  struct Block {
    uint32_t id;                             // as for the hooks
    size_t route;                            // offset of its BlockRoute in the AdapterContext
    uint32_t source_pair, destination_pair;  // offsets in the frame
    bool saves_slots;
    AdapterBlockFrame frame;
  };
  struct Refusal {
    Block block;
    Label label;
  };

  Label& refusal(const Block& block) {
    if (refusals_.empty() || refusals_.back().block.id != block.id) {
      refusals_.push_back({block, Label()});
    }
    return refusals_.back().label;
  }

  void move(const BlockShape& shape, const Block& block) {
    Label& refused = refusal(block);
    const size_t source = block.route + offsetof(BlockRoute, source);
    const size_t destination = block.route + offsetof(BlockRoute, destination);
    constexpr Gpr new_size = Masm::kIntArguments[3], address = Masm::kIntArguments[4];
    masm_.load(LoadOp::k32U, new_size, Code::at_stack(block.source_pair + 8));
    masm_.load(LoadOp::k32U, address, Code::at_stack(block.source_pair));
    code_.compare_imm(new_size, shape.max_length);
    masm_.jump_if(Cond::kGreaterU, refused);
    scale(new_size, shape.element_size);
    check_range(address, new_size, shape.alignment, source, refused);
    if (shape.is_text) {
      check_text(block, new_size);
      masm_.load(LoadOp::k32U, new_size, Code::at_stack(block.source_pair + 8));
      scale(new_size, shape.element_size);
    }

    call_realloc(shape, block);

    constexpr Gpr result = Masm::kIntResults[0], size = kHost[4], from = kHost[2], to = kHost[3];
    masm_.store(StoreOp::k64, Code::at_stack(block.destination_pair), result);
    masm_.load(LoadOp::k32U, size, Code::at_stack(block.source_pair + 8));
    masm_.store(StoreOp::k64, Code::at_stack(block.destination_pair + 8), size);
    scale(size, shape.element_size);
    check_range(result, size, shape.alignment, destination, refused);
    load_pointer(to, block.destination_pair, destination);
    load_pointer(from, block.source_pair, source);
    copy(shape, block.id);
  }

  // Before the allocator could see that there is a string.
  void check_text(const Block& block, Gpr size) {
    code_.leave_guest();
    masm_.move(Width::k64, kHost[3], size);
    load_pointer(kHost[2], block.source_pair, block.route + offsetof(BlockRoute, source));
    masm_.move_imm(Width::k32, kHost[1], block.id);
    code_.call_hook(offsetof(AdapterContext, check_text));
    code_.check_hook();
  }

  // realloc(0, 0, alignment, size): the last argument is in place.
  void call_realloc(const BlockShape& shape, const Block& block) {
    const size_t slots = block.route + offsetof(BlockRoute, slots);
    const size_t may_leave = block.route + offsetof(BlockRoute, may_leave);
    code_.set_flag(may_leave, 0);
    if (block.saves_slots) code_.save_slots(slots, block.frame.slots);
    masm_.move_imm(Width::k32, Masm::kIntArguments[0], 0);
    masm_.move_imm(Width::k32, Masm::kIntArguments[1], 0);
    masm_.move_imm(Width::k32, Masm::kIntArguments[2], shape.alignment);
    code_.call(block.route + offsetof(BlockRoute, realloc), block.frame.context);
    if (block.saves_slots) code_.restore_slots(slots, block.frame.slots);
    code_.set_flag(may_leave, 1);
  }

  // From kHost[2] to kHost[3], kHost[4] bytes. Few bytes: whole words from the end, the first word
  // last, so that the words may overlap.
  void copy(const BlockShape& shape, uint32_t id) {
    constexpr Gpr from = kHost[2], to = kHost[3], size = kHost[4];
    Label many, words, bytes, done;
    auto move = [&](LoadOp load, StoreOp store, Gpr index, int64_t disp) {
      masm_.load(load, kTemporary, {from, index, disp});
      masm_.store(store, {to, index, disp}, kTemporary);
    };
    if (shape.is_plain) {
      code_.compare_imm(size, kFewBytes);
      masm_.jump_if(Cond::kGreaterU, many);
      code_.compare_imm(size, 8);
      masm_.jump_if(Cond::kLessU, bytes);
      masm_.bind(words);
      move(LoadOp::k64, StoreOp::k64, size, -8);
      masm_.binary_imm(BinaryOp::kSub, Width::k32, size, size, 8);
      code_.compare_imm(size, 8);
      masm_.jump_if(Cond::kGreaterEqualS, words);
      move(LoadOp::k64, StoreOp::k64, kNoGpr, 0);
      masm_.jump(done);
      Label next;
      masm_.bind(next);
      move(LoadOp::k8U, StoreOp::k8, size, -1);
      masm_.binary_imm(BinaryOp::kSub, Width::k32, size, size, 1);
      masm_.bind(bytes);
      masm_.test(Width::k32, size, size);
      masm_.jump_if(Cond::kNotEqual, next);
      masm_.jump(done);
      masm_.bind(many);
    }
    code_.leave_guest();
    masm_.move_imm(Width::k32, kHost[1], id);
    code_.call_hook(offsetof(AdapterContext, copy_block));
    code_.check_hook();
    masm_.bind(done);
  }

  // --- checks

  // That [address, address + size) is aligned and in the memory whose view is at the offset `view`
  // of the AdapterContext. Clobbers both temporaries.
  void check_range(Gpr address, Gpr size, uint32_t alignment, size_t view, Label& refused) {
    check_alignment(address, alignment, refused);
    masm_.load(LoadOp::k64, kTemporary, Code::context_field(view));
    masm_.load(LoadOp::k64, kTemporary, Code::at(kTemporary, offsetof(MemoryView, size_bytes)));
    masm_.binary(BinaryOp::kAdd, Width::k64, kSecondTemporary, address, size);
    masm_.compare(Width::k64, kSecondTemporary, kTemporary);
    masm_.jump_if(Cond::kGreaterU, refused);
  }
  void check_alignment(Gpr address, uint32_t alignment, Label& refused) {
    if (alignment == 1) return;
    masm_.move_imm(Width::k32, kTemporary, alignment - 1);
    masm_.test(Width::k32, address, kTemporary);
    masm_.jump_if(Cond::kNotEqual, refused);
  }
  // That a pair may lie at the address in the slot; a pointer to there.
  void check_area(uint32_t slot, size_t view, Gpr pointer, Label& refused) {
    constexpr Gpr size = Masm::kIntArguments[1];
    masm_.load(LoadOp::k32U, pointer, Code::at_stack(slot));
    masm_.move_imm(Width::k32, size, 8);
    check_range(pointer, size, 4, view, refused);
    load_pointer(pointer, slot, view);
  }
  // The host's address of the guest's in a slot.
  void load_pointer(Gpr pointer, uint32_t slot, size_t view) {
    masm_.load(LoadOp::k64, kTemporary, Code::context_field(view));
    masm_.load(LoadOp::k64, kTemporary, Code::at(kTemporary, offsetof(MemoryView, base)));
    masm_.load(LoadOp::k32U, pointer, Code::at_stack(slot));
    masm_.binary(BinaryOp::kAdd, Width::k64, pointer, pointer, kTemporary);
  }
  void scale(Gpr count, uint32_t factor) {
    if (std::has_single_bit(factor)) {
      if (factor == 1) return;
      return masm_.shift_imm(ShiftOp::kShl, Width::k32, count, count,
                             static_cast<uint32_t>(std::countr_zero(factor)));
    }
    masm_.move_imm(Width::k32, kTemporary, factor);
    masm_.binary(BinaryOp::kMul, Width::k32, count, count, kTemporary);
  }

  static constexpr uint32_t kFewBytes = 64;

  AdapterMasm<Masm>& code_;
  Masm& masm_;
  std::vector<Refusal> refusals_;
};

}  // namespace wisp::jit
