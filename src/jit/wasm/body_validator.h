// BodyValidator: what validating a body needs that does not depend on the sink. The non-template
// base of FunctionDecoder<Sink, kValidate>; see function_validator.h for the interface.
//
// Errors are latched: the first one is kept, the cursor jumps to the end, and the operations that
// the current opcode still does are harmless. So no operation returns a Result, and the slow paths
// stay out of line.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jit/wasm/immediates.h"
#include "jit/wasm/module.h"
#include "jit/wasm/opcodes.h"
#include "jit/wasm/type_stack.h"
#include "platform/inline.h"
#include "platform/leb128.h"
#include "platform/result.h"

namespace wisp::jit {

// The types of parameters and locals. The first ones lie flat; of functions with very many locals
// only the runs of equal type are kept, so that 50,000 locals cost no more than their declaration.
class LocalTypes {
 public:
  void start(std::span<const ValueType> params);
  void add(uint32_t count, ValueType type);
  uint32_t size() const { return size_; }
  // index < size()
  ValueType operator[](uint32_t index) const { return index < kFlat ? flat_[index] : find(index); }

 private:
  static constexpr uint32_t kFlat = 256;
  struct Run {
    uint32_t end;
    ValueType type;
  };
  ValueType find(uint32_t index) const;

  uint32_t size_ = 0;
  ValueType flat_[kFlat];
  std::vector<Run> runs_;
};

// Memory that is kept from one body to the next; one per thread that validates.
struct ValidationScratch {
  TypeStack types;
  LocalTypes locals;
};

class BodyValidator {
 protected:
  // `function` is an index of the function index space; its body is `body`.
  BodyValidator(const Module& module, const FunctionBody& body, uint32_t function,
                ValidationScratch& scratch);

  uint32_t position_of(const uint8_t* at) const { return static_cast<uint32_t>(at - begin_); }
  size_t bytes_left() const { return static_cast<size_t>(end_ - at_); }

  // Errors. `text` begins with the specification's phrase.
  [[gnu::cold, gnu::noinline]] void fail(ErrorCode code, const uint8_t* at, std::string text);
  [[gnu::cold, gnu::noinline]] void fail_invalid(std::string text);
  [[gnu::cold, gnu::noinline]] void fail_malformed(std::string text);
  [[gnu::cold, gnu::noinline]] void fail_mismatch(std::span<const ValueType> expected);
  [[gnu::cold, gnu::noinline]] void fail_index(const char* what, uint32_t index);
  [[gnu::cold, gnu::noinline]] void fail_opcode(uint32_t prefix, uint32_t code);
  // Of an index that must be below `limit`.
  WISP_INLINE bool check_index(uint32_t index, size_t limit, const char* what) {
    if (index < limit) [[likely]]
      return true;
    fail_index(what, index);
    return false;
  }

  // Immediates. After an error they return 0.
  WISP_INLINE uint32_t read_u32() {
    if (at_ < end_ && *at_ < 0x80) [[likely]]
      return *at_++;
    return static_cast<uint32_t>(read_leb_slow<32, LebSign::kUnsigned>());
  }
  WISP_INLINE uint64_t read_u64() {
    if (at_ < end_ && *at_ < 0x80) [[likely]]
      return *at_++;
    return read_leb_slow<64, LebSign::kUnsigned>();
  }
  // For those that often take several bytes, whose number no jump should depend on: nothing is
  // wrong with up to four.
  WISP_INLINE uint32_t read_index() {
    const leb::Short number = leb::peek_short(at_, end_);
    if (number.length == 0) [[unlikely]]
      return read_u32();
    at_ += number.length;
    return number.value_unsigned();
  }
  WISP_INLINE void skip_s32() {
    const leb::Short number = leb::peek_short(at_, end_);
    if (number.length == 0) [[unlikely]] {
      read_leb_slow<32, LebSign::kSigned>();
      return;
    }
    at_ += number.length;
  }
  WISP_INLINE void skip_s64() {
    if (at_ < end_ && *at_ < 0x80) [[likely]]
      ++at_;
    else
      read_leb_slow<64, LebSign::kSigned>();
  }
  void skip_bytes(size_t count) {
    if (bytes_left() < count) return fail_malformed("unexpected end of section or function");
    at_ += count;
  }
  template <unsigned kBits, LebSign kSign>
  [[gnu::noinline]] uint64_t read_leb_slow() {
    uint64_t value;
    const LebStatus status = decode_leb<kBits, kSign>(at_, end_, value);
    if (status == LebStatus::kOk) [[likely]]
      return value;
    fail(ErrorCode::kMalformed, at_, to_string(status));
    return 0;
  }
  ValueType read_value_type();
  WISP_INLINE BlockType read_block_type() {
    if (at_ < end_ && *at_ == 0x40) [[likely]]
      return ++at_, BlockType();
    return read_block_type_slow();
  }
  BlockType read_block_type_slow();
  WISP_INLINE MemArg read_memarg(uint32_t natural_align_log2) {
    if (at_ < end_ && at_[0] <= natural_align_log2 && has_memory_) [[likely]] {
      const leb::Short offset = leb::peek_short(at_ + 1, end_);
      if (offset.length != 0) [[likely]] {
        const uint32_t align_log2 = *at_;
        at_ += 1 + offset.length;
        return {align_log2, offset.value_unsigned()};
      }
    }
    return read_memarg_slow(natural_align_log2);
  }
  MemArg read_memarg_slow(uint32_t natural_align_log2);
  // Whether the group counts: there was no error, and the limit is kept.
  bool add_locals(uint32_t count, ValueType type);
  void check_locals();

  // Operands.
  WISP_INLINE void pop(ValueType expected) {
    if (types_.available() != 0 && types_.top() == expected) [[likely]]
      return types_.drop(1);
    pop_slow(expected);
  }
  void pop_slow(ValueType expected);
  ValueType pop_any();
  WISP_INLINE void push(ValueType type) { types_.push(type); }
  WISP_INLINE void pop_all(std::span<const ValueType> expected) {
    if (types_.ends_with(expected)) [[likely]]
      return types_.drop(expected.size());
    pop_all_slow(expected);
  }
  void pop_all_slow(std::span<const ValueType> expected);
  void apply_slow(const OpcodeEffect& effect);
  WISP_INLINE void push_all(std::span<const ValueType> types) {
    if (types.size() == 1) return push(types[0]);
    if (!types.empty()) push_all_slow(types);
  }
  void push_all_slow(std::span<const ValueType> types);
  // Pops operands of these types and pushes them again: what br_if leaves.
  WISP_INLINE void pass_all(std::span<const ValueType> types) {
    if (types_.ends_with(types)) [[likely]]
      return;
    pop_all_slow(types);
    push_all_slow(types);
  }
  bool matches(std::span<const ValueType> expected);

  // Blocks.
  void set_unreachable() {
    types_.drop_to_base();
    types_.frame().unreachable = 1;
    if (live_) {
      live_ = false;
      dead_since_ = types_.frames().size();
    }
  }
  void check_results();
  void begin_else();
  void end_block();
  void end_function();
  uint32_t read_label();

  // Opcodes that need no hook, or whose hook needs no more than the immediates.
  void check_call(uint32_t function);
  void check_call_indirect(uint32_t type, uint32_t table);
  BrTable check_br_table();
  void check_select();
  void check_select_typed();
  void check_global_get();
  void check_global_set();
  void check_table_get();
  void check_table_set();
  void check_table_grow();
  void check_table_size();
  void check_table_fill();
  void check_table_copy();
  void check_table_init();
  void check_elem_drop();
  void check_memory_size();
  void check_memory_grow();
  void check_memory_fill();
  void check_memory_copy();
  void check_memory_init();
  void check_data_drop();
  void check_ref_null();
  void check_ref_is_null();
  void check_ref_func();
  void check_memory_index();
  void check_data_index();
  const TableType* read_table();
  std::optional<ValueType> read_element_type();

  const Module& module_;
  const FunctionBody& body_;
  const FuncType& type_;
  const uint32_t function_;
  const bool has_memory_;
  const uint8_t* const begin_;
  const uint8_t* at_;  // the next byte
  const uint8_t* end_;
  const uint8_t* opcode_at_;  // the opcode that is being validated
  bool live_ = true;          // whether the current opcode is reachable
  size_t dead_since_ = 0;     // number of frames when it became unreachable
  uint64_t declared_locals_ = 0;
  TypeStack& types_;
  LocalTypes& locals_;
  std::optional<Error> error_;
};

}  // namespace wisp::jit
