// Operands<Masm>, continued: values from where they are to a register or to memory; operands that
// are memory themselves.
#pragma once

#include "jit/compiler/operands.h"

namespace wisp::jit {

template <class Masm>
inline void Operands<Masm>::move_to_gpr(const ValueNode& node, Gpr dst) {
  Width width = width_of(node.type);
  switch (node.kind) {
    case Kind::kConst:
      if (node.imm == 0 && !flags_live_)
        masm_.zero(dst);
      else
        masm_.move_imm(width, dst, node.imm);
      return;
    case Kind::kReg:
      if (node.reg != dst.code) masm_.move(width, dst, node.gpr());
      return;
    case Kind::kLocal:
      return move_local_to_gpr(node, dst);
    case Kind::kSlot:
      return masm_.load(load_op(width), dst, frame_.operand(node.index));
    case Kind::kScaled:
      return masm_.add_shifted(width, dst, kNoGpr, node.gpr(), node.aux, 0);
    case Kind::kCmp:
      flags_live_ = false;
      return masm_.set_if(node.cond(), dst);
    case Kind::kLoad:
      note_load_site(node);
      return masm_.load(static_cast<LoadOp>(node.aux), dst, load_address_of(node));
    case Kind::kFReg:
      break;
  }
  unreachable_kind();
}

template <class Masm>
inline void Operands<Masm>::move_local_to_gpr(const ValueNode& node, Gpr dst) {
  const Home& home = homes_[node.index];
  if (!home_state_.is_in_register(home)) {
    Width width = width_of(node.type) == Width::k32 ? Width::k32 : width_of(home.type);
    masm_.load(load_op(width), dst, frame_.local(home));
  } else if (home.code != dst.code) {
    masm_.move(width_of(node.type), dst, Gpr{home.code});
  }
}

template <class Masm>
inline void Operands<Masm>::move_to_fpr(const ValueNode& node, Fpr dst) {
  Width width = width_of(node.type);
  switch (node.kind) {
    case Kind::kConst:
      return masm_.float_move_imm(width, dst, static_cast<uint64_t>(node.imm));
    case Kind::kFReg:
      if (node.reg != dst.code) masm_.float_move(width, dst, node.fpr());
      return;
    case Kind::kLocal: {
      const Home& home = homes_[node.index];
      if (!home_state_.is_in_register(home))
        return masm_.float_load(width, dst, frame_.local(home));
      if (home.code != dst.code) masm_.float_move(width, dst, Fpr{home.code});
      return;
    }
    case Kind::kSlot:
      return masm_.float_load(width, dst, frame_.operand(node.index));
    case Kind::kLoad:
      note_load_site(node);
      return masm_.float_load(width, dst, load_address_of(node));
    default:
      break;
  }
  unreachable_kind();
}

template <class Masm>
inline void Operands<Masm>::move_to_memory(const ValueNode& node, Address address) {
  Width width = width_of(node.type);
  StoreOp op = store_op(width);
  switch (node.kind) {
    case Kind::kConst:
      if (Masm::is_store_imm(op, node.imm)) return masm_.store_imm(op, address, node.imm);
      masm_.move_imm(width, Masm::kScratch, node.imm);
      return masm_.store(op, address, Masm::kScratch);
    case Kind::kReg:
      return masm_.store(op, address, node.gpr());
    case Kind::kFReg:
      return masm_.float_store(width, address, node.fpr());
    case Kind::kLocal: {
      const Home& home = homes_[node.index];
      if (home_state_.is_in_register(home)) {
        if (home.kind == Home::Kind::kGpr) return masm_.store(op, address, Gpr{home.code});
        return masm_.float_store(width, address, Fpr{home.code});
      }
      masm_.load(load_op(width_of(home.type)), Masm::kScratch, frame_.local(home));
      return masm_.store(op, address, Masm::kScratch);
    }
    case Kind::kSlot:
      masm_.load(load_op(width), Masm::kScratch, frame_.operand(node.index));
      return masm_.store(op, address, Masm::kScratch);
    default:
      break;
  }
  unreachable_kind();
}

template <class Masm>
inline bool Operands<Masm>::is_memory(const ValueNode& node) const {
  switch (node.kind) {
    case Kind::kSlot:
      return true;
    case Kind::kLocal:
      return homes_[node.index].kind == Home::Kind::kFrame;
    case Kind::kLoad:
      return is_float(node.type) || static_cast<LoadOp>(node.aux) == load_op(width_of(node.type));
    default:
      return false;
  }
}

template <class Masm>
inline Address Operands<Masm>::memory_of(const ValueNode& node) {
  switch (node.kind) {
    case Kind::kSlot:
      return frame_.operand(node.index);
    case Kind::kLocal:
      return frame_.local(homes_[node.index]);
    default:
      note_load_site(node);
      return load_address_of(node);
  }
}

}  // namespace wisp::jit
