#include "jit/wasm/body_validator.h"

#include <fmt/format.h>

#include <algorithm>

#include "jit/wasm/function_validator.h"
#include "jit/wasm/limits.h"

namespace wisp::jit {
namespace {

std::string list(std::span<const ValueType> types) {
  std::string text = "[";
  for (ValueType type : types) {
    if (text.size() > 1) text += ", ";
    text += type == kBottom ? "any" : to_string(type);
    if (text.size() > 100) return text + ", ...]";
  }
  return text + "]";
}

}  // namespace

void LocalTypes::start(std::span<const ValueType> params) {
  size_ = 0;
  runs_.clear();
  for (ValueType param : params) add(1, param);
}

void LocalTypes::add(uint32_t count, ValueType type) {
  if (size_ < kFlat) std::fill_n(flat_ + size_, std::min(count, kFlat - size_), type);
  size_ += count;
  if (size_ > kFlat) runs_.push_back({size_, type});
}

ValueType LocalTypes::find(uint32_t index) const {
  return std::upper_bound(runs_.begin(), runs_.end(), index,
                          [](uint32_t wanted, const Run& run) { return wanted < run.end; })
      ->type;
}

BodyValidator::BodyValidator(const Module& module, const FunctionBody& body, uint32_t function,
                             ValidationScratch& scratch)
    : module_(module),
      body_(body),
      type_(module.function_type(function)),
      function_(function),
      has_memory_(!module.memories.empty()),
      begin_(body.code.data()),
      at_(begin_),
      end_(begin_ + body.code.size()),
      opcode_at_(begin_),
      types_(scratch.types),
      locals_(scratch.locals) {
  locals_.start(type_.params);
  types_.start(body.code.size());
  types_.push_frame(FrameKind::kFunction, BlockType(type_));
}

// Errors.

void BodyValidator::fail(ErrorCode code, const uint8_t* at, std::string text) {
  if (!error_) {
    error_.emplace(code, fmt::format("{} (in function {})", text, function_),
                   body_.file_offset + position_of(at));
  }
  at_ = end_;
}

void BodyValidator::fail_invalid(std::string text) {
  fail(ErrorCode::kInvalid, opcode_at_, std::move(text));
}

void BodyValidator::fail_malformed(std::string text) {
  fail(ErrorCode::kMalformed, at_, std::move(text));
}

void BodyValidator::fail_mismatch(std::span<const ValueType> expected) {
  std::vector<ValueType> found;
  for (size_t i = std::min(types_.available(), expected.size() + 1); i-- > 0;) {
    found.push_back(types_.peek(i));
  }
  const uint8_t* at = opcode_at_;
  const char* opcode = "the end";
  if (at < end_) opcode = to_string(TrustedImmediates(module_, at, end_).read_opcode());
  fail_invalid(fmt::format("type mismatch: {} needs {}, the operands are {}", opcode,
                           list(expected), list(found)));
}

void BodyValidator::fail_index(const char* what, uint32_t index) {
  fail_invalid(fmt::format("unknown {} {}", what, index));
}

void BodyValidator::fail_opcode(uint32_t prefix, uint32_t code) {
  const char* feature = unsupported_feature(prefix, code);
  std::string name =
      prefix == 0 ? fmt::format("{:02x}", code) : fmt::format("{:02x} {:02x}", prefix, code);
  if (feature == nullptr) {
    return fail(ErrorCode::kMalformed, opcode_at_, fmt::format("illegal opcode {}", name));
  }
  fail(ErrorCode::kUnsupported, opcode_at_,
       fmt::format("needs {}: not supported yet (opcode {})", feature, name));
}

// Immediates.

ValueType BodyValidator::read_value_type() {
  if (at_ == end_) return fail_malformed("unexpected end of section or function"), kBottom;
  if (std::optional<ValueType> type = value_type_of(*at_)) return ++at_, *type;
  if (const char* feature = unsupported_type_feature(*at_)) {
    fail(ErrorCode::kUnsupported, at_, fmt::format("needs {}: not supported yet", feature));
  } else {
    fail_malformed(fmt::format("malformed value type {:#04x}", *at_));
  }
  return kBottom;
}

BlockType BodyValidator::read_block_type_slow() {
  if (at_ < end_ && *at_ >= 0x40 && *at_ < 0x80) {
    const ValueType type = read_value_type();
    return type == kBottom ? BlockType() : BlockType(type);
  }
  const uint8_t* start = at_;
  const auto index = static_cast<int64_t>(read_leb_slow<33, LebSign::kSigned>());
  if (error_) return {};
  if (index < 0) return fail(ErrorCode::kMalformed, start, "malformed block type"), BlockType();
  if (!check_index(static_cast<uint32_t>(index), module_.types.size(), "type")) return {};
  return BlockType(module_.types[static_cast<size_t>(index)]);
}

MemArg BodyValidator::read_memarg_slow(uint32_t natural_align_log2) {
  const uint8_t* start = at_;
  const uint32_t flags = read_u32();
  if (flags > natural_align_log2) [[unlikely]] {
    if (flags >= 0x80) {
      fail(ErrorCode::kMalformed, start, "malformed memop flags");
    } else if (flags >= 0x40) {
      fail(ErrorCode::kUnsupported, start, "needs multi-memory: not supported yet");
    } else {
      fail_invalid("alignment must not be larger than natural");
    }
    return {};
  }
  const uint64_t offset = read_u64();
  if (module_.memories.empty()) [[unlikely]]
    fail_index("memory", 0);
  if (offset > UINT32_MAX) [[unlikely]]
    fail_invalid("offset out of range");
  return {flags, static_cast<uint32_t>(offset)};
}

bool BodyValidator::add_locals(uint32_t count, ValueType type) {
  declared_locals_ += count;
  const uint64_t total = type_.params.size() + declared_locals_;
  if (total > UINT32_MAX) fail(ErrorCode::kMalformed, opcode_at_, "too many locals");
  if (total > kMaxLocals) return false;  // an error, but only if all declarations are well-formed
  locals_.add(count, type);
  return !error_;
}

void BodyValidator::check_locals() {
  const uint64_t total = type_.params.size() + declared_locals_;
  if (total <= kMaxLocals || error_) return;
  fail(ErrorCode::kLimit, begin_,
       fmt::format("{} locals, at most {} are possible", total, kMaxLocals));
}

uint32_t BodyValidator::read_label() {
  const uint32_t depth = read_u32();
  return check_index(depth, types_.frames().size(), "label") ? depth : 0;
}

// Operands.

void BodyValidator::pop_slow(ValueType expected) {
  if (types_.available() == 0) {
    if (!types_.frame().unreachable) fail_mismatch({&expected, 1});
    return;
  }
  const ValueType actual = types_.top();
  if (actual != expected && actual != kBottom) return fail_mismatch({&expected, 1});
  types_.drop(1);
}

ValueType BodyValidator::pop_any() {
  if (types_.available() == 0) {
    if (!types_.frame().unreachable) fail_invalid("type mismatch: the operand stack is empty");
    return kBottom;
  }
  const ValueType type = types_.top();
  types_.drop(1);
  return type;
}

bool BodyValidator::matches(std::span<const ValueType> expected) {
  const size_t available = types_.available();
  if (available < expected.size() && !types_.frame().unreachable) return false;
  for (size_t i = 0; i < std::min(available, expected.size()); ++i) {
    const ValueType actual = types_.peek(i);
    if (actual != expected[expected.size() - 1 - i] && actual != kBottom) return false;
  }
  return true;
}

void BodyValidator::pop_all_slow(std::span<const ValueType> expected) {
  if (!matches(expected)) return fail_mismatch(expected);
  types_.drop(std::min(types_.available(), expected.size()));
}

void BodyValidator::apply_slow(const OpcodeEffect& effect) {
  pop_all_slow({effect.operands + 2 - effect.pops, effect.pops});
  types_.replace(0, effect);
}

void BodyValidator::push_all_slow(std::span<const ValueType> types) {
  types_.reserve(types.size(), bytes_left());
  types_.push_all(types);
  if (types_.height() > kMaxOperandHeight) {
    fail(ErrorCode::kLimit, opcode_at_,
         fmt::format("more than {} operands on the stack", kMaxOperandHeight));
  }
}

// Blocks.

void BodyValidator::check_results() {
  const std::span<const ValueType> results = types_.frame().type.results();
  pop_all(results);
  if (types_.available() == 0 || error_) [[likely]]
    return;
  fail_invalid(fmt::format("type mismatch: {} operands remain at the end of a block, below {}",
                           types_.available(), list(results)));
}

void BodyValidator::begin_else() {
  TypeFrame& frame = types_.frame();
  if (frame.kind() != FrameKind::kIf) {
    return fail(ErrorCode::kMalformed, opcode_at_, "misplaced ELSE opcode: not in an if");
  }
  check_results();
  types_.drop_to_base();
  frame = TypeFrame(frame.type, frame.height, FrameKind::kElse);
  push_all(frame.type.params());
}

void BodyValidator::end_block() {
  if (types_.frame().type.is_empty() && types_.available() == 0 && types_.frames().size() > 1)
      [[likely]] {
    return types_.pop_frame();
  }
  check_results();
  const TypeFrame frame = types_.frame();
  if (frame.kind() == FrameKind::kIf &&
      !std::ranges::equal(frame.type.params(), frame.type.results())) {
    return fail_invalid(
        fmt::format("type mismatch: an if without else leaves its operands {}, not {}",
                    list(frame.type.params()), list(frame.type.results())));
  }
  types_.drop_to_base();
  types_.pop_frame();
  if (types_.frames().empty()) {
    if (at_ != end_) fail_malformed("section size mismatch: code after the function's end");
    return;
  }
  push_all(frame.type.results());
}

void BodyValidator::end_function() {
  if (error_) return;
  opcode_at_ = at_;
  if (!types_.frames().empty()) {
    fail_malformed("unexpected end of section or function: END opcode expected");
  } else if (types_.max_height() > kMaxOperandHeight) {
    fail(ErrorCode::kLimit, begin_,
         fmt::format("more than {} operands on the stack", kMaxOperandHeight));
  }
}

BrTable BodyValidator::check_br_table() {
  pop(ValueType::kI32);
  const uint32_t count = read_u32();
  const uint8_t* targets = at_;
  if (count >= bytes_left()) {  // one byte per target, and the default
    if (!error_) fail_malformed("unexpected end of section or function: br_table is too long");
    return {targets, 0};
  }
  size_t arity = 0;
  for (uint32_t i = 0; i <= count && !error_; ++i) {
    TypeFrame& label = types_.label(read_label());
    const std::span<const ValueType> types = label.label_types();
    if (i == 0) arity = types.size();
    if (types.size() != arity && !error_) {
      fail_invalid("type mismatch: the targets of br_table take different numbers of operands");
    }
    // Each label once: a table of n targets costs no more than n and the labels' operands.
    const uint32_t mark = position_of(opcode_at_) + 1;
    if (label.checked_by == mark) continue;
    label.checked_by = mark;
    if (!error_ && !matches(types)) fail_mismatch(types);
  }
  return {targets, count + 1};
}

// Calls.

void BodyValidator::check_call(uint32_t function) {
  if (!check_index(function, module_.functions.size(), "function")) return;
  const FuncType& type = module_.function_type(function);
  pop_all(type.params);
  push_all(type.results);
}

void BodyValidator::check_call_indirect(uint32_t type, uint32_t table) {
  if (error_ || !check_index(table, module_.tables.size(), "table")) return;
  if (!check_index(type, module_.types.size(), "type")) return;
  if (module_.tables[table].element != ValueType::kFuncRef) {
    return fail_invalid("type mismatch: call_indirect needs a table of funcref");
  }
  pop(ValueType::kI32);
  pop_all(module_.types[type].params);
  push_all(module_.types[type].results);
}

// Operands and variables.

void BodyValidator::check_select() {
  pop(ValueType::kI32);
  const ValueType second = pop_any();
  const ValueType first = pop_any();
  if (is_reference(first) || is_reference(second)) {
    return fail_invalid("type mismatch: select of references needs a type");
  }
  if (first != second && first != kBottom && second != kBottom) {
    return fail_invalid(fmt::format("type mismatch: select between {} and {}", to_string(first),
                                    to_string(second)));
  }
  push(first == kBottom ? second : first);
}

void BodyValidator::check_select_typed() {
  const uint32_t count = read_u32();
  if (count != 1) return fail_invalid("invalid result arity: select takes one type");
  const ValueType type = read_value_type();
  pop(ValueType::kI32);
  pop(type);
  pop(type);
  push(type);
}

void BodyValidator::check_global_get() {
  const uint32_t global = read_u32();
  if (!check_index(global, module_.globals.size(), "global")) return;
  push(module_.globals[global].value);
}

void BodyValidator::check_global_set() {
  const uint32_t global = read_u32();
  if (!check_index(global, module_.globals.size(), "global")) return;
  if (module_.globals[global].mutability != Mutability::kVar) {
    return fail_invalid(fmt::format("immutable global {}: global.set needs a mutable one", global));
  }
  pop(module_.globals[global].value);
}

Result<void> validate_function(const Module& module, uint32_t defined, ValidationScratch& scratch) {
  ValidationSink sink;
  return FunctionDecoder<ValidationSink, Checks::kValidate>(
             module, module.bodies[defined], module.imported_functions + defined, scratch, sink)
      .run();
}

}  // namespace wisp::jit
