// Operands<Masm>, continued: which place an operand is in while it waits on the stack.
#pragma once

#include "jit/compiler/operands.h"

namespace wisp::jit {

template <class Masm>
inline void Operands<Masm>::push_again(const ValueNode& popped) {
  ValueNode node = popped;
  if (node.kind == Kind::kSlot && node.index != height_) {
    if (is_float(node.type))
      (void)fpr_of(node);
    else
      (void)gpr_of(node);
  }
  switch (node.kind) {
    case Kind::kLocal:
      ++homes_[node.index].pending;
      break;
    case Kind::kReg:
      gprs.give(node.reg, height_);
      break;
    case Kind::kFReg:
      fprs.give(node.reg, height_);
      break;
    default:
      break;
  }
  nodes_[height_++] = node;
}

// ---- Temporaries ----

// Brings the owner of a temporary to another one, or to its slot.
template <class Masm>
[[gnu::noinline]] void Operands<Masm>::evict(Gpr reg) {
  uint32_t operand = gprs.owner(reg.code);
  WISP_DCHECK(operand < height_);
  RegisterSet others = gprs.free_set();
  if (others.is_empty() || nodes_[operand].kind != Kind::kReg) return spill(operand);
  uint8_t code = others.first();
  gprs.take(code);
  masm_.move(Width::k64, Gpr{code}, reg);
  gprs.give(code, operand);
  nodes_[operand].reg = code;
  gprs.hold(reg.code);
  gprs.free(reg.code);
}

// An operand on the stack to its slot.
template <class Masm>
inline void Operands<Masm>::spill(uint32_t operand) {
  ValueNode& node = nodes_[operand];
  if (node.kind == Kind::kReg) {
    masm_.store(store_op(width_of(node.type)), frame_.operand(operand), node.gpr());
    gprs.free(node.reg);
  } else {
    WISP_DCHECK(node.kind == Kind::kFReg);
    masm_.float_store(width_of(node.type), frame_.operand(operand), node.fpr());
    fprs.free(node.reg);
  }
  node = {Kind::kSlot, node.type, 0xff, 0, operand, 0};
}

template <class Masm>
[[gnu::noinline]] Gpr Operands<Masm>::spill_for_gpr(RegisterSet avoid) {
  uint8_t code = gprs.victim(avoid);
  WISP_CHECK(code != RegisterFile::kNothing);
  spill(gprs.owner(code));
  gprs.take(code);
  return Gpr{code};
}
template <class Masm>
[[gnu::noinline]] Fpr Operands<Masm>::spill_for_fpr() {
  uint8_t code = fprs.victim(RegisterSet());
  WISP_CHECK(code != RegisterFile::kNothing);
  spill(fprs.owner(code));
  fprs.take(code);
  return Fpr{code};
}

// ---- Slots ----

template <class Masm>
inline void Operands<Masm>::to_slot(uint32_t operand) {
  ValueNode node = nodes_[operand];
  switch (node.kind) {
    case Kind::kSlot:
      return;
    case Kind::kReg:
    case Kind::kFReg:
      return spill(operand);
    default:
      break;
  }
  move_to_memory(node, frame_.operand(operand));
  if (node.kind == Kind::kLocal) --homes_[node.index].pending;
  nodes_[operand] = {Kind::kSlot, node.type, 0xff, 0, operand, 0};
}

// ---- Locals that are about to be written ----

template <class Masm>
inline void Operands<Masm>::materialize_pending(uint32_t local) {
  uint32_t left = homes_[local].pending;
  uint32_t operand = height_;
  for (uint32_t steps = 0; left != 0 && steps < kPendingSearch && operand > canonical_; ++steps) {
    ValueNode& node = nodes_[--operand];
    if (node.kind != Kind::kLocal || node.index != local) continue;
    --left;
    detach(operand);
  }
  // Further down than is worth a search for one local: all of them at once, so that each is looked
  // at once.
  if (left != 0) canonicalize(height_);
}

template <class Masm>
inline void Operands<Masm>::detach(uint32_t operand) {
  ValueNode node = nodes_[operand];
  const bool is_float_node = is_float(node.type);
  if ((is_float_node ? fprs : gprs).free_set().is_empty()) return to_slot(operand);
  if (is_float_node) {
    Fpr reg = take_fpr();
    move_to_fpr(node, reg);
    fprs.give(reg.code, operand);
    nodes_[operand] = {Kind::kFReg, node.type, reg.code, 0, 0, 0};
  } else {
    Gpr reg = take_gpr();
    move_to_gpr(node, reg);
    gprs.give(reg.code, operand);
    nodes_[operand] = {Kind::kReg, node.type, reg.code, 0, 0, 0};
  }
  --homes_[node.index].pending;
}

}  // namespace wisp::jit
