// Fused adapters: code between a guest and a function of another component instance.
//
// External interface: AdapterBatch, AdapterCompiler<Masm>; AdapterShape of runtime/adapter_shape.h.
// What is known of component types here is only what becomes of flat values; values in memory are
// moved by the hooks of the AdapterContext. Three forms:
//
//   tail     all values are flat and nothing is left to do behind the call: the arguments are
//            converted in their registers, the contexts switched, and the callee returns to the
//            caller itself
//   framed   flat values, but results to convert, a post-return or context slots to restore
//   spilled  the arguments are spilled to slots, where a hook, or code for lists and strings
//            (adapter_blocks.h), turns them into those of the callee; results go the other way
//
// The frame of the latter two, from the stack pointer up:
//
//     outgoing area of the call
//     AdapterContext*
//     context slots of the callee's instance, as they were
//     from[]             slots of the caller: arguments, then its result
//     to[]               slots of the callee: arguments, then its result
//     what AdapterBlockFrame says, where there are lists or strings
//
// The code gives up as trampolines do (trampolines.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "jit/compiler/adapter_blocks.h"
#include "jit/compiler/adapter_masm.h"
#include "jit/compiler/masm_concept.h"
#include "jit/compiler/value_slots.h"
#include "jit/runtime/adapter_context.h"
#include "jit/runtime/adapter_shape.h"

namespace wisp::jit {

struct AdapterBatch {
  std::vector<uint8_t> text;
  std::vector<uint32_t> offsets;
  const char* error = nullptr;
};

template <MacroAssembler Masm>
class AdapterCompiler {
 public:
  template <class Features>
  explicit AdapterCompiler(const Features& features) : code_(features) {}

  AdapterBatch compile(std::span<const AdapterShape> shapes) {
    AdapterBatch batch;
    code_.emit_failure();
    for (const AdapterShape& shape : shapes) {
      masm_.align(16);
      batch.offsets.push_back(masm_.offset());
      compile_one(shape);
    }
    std::span<const uint8_t> bytes = masm_.buffer().bytes();
    batch.text.assign(bytes.begin(), bytes.end());
    batch.error = masm_.buffer().error();
    return batch;
  }

 private:
  using Kind = FlatConversion::Kind;

  using Code = AdapterMasm<Masm>;
  static constexpr Gpr kTemporary = Code::kTemporary;
  static constexpr Gpr kSecondTemporary = Code::kSecondTemporary;

  struct Frame {
    FrameShape shape;
    uint32_t from = 0;
    uint32_t to = 0;
    uint32_t context = 0;
    uint32_t saved_slots = 0;
    AdapterBlockFrame blocks;
    bool exists = false;
  };
  struct Failures {
    Label cannot_leave, invalid_char, invalid_discriminant;
  };

  static bool converts(const std::vector<FlatConversion>& values) {
    return std::any_of(values.begin(), values.end(),
                       [](const FlatConversion& each) { return each.kind != Kind::kAsIs; });
  }

  void compile_one(const AdapterShape& shape) {
    const CallLayout caller = layout_call(shape.caller, convention_of<Masm>());
    const CallLayout callee = layout_call(shape.callee, convention_of<Masm>());
    Failures failures;
    if (is_tail(shape, caller)) {
      emit_tail(shape, caller, failures);
      emit_failures(failures, Frame{});
      return;
    }
    const Frame frame = make_frame(shape, callee);
    masm_.prologue(frame.shape);
    masm_.store(StoreOp::k64, Code::at_stack(frame.context), Masm::kVmContext);
    if (spills(shape)) spill_params(caller, frame);
    check_leave(shape, failures);
    pass_params(shape, caller, callee, frame, failures);
    constexpr size_t slots = offsetof(AdapterContext, callee_slots);
    if (shape.saves_slots) code_.save_slots(slots, frame.saved_slots);
    code_.call(offsetof(AdapterContext, callee), frame.context);
    if (shape.saves_slots && !shape.has_post_return) code_.restore_slots(slots, frame.saved_slots);
    take_results(shape, caller, callee, frame, failures);
    masm_.epilogue(frame.shape);
    emit_failures(failures, frame);
  }

  static bool has_blocks(const AdapterShape& shape) {
    return !shape.blocks.empty() || shape.result_block.has_value();
  }
  static bool spills(const AdapterShape& shape) {
    return shape.has_params_hook || shape.has_results_hook || has_blocks(shape);
  }

  static bool is_tail(const AdapterShape& shape, const CallLayout& caller) {
    if (spills(shape)) return false;
    if (shape.saves_slots || shape.has_post_return || converts(shape.results)) return false;
    for (size_t i = 0; i < shape.params.size(); i++) {
      if (shape.params[i].kind == Kind::kAsIs) continue;
      if (caller.params[i].kind == ValuePlace::Kind::kStack) return false;
    }
    return true;
  }

  void emit_tail(const AdapterShape& shape, const CallLayout& layout, Failures& failures) {
    check_leave(shape, failures);
    convert_registers(shape.params, layout.params, failures);
    code_.load_callee(offsetof(AdapterContext, callee));
    masm_.jump_register(kTemporary);
  }

  static Frame make_frame(const AdapterShape& shape, const CallLayout& callee) {
    Frame frame;
    frame.exists = true;
    uint32_t next = callee.stack_slots * 8;
    auto take = [&next](size_t slots) {
      const uint32_t begin = next;
      next += static_cast<uint32_t>(slots) * 8;
      return begin;
    };
    frame.context = take(1);
    frame.saved_slots = take(1);
    frame.from = take(std::max<size_t>(shape.caller.params.size(), 1));
    frame.to = take(std::max<size_t>(shape.callee.params.size(), 1));
    if (has_blocks(shape)) {
      frame.blocks = {frame.context, frame.from, frame.to, take(1), take(2), take(2)};
    }
    frame.shape.size_bytes = next;
    return frame;
  }

  // --- checks and conversions

  void check_leave(const AdapterShape& shape, Failures& failures) {
    if (!shape.checks_leave) return;
    masm_.load(LoadOp::k64, kTemporary,
               Code::context_field(offsetof(AdapterContext, caller_may_leave)));
    masm_.load(LoadOp::k8U, kTemporary, Code::at(kTemporary));
    masm_.test(Width::k32, kTemporary, kTemporary);
    masm_.jump_if(Cond::kEqual, failures.cannot_leave);
  }

  void convert_registers(const std::vector<FlatConversion>& conversions,
                         const std::vector<ValuePlace>& places, Failures& failures) {
    for (size_t i = 0; i < conversions.size(); i++) {
      if (places[i].kind != ValuePlace::Kind::kGpr) continue;
      convert(conversions[i], Gpr{static_cast<uint8_t>(places[i].index)}, failures);
    }
  }

  // kTemporary and kSecondTemporary are free; the value may be in kTemporary but for kChar.
  void convert(const FlatConversion& conversion, Gpr value, Failures& failures) {
    switch (conversion.kind) {
      case Kind::kAsIs:
        return;
      case Kind::kExtend8S:
        return masm_.unary(UnaryOp::kExtend8S, Width::k32, value, value);
      case Kind::kExtend16S:
        return masm_.unary(UnaryOp::kExtend16S, Width::k32, value, value);
      case Kind::kMask:
        if (Masm::is_binary_imm(BinaryOp::kAnd, Width::k32, conversion.operand)) {
          return masm_.binary_imm(BinaryOp::kAnd, Width::k32, value, value, conversion.operand);
        }
        masm_.move_imm(Width::k32, kSecondTemporary, conversion.operand);
        return masm_.binary(BinaryOp::kAnd, Width::k32, value, value, kSecondTemporary);
      case Kind::kBool:
        masm_.test(Width::k32, value, value);
        return masm_.set_if(Cond::kNotEqual, value);
      case Kind::kChar:
        return check_char(value, failures);
      case Kind::kBelow:
        code_.compare_imm(value, conversion.operand);
        return masm_.jump_if(Cond::kGreaterEqualU, failures.invalid_discriminant);
      case Kind::kBlock:
      case Kind::kLength:
        return;  // move_param has them
    }
  }

  // Surrogates are moved to the end, behind which nothing is valid.
  void check_char(Gpr value, Failures& failures) {
    masm_.move_imm(Width::k32, kSecondTemporary, 0xd800);
    masm_.binary(BinaryOp::kXor, Width::k32, kSecondTemporary, kSecondTemporary, value);
    masm_.binary_imm(BinaryOp::kSub, Width::k32, kSecondTemporary, kSecondTemporary, 0x800);
    code_.compare_imm(kSecondTemporary, 0x110000 - 0x800);
    masm_.jump_if(Cond::kGreaterEqualU, failures.invalid_char);
  }

  // --- values between their places and slots (value_slots.h)

  void store_place(const ValuePlace& place, const Address& slot) {
    if (place.kind != ValuePlace::Kind::kStack) return slots_.store(place, slot);
    slots_.copy(place.type, slot, Masm::incoming_stack_slot(place.index), kTemporary);
  }
  void load_place(const ValuePlace& place, const Address& slot) {
    if (place.kind != ValuePlace::Kind::kStack) return slots_.load(place, slot);
    slots_.copy(place.type, Masm::outgoing_stack_slot(place.index), slot, kTemporary);
  }

  void spill_params(const CallLayout& caller, const Frame& frame) {
    for (size_t i = 0; i < caller.params.size(); i++) {
      store_place(caller.params[i], Code::at_stack(frame.from + static_cast<uint32_t>(i) * 8));
    }
  }

  // The arguments to where the callee expects them.
  void pass_params(const AdapterShape& shape, const CallLayout& caller, const CallLayout& callee,
                   const Frame& frame, Failures& failures) {
    if (shape.has_params_hook) {
      call_hook(offsetof(AdapterContext, params), frame.from, frame.to);
      return load_params(callee, frame);
    }
    if (!shape.blocks.empty()) {
      for (uint32_t i = 0; i < shape.params.size(); i++) move_param(shape, i, frame, failures);
      return load_params(callee, frame);
    }
    // Without a hook the callee's parameters are the caller's first ones.
    for (size_t i = 0; i < callee.params.size(); i++) {
      if (callee.params[i].kind != ValuePlace::Kind::kStack) continue;
      masm_.load(load_op(width_of(callee.params[i].type)), kTemporary,
                 Masm::incoming_stack_slot(caller.params[i].index));
      convert(shape.params[i], kTemporary, failures);
      masm_.store(StoreOp::k64, Masm::outgoing_stack_slot(callee.params[i].index), kTemporary);
    }
    convert_registers(shape.params, callee.params, failures);
  }

  void load_params(const CallLayout& callee, const Frame& frame) {
    for (size_t i = 0; i < callee.params.size(); i++) {
      load_place(callee.params[i], Code::at_stack(frame.to + static_cast<uint32_t>(i) * 8));
    }
  }
  // From the caller's slots to the callee's.
  void move_param(const AdapterShape& shape, uint32_t index, const Frame& frame,
                  Failures& failures) {
    const FlatConversion& conversion = shape.params[index];
    if (conversion.kind == Kind::kBlock) {
      return blocks_.move_param(shape.blocks[conversion.operand], index, shape.saves_slots,
                                frame.blocks);
    }
    if (conversion.kind == Kind::kLength) return;
    constexpr Gpr value = Masm::kIntArguments[0];
    masm_.load(LoadOp::k64, value, Code::at_stack(frame.from + index * 8));
    convert(conversion, value, failures);
    masm_.store(StoreOp::k64, Code::at_stack(frame.to + index * 8), value);
  }

  void take_results(const AdapterShape& shape, const CallLayout& caller, const CallLayout& callee,
                    const Frame& frame, Failures& failures) {
    const bool spills =
        shape.has_results_hook || shape.result_block.has_value() || shape.has_post_return;
    if (spills && !callee.results.empty()) store_place(callee.results[0], Code::at_stack(frame.to));
    if (shape.has_results_hook) {
      call_hook(offsetof(AdapterContext, results), frame.to, frame.from);
    } else if (shape.result_block.has_value()) {
      const auto area = static_cast<uint32_t>(caller.params.size() - 1);
      blocks_.move_result(*shape.result_block, frame.from + area * 8, shape.saves_caller_slots,
                          frame.blocks);
    } else if (spills && !caller.results.empty()) {
      store_place(callee.results[0], Code::at_stack(frame.from));
    }
    if (shape.has_post_return) {
      call_post_return(callee, frame);
      if (shape.saves_slots) {  // it still belonged to the call
        code_.restore_slots(offsetof(AdapterContext, callee_slots), frame.saved_slots);
      }
    }
    if (spills && !caller.results.empty()) {
      load_place(caller.results[0], Code::at_stack(frame.from));
    }
    if (!shape.has_results_hook) convert_registers(shape.results, caller.results, failures);
  }

  void call_post_return(const CallLayout& callee, const Frame& frame) {
    constexpr size_t may_leave = offsetof(AdapterContext, callee_may_leave);
    code_.set_flag(may_leave, 0);
    if (!callee.results.empty()) {
      const ValuePlace& result = callee.results[0];
      const CallLayout layout = layout_call({{result.type}, {}}, convention_of<Masm>());
      load_place(layout.params[0], Code::at_stack(frame.to));
    }
    code_.call(offsetof(AdapterContext, post_return), frame.context);
    code_.set_flag(may_leave, 1);
  }
  void call_hook(size_t hook, uint32_t from, uint32_t to) {
    code_.leave_guest();
    masm_.load_address(Masm::kHostIntArguments[1], Code::at_stack(from));
    masm_.load_address(Masm::kHostIntArguments[2], Code::at_stack(to));
    code_.call_hook(hook);
    code_.check_hook();
  }

  // Behind the code of an adapter: where it gives up.
  void emit_failures(Failures& failures, const Frame& frame) {
    auto fail = [&](Label& label, AdapterFailure why) {
      if (!label.is_pending()) return;
      masm_.bind(label);
      if (!frame.exists) masm_.prologue({});
      masm_.move_imm(Width::k32, Masm::kHostIntArguments[1], static_cast<int64_t>(why));
      masm_.jump(code_.fail);
    };
    fail(failures.cannot_leave, AdapterFailure::kCannotLeave);
    fail(failures.invalid_char, AdapterFailure::kInvalidChar);
    fail(failures.invalid_discriminant, AdapterFailure::kInvalidDiscriminant);
    blocks_.emit_refusals();
    code_.emit_exits();
  }

  Code code_;
  Masm& masm_ = code_.masm;
  AdapterBlocks<Masm> blocks_{code_};
  ValueSlots<Masm> slots_{masm_};
};

}  // namespace wisp::jit
