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
//   hooked   the arguments are spilled to slots, a hook turns them into those of the callee; the
//            other way round for results
//
// The frame of the latter two, from the stack pointer up:
//
//     outgoing area of the call
//     AdapterContext*
//     context slots of the callee's instance, as they were
//     from[]             slots of the caller: arguments, then its result
//     to[]               slots of the callee: arguments, then its result
//
// The code gives up as trampolines do (trampolines.h).
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "jit/compiler/masm_concept.h"
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
  explicit AdapterCompiler(const Features& features) : masm_(features) {}

  AdapterBatch compile(std::span<const AdapterShape> shapes) {
    AdapterBatch batch;
    emit_failure();
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

  // Registers that calls clobber and that pass neither arguments nor results.
  static constexpr RegisterSet free_registers() {
    RegisterSet free = Masm::kIntTemporaries;
    for (Gpr pin : Masm::kCallerSavedPins) free.add(pin.code);
    for (Gpr argument : Masm::kIntArguments) free.remove(argument.code);
    for (Gpr result : Masm::kIntResults) free.remove(result.code);
    return free;
  }
  static constexpr Gpr kTemporary{free_registers().first()};
  // Free until the callee's is loaded.
  static constexpr Gpr kSecondTemporary = Masm::kMemoryBase;

  struct Frame {
    FrameShape shape;
    uint32_t from = 0;
    uint32_t to = 0;
    uint32_t context = 0;
    uint32_t saved_slots = 0;
    bool exists = false;
  };
  struct Failures {
    Label cannot_leave, invalid_char, invalid_discriminant;
    Label trapped;  // with the TrapCode in kTemporary
    Label interrupted;
  };

  static constexpr Address context_field(size_t offset) {
    return {Masm::kVmContext, kNoGpr, static_cast<int64_t>(offset)};
  }
  static constexpr Address at(Gpr base, size_t offset = 0) {
    return {base, kNoGpr, static_cast<int64_t>(offset)};
  }
  static constexpr Address at_stack(uint32_t offset) {
    return {Masm::kStackPointer, kNoGpr, int64_t{offset}};
  }
  static constexpr Width width_of(ValueType type) {
    return type == ValueType::kI32 || type == ValueType::kF32 ? Width::k32 : Width::k64;
  }
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
    masm_.store(StoreOp::k64, at_stack(frame.context), Masm::kVmContext);
    if (shape.has_params_hook || shape.has_results_hook) spill_params(caller, frame);
    check_leave(shape, failures);
    pass_params(shape, caller, callee, frame, failures);
    if (shape.saves_slots) save_slots(frame);
    call(offsetof(AdapterContext, callee));
    masm_.load(LoadOp::k64, Masm::kVmContext, at_stack(frame.context));
    if (shape.saves_slots && !shape.has_post_return) restore_slots(frame);
    take_results(shape, caller, callee, frame, failures);
    masm_.epilogue(frame.shape);
    emit_failures(failures, frame);
  }

  static bool is_tail(const AdapterShape& shape, const CallLayout& caller) {
    if (shape.has_params_hook || shape.has_results_hook) return false;
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
    load_callee(offsetof(AdapterContext, callee));
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
    frame.shape.size_bytes = next;
    return frame;
  }

  // --- checks and conversions

  void check_leave(const AdapterShape& shape, Failures& failures) {
    if (!shape.checks_leave) return;
    masm_.load(LoadOp::k64, kTemporary, context_field(offsetof(AdapterContext, caller_may_leave)));
    masm_.load(LoadOp::k8U, kTemporary, at(kTemporary));
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
        compare_imm(value, conversion.operand);
        return masm_.jump_if(Cond::kGreaterEqualU, failures.invalid_discriminant);
    }
  }

  // Surrogates are moved to the end, behind which nothing is valid.
  void check_char(Gpr value, Failures& failures) {
    masm_.move_imm(Width::k32, kSecondTemporary, 0xd800);
    masm_.binary(BinaryOp::kXor, Width::k32, kSecondTemporary, kSecondTemporary, value);
    masm_.binary_imm(BinaryOp::kSub, Width::k32, kSecondTemporary, kSecondTemporary, 0x800);
    compare_imm(kSecondTemporary, 0x110000 - 0x800);
    masm_.jump_if(Cond::kGreaterEqualU, failures.invalid_char);
  }

  // Clobbers kScratch where the constant does not fit.
  void compare_imm(Gpr value, uint32_t constant) {
    if (Masm::is_compare_imm(Width::k32, constant)) {
      return masm_.compare_imm(Width::k32, value, constant);
    }
    masm_.move_imm(Width::k32, Masm::kScratch, constant);
    masm_.compare(Width::k32, value, Masm::kScratch);
  }

  // --- calls

  void load_callee(size_t reference) {
    masm_.load(LoadOp::k64, Masm::kMemoryBase,
               context_field(reference + offsetof(FuncRef, memory_base)));
    masm_.load(LoadOp::k64, kTemporary, context_field(reference + offsetof(FuncRef, code)));
    masm_.load(LoadOp::k64, Masm::kVmContext,
               context_field(reference + offsetof(FuncRef, context)));
  }
  void call(size_t reference) {
    load_callee(reference);
    masm_.call_register(kTemporary);
  }

  void save_slots(const Frame& frame) {
    masm_.load(LoadOp::k64, kSecondTemporary,
               context_field(offsetof(AdapterContext, callee_slots)));
    masm_.load(LoadOp::k64, kTemporary, at(kSecondTemporary));
    masm_.store(StoreOp::k64, at_stack(frame.saved_slots), kTemporary);
    masm_.store_imm(StoreOp::k64, at(kSecondTemporary), 0);
  }
  void restore_slots(const Frame& frame) {
    masm_.load(LoadOp::k64, kSecondTemporary,
               context_field(offsetof(AdapterContext, callee_slots)));
    masm_.load(LoadOp::k64, kTemporary, at_stack(frame.saved_slots));
    masm_.store(StoreOp::k64, at(kSecondTemporary), kTemporary);
  }

  // --- values between registers, stack and slots of 8 bytes, which are zero above narrow values

  void store_place(const ValuePlace& place, const Address& slot) {
    if (place.kind == ValuePlace::Kind::kGpr) {
      return masm_.store(StoreOp::k64, slot, Gpr{static_cast<uint8_t>(place.index)});
    }
    if (place.kind == ValuePlace::Kind::kStack) {
      return copy_slot(place.type, slot, Masm::incoming_stack_slot(place.index));
    }
    const Width width = width_of(place.type);
    if (width == Width::k32) masm_.store_imm(StoreOp::k64, slot, 0);
    masm_.float_store(width, slot, Fpr{static_cast<uint8_t>(place.index)});
  }
  void load_place(const ValuePlace& place, const Address& slot) {
    if (place.kind == ValuePlace::Kind::kFpr) {
      return masm_.float_load(width_of(place.type), Fpr{static_cast<uint8_t>(place.index)}, slot);
    }
    if (place.kind == ValuePlace::Kind::kStack) {
      return copy_slot(place.type, Masm::outgoing_stack_slot(place.index), slot);
    }
    masm_.load(load_of(place.type), Gpr{static_cast<uint8_t>(place.index)}, slot);
  }
  static LoadOp load_of(ValueType type) {
    return width_of(type) == Width::k32 ? LoadOp::k32U : LoadOp::k64;
  }
  void copy_slot(ValueType type, const Address& to, const Address& from) {
    masm_.load(load_of(type), kTemporary, from);
    masm_.store(StoreOp::k64, to, kTemporary);
  }

  void spill_params(const CallLayout& caller, const Frame& frame) {
    for (size_t i = 0; i < caller.params.size(); i++) {
      store_place(caller.params[i], at_stack(frame.from + static_cast<uint32_t>(i) * 8));
    }
  }

  // The arguments to where the callee expects them.
  void pass_params(const AdapterShape& shape, const CallLayout& caller, const CallLayout& callee,
                   const Frame& frame, Failures& failures) {
    if (shape.has_params_hook) {
      call_hook(offsetof(AdapterContext, params), frame.from, frame.to, failures);
      for (size_t i = 0; i < callee.params.size(); i++) {
        load_place(callee.params[i], at_stack(frame.to + static_cast<uint32_t>(i) * 8));
      }
      return;
    }
    // Without a hook the callee's parameters are the caller's first ones.
    for (size_t i = 0; i < callee.params.size(); i++) {
      if (callee.params[i].kind != ValuePlace::Kind::kStack) continue;
      masm_.load(load_of(callee.params[i].type), kTemporary,
                 Masm::incoming_stack_slot(caller.params[i].index));
      convert(shape.params[i], kTemporary, failures);
      masm_.store(StoreOp::k64, Masm::outgoing_stack_slot(callee.params[i].index), kTemporary);
    }
    convert_registers(shape.params, callee.params, failures);
  }

  void take_results(const AdapterShape& shape, const CallLayout& caller, const CallLayout& callee,
                    const Frame& frame, Failures& failures) {
    const bool spills = shape.has_results_hook || shape.has_post_return;
    if (spills && !callee.results.empty()) store_place(callee.results[0], at_stack(frame.to));
    if (shape.has_results_hook) {
      call_hook(offsetof(AdapterContext, results), frame.to, frame.from, failures);
    } else if (spills && !caller.results.empty()) {
      store_place(callee.results[0], at_stack(frame.from));
    }
    if (shape.has_post_return) {
      call_post_return(callee, frame);
      if (shape.saves_slots) restore_slots(frame);  // it still belongs to the call
    }
    if (spills && !caller.results.empty()) load_place(caller.results[0], at_stack(frame.from));
    if (!shape.has_results_hook) convert_registers(shape.results, caller.results, failures);
  }

  void call_post_return(const CallLayout& callee, const Frame& frame) {
    set_may_leave(0);
    if (!callee.results.empty()) {
      const ValuePlace& result = callee.results[0];
      const CallLayout layout = layout_call({{result.type}, {}}, convention_of<Masm>());
      load_place(layout.params[0], at_stack(frame.to));
    }
    call(offsetof(AdapterContext, post_return));
    masm_.load(LoadOp::k64, Masm::kVmContext, at_stack(frame.context));
    set_may_leave(1);
  }
  void set_may_leave(int64_t value) {
    masm_.load(LoadOp::k64, kTemporary, context_field(offsetof(AdapterContext, callee_may_leave)));
    if (Masm::is_store_imm(StoreOp::k8, value)) {
      return masm_.store_imm(StoreOp::k8, at(kTemporary), value);
    }
    masm_.move_imm(Width::k32, Masm::kScratch, value);
    masm_.store(StoreOp::k8, at(kTemporary), Masm::kScratch);
  }

  // --- C++

  // Notes where the guest left, and sees to it that C++ has its headroom.
  void leave_guest() {
    Label enough;
    masm_.load(LoadOp::k64, kTemporary, context_field(offsetof(VmContext, store)));
    masm_.store(StoreOp::k64, at(kTemporary, offsetof(StoreContext, exit_frame)),
                Masm::kFramePointer);
    masm_.load(LoadOp::k64, kTemporary, at(kTemporary, offsetof(StoreContext, stack_limit)));
    masm_.compare(Width::k64, Masm::kStackPointer, kTemporary);
    masm_.jump_if(Cond::kGreaterEqualU, enough);
    masm_.trap();
    masm_.bind(enough);
  }

  void call_hook(size_t hook, uint32_t from, uint32_t to, Failures& failures) {
    leave_guest();
    masm_.move(Width::k64, Masm::kHostIntArguments[0], Masm::kVmContext);
    masm_.load_address(Masm::kHostIntArguments[1], at_stack(from));
    masm_.load_address(Masm::kHostIntArguments[2], at_stack(to));
    masm_.call_mem(context_field(hook));
    // A TrapCode is a byte.
    masm_.binary_imm(BinaryOp::kAnd, Width::k32, kTemporary, Masm::kHostIntResult, 0xff);
    masm_.test(Width::k32, kTemporary, kTemporary);
    masm_.jump_if(Cond::kNotEqual, failures.trapped);
    masm_.load(LoadOp::k64, kSecondTemporary, context_field(offsetof(VmContext, store)));
    masm_.load(LoadOp::k32U, kTemporary, at(kSecondTemporary, offsetof(StoreContext, interrupt)));
    masm_.test(Width::k32, kTemporary, kTemporary);
    masm_.jump_if(Cond::kNotEqual, failures.interrupted);
  }

  // Behind the code of an adapter: where it gives up.
  void emit_failures(Failures& failures, const Frame& frame) {
    auto fail = [&](Label& label, AdapterFailure why) {
      if (!label.is_pending()) return;
      masm_.bind(label);
      if (!frame.exists) masm_.prologue({});
      masm_.move_imm(Width::k32, Masm::kHostIntArguments[1], static_cast<int64_t>(why));
      masm_.jump(fail_);
    };
    fail(failures.cannot_leave, AdapterFailure::kCannotLeave);
    fail(failures.invalid_char, AdapterFailure::kInvalidChar);
    fail(failures.invalid_discriminant, AdapterFailure::kInvalidDiscriminant);
    auto pass_on = [&](Label& label, Label& target) {
      if (!label.is_pending()) return;
      masm_.bind(label);
      masm_.jump(target);
    };
    pass_on(failures.trapped, give_up_);
    pass_on(failures.interrupted, interrupted_);
  }

  // Shared by all adapters. fail_: the AdapterFailure is in the second argument, the frame is set
  // up. interrupted_, give_up_: the TrapCode is in kTemporary.
  void emit_failure() {
    masm_.bind(interrupted_);
    masm_.load(LoadOp::k64, kSecondTemporary, context_field(offsetof(VmContext, store)));
    masm_.store_imm(StoreOp::k32, at(kSecondTemporary, offsetof(StoreContext, interrupt)), 0);
    masm_.jump(give_up_);
    masm_.bind(fail_);
    leave_guest();
    masm_.move(Width::k64, Masm::kHostIntArguments[0], Masm::kVmContext);
    masm_.call_mem(context_field(offsetof(AdapterContext, fail)));
    masm_.move_imm(Width::k32, kTemporary, static_cast<int64_t>(TrapCode::kHost));
    masm_.bind(give_up_);
    masm_.load(LoadOp::k64, kSecondTemporary, context_field(offsetof(VmContext, store)));
    masm_.store(StoreOp::k32, at(kSecondTemporary, offsetof(StoreContext, trap_code)), kTemporary);
    masm_.trap();
  }

  Masm masm_;
  Label fail_, interrupted_, give_up_;
};

}  // namespace wisp::jit
