// FunctionDecoder<Sink, kValidate>: walk 1. Validates one body and tells a ValidationSink what the
// compiler wants to know about it. Linear in the body's size, without recursion.
//
// Interface: FunctionDecoder<Sink, kValidate>(module, body, function, scratch, sink).run();
// `validate_function` for a walk without a sink.
// Core specification, section 3.4 and appendix A.3.
#pragma once

#include "jit/wasm/body_validator.h"
#include "jit/wasm/function_decoder.h"
#include "jit/wasm/validation_sink.h"

namespace wisp::jit {

template <class Sink>
class FunctionDecoder<Sink, Checks::kValidate> : private BodyValidator {
 public:
  // `function` is an index of the function index space; `body` is its body.
  FunctionDecoder(const Module& module, const FunctionBody& body, uint32_t function,
                  ValidationScratch& scratch, Sink& sink)
      : BodyValidator(module, body, function, scratch), sink_(sink) {}

  Result<void> run() {
    read_locals();
    while (at_ < end_) {
      opcode_at_ = at_;
      visit(*at_++);
    }
    end_function();
    if (error_) return std::move(*error_);
    sink_.on_finish(types_.max_height());
    return {};
  }

 private:
  uint32_t position() const { return position_of(opcode_at_); }

  void read_locals() {
    for (uint32_t groups = read_u32(); groups != 0 && !error_; --groups) {
      opcode_at_ = at_;
      const uint32_t count = read_u32();
      const ValueType type = read_value_type();
      if (add_locals(count, type)) sink_.on_locals(type, count);
    }
    check_locals();
  }

  // A jump table over the first byte; what follows a prefix has one of its own. All opcodes with a
  // signature go to two places, so that the jump is predicted better.
  WISP_INLINE void visit(uint8_t byte) {
    switch (byte) {
#define WISP_CASE_0x00(code) case code:
#define WISP_CASE_0xfc(code)
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) WISP_CASE_##prefix(code)
#include "jit/wasm/opcodes.def"
      tell_opcode(Opcode(byte));
      return visit_simple(kOpcodeEffects[byte]);

#define WISP_OPCODE_MEMORY(code, Name, name, text, signature, log2_size) case code:
#include "jit/wasm/opcodes.def"
      tell_opcode(Opcode(byte));
      return visit_memory(kOpcodeEffects[byte]);
#undef WISP_CASE_0x00

#define WISP_CASE_0x00(code, action) \
  case code:                         \
    tell_opcode(Opcode(code));       \
    return action;
#undef WISP_CASE_0xfc
#define WISP_CASE_0xfc(code, action)
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  WISP_CASE_##prefix(code, visit_##name())
#include "jit/wasm/opcodes.def"
#undef WISP_CASE_0x00
#undef WISP_CASE_0xfc

      default:
        visit_prefixed(byte);
    }
  }

  WISP_INLINE void tell_opcode(Opcode opcode) {
    if (live_) sink_.on_opcode(opcode, position());
  }

  [[gnu::noinline]] void visit_prefixed(uint8_t prefix) {
    if (!is_prefix(prefix)) return fail_opcode(0, prefix);
    const uint32_t code = read_u32();
    if (error_) return;
    if (prefix != kMiscPrefix || code >= kOpcodeLimit - 0x100) return fail_opcode(prefix, code);
    tell_opcode(Opcode(opcode_value(prefix, code)));
    switch (code) {
#define WISP_OPCODE_SIMPLE(prefix, code, Name, name, text, signature) \
  WISP_CASE_##prefix(code, visit_simple(kOpcodeEffects[0x100 + code]))
#define WISP_OPCODE_SPECIAL(prefix, code, Name, name, text, immediates) \
  WISP_CASE_##prefix(code, visit_##name())
#define WISP_CASE_0x00(code, action)
#define WISP_CASE_0xfc(code, action) \
  case code:                         \
    return action;
#include "jit/wasm/opcodes.def"
#undef WISP_CASE_0x00
#undef WISP_CASE_0xfc
      default:
        fail_opcode(prefix, code);
    }
  }

  WISP_INLINE void visit_simple(const OpcodeEffect& effect) {
    if (!types_.apply(effect)) [[unlikely]]
      apply_slow(effect);
  }
  WISP_INLINE void visit_memory(const OpcodeEffect& effect) {
    const MemArg memarg = read_memarg(effect.align_log2);
    visit_simple(effect);
    if (live_) sink_.on_memory_access(memarg, position());
  }

  // Control.
  void visit_unreachable() { set_unreachable(); }
  void visit_nop() {}
  void visit_block() {
    const BlockType type = enter(FrameKind::kBlock);
    if (live_) sink_.on_block(type, position());
  }
  void visit_loop() {
    const BlockType type = enter(FrameKind::kLoop);
    if (live_) sink_.on_loop(type, position());
  }
  void visit_if() {
    pop(ValueType::kI32);
    const BlockType type = enter(FrameKind::kIf);
    if (live_) sink_.on_if(type, position());
  }
  BlockType enter(FrameKind kind) {
    const BlockType type = read_block_type();
    if (type.is_empty()) [[likely]] {
      types_.push_frame(kind, type);
      return type;
    }
    pop_all(type.params());
    types_.push_frame(kind, type);
    push_all(type.params());
    return type;
  }
  void visit_else() {
    rejoin(Opcode::kElse);
    begin_else();
    if (live_) sink_.on_else(position());
  }
  void visit_end() {
    rejoin(Opcode::kEnd);
    end_block();
    if (live_) sink_.on_end(position());
  }
  // Reachable code goes on here if the unreachable code began in the block that ends.
  void rejoin(Opcode opcode) {
    if (live_ || dead_since_ != types_.frames().size()) return;
    live_ = true;
    sink_.on_opcode(opcode, position());
  }
  void visit_br() {
    const uint32_t depth = read_label();
    pop_all(types_.label(depth).label_types());
    if (live_) sink_.on_br(depth, position());
    set_unreachable();
  }
  void visit_br_if() {
    const uint32_t depth = read_label();
    pop(ValueType::kI32);
    pass_all(types_.label(depth).label_types());
    if (live_) sink_.on_br_if(depth, position());
  }
  void visit_br_table() {
    const BrTable table = check_br_table();
    if (live_ && !error_) sink_.on_br_table(table, position());
    set_unreachable();
  }
  void visit_return() {
    pop_all(type_.results);
    if (live_) sink_.on_return(position());
    set_unreachable();
  }

  // Calls.
  void visit_call() {
    const uint32_t function = read_index();
    check_call(function);
    if (live_ && !error_) sink_.on_call(function, position());
  }
  void visit_call_indirect() {
    const uint32_t type = read_u32();
    const uint32_t table = read_u32();
    check_call_indirect(type, table);
    if (live_ && !error_) sink_.on_call_indirect(type, table, position());
  }

  // Operands and variables.
  void visit_drop() { pop_any(); }
  void visit_select() { check_select(); }
  void visit_select_typed() { check_select_typed(); }
  void visit_local_get() {
    const uint32_t local = read_u32();
    if (!check_index(local, locals_.size(), "local")) return;
    push(locals_[local]);
    if (live_) sink_.on_local_get(local, position());
  }
  void visit_local_set() {
    const uint32_t local = read_u32();
    if (!check_index(local, locals_.size(), "local")) return;
    pop(locals_[local]);
    if (live_) sink_.on_local_set(local, position());
  }
  void visit_local_tee() {
    const uint32_t local = read_u32();
    if (!check_index(local, locals_.size(), "local")) return;
    const ValueType type = locals_[local];
    pop(type);
    push(type);
    if (live_) sink_.on_local_tee(local, position());
  }
  void visit_global_get() { check_global_get(); }
  void visit_global_set() { check_global_set(); }

  // Constants.
  void visit_i32_const() {
    skip_s32();
    push(ValueType::kI32);
  }
  void visit_i64_const() {
    skip_s64();
    push(ValueType::kI64);
  }
  void visit_f32_const() {
    skip_bytes(4);
    push(ValueType::kF32);
  }
  void visit_f64_const() {
    skip_bytes(8);
    push(ValueType::kF64);
  }

  // References, tables, bulk memory.
  void visit_ref_null() { check_ref_null(); }
  void visit_ref_is_null() { check_ref_is_null(); }
  void visit_ref_func() { check_ref_func(); }
  void visit_table_get() {
    check_table_get();
    if (live_) sink_.on_builtin(position());
  }
  void visit_table_set() {
    check_table_set();
    if (live_) sink_.on_builtin(position());
  }
  void visit_table_grow() {
    check_table_grow();
    if (live_) sink_.on_builtin(position());
  }
  void visit_table_size() { check_table_size(); }
  void visit_table_fill() {
    check_table_fill();
    if (live_) sink_.on_builtin(position());
  }
  void visit_table_copy() {
    check_table_copy();
    if (live_) sink_.on_builtin(position());
  }
  void visit_table_init() {
    check_table_init();
    if (live_) sink_.on_builtin(position());
  }
  void visit_elem_drop() { check_elem_drop(); }
  void visit_memory_size() { check_memory_size(); }
  void visit_memory_grow() {
    check_memory_grow();
    if (live_) sink_.on_builtin(position());
  }
  void visit_memory_fill() {
    check_memory_fill();
    if (live_) sink_.on_builtin(position());
  }
  void visit_memory_copy() {
    check_memory_copy();
    if (live_) sink_.on_builtin(position());
  }
  void visit_memory_init() {
    check_memory_init();
    if (live_) sink_.on_builtin(position());
  }
  void visit_data_drop() { check_data_drop(); }

  Sink& sink_;
};

// Validates the body of a defined function; `defined` counts the defined functions only.
Result<void> validate_function(const Module& module, uint32_t defined, ValidationScratch& scratch);

}  // namespace wisp::jit
