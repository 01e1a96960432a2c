// ValueSlots<Masm>: values between the places of a calling convention and slots of 8 bytes, as
// trampolines and adapters keep them in memory. A slot is zero above a narrow value.
//
// External interface: ValueSlots. Places in registers; who knows where the stack's places are, as
// arguments that come or go, copies those.
#pragma once

#include "jit/compiler/frame_layout.h"
#include "jit/compiler/value_class.h"

namespace wisp::jit {

template <class Masm>
class ValueSlots {
 public:
  explicit ValueSlots(Masm& masm) : masm_(masm) {}

  void load(const ValuePlace& place, const Address& slot) {
    const auto code = static_cast<uint8_t>(place.index);
    const Width width = width_of(place.type);
    if (place.kind == ValuePlace::Kind::kFpr) return masm_.float_load(width, Fpr{code}, slot);
    masm_.load(load_op(width), Gpr{code}, slot);
  }
  void store(const ValuePlace& place, const Address& slot) {
    const auto code = static_cast<uint8_t>(place.index);
    if (place.kind != ValuePlace::Kind::kFpr) return masm_.store(StoreOp::k64, slot, Gpr{code});
    const Width width = width_of(place.type);
    if (width == Width::k32) masm_.store_imm(StoreOp::k64, slot, 0);
    masm_.float_store(width, slot, Fpr{code});
  }
  // Clobbers `through`.
  void copy(ValueType type, const Address& to, const Address& from, Gpr through) {
    masm_.load(load_op(width_of(type)), through, from);
    masm_.store(StoreOp::k64, to, through);
  }

 private:
  Masm& masm_;
};

}  // namespace wisp::jit
