// Canonical definitions. Those that only asynchronous components and threads use are read and
// checked like all others, and noted as gated.
#include "component/binary/component_decoder.h"

namespace wisp::component {

namespace {

using jit::ValueType;

constexpr const char* kAsyncNeeded =
    "asynchronous built-ins, streams and futures belong to WASI 0.3: not in this version; rebuild "
    "for WASI 0.2";
constexpr const char* kThreadsNeeded = "thread built-ins are experimental and not in this version";
constexpr const char* kErrorContextNeeded =
    "error-context built-ins are experimental and not in this version";

jit::FuncType core_func(size_t params, size_t results) {
  jit::FuncType type;
  type.params.assign(params, ValueType::kI32);
  type.results.assign(results, ValueType::kI32);
  return type;
}

enum OptionBits : uint32_t {
  kEncoding = 1,
  kMemory = 2,
  kRealloc = 4,
  kPostReturn = 8,
  kAsync = 16,
  kCallback = 32
};

constexpr const char* kOptionNames[] = {"utf8",    "utf16",       "latin1+utf16", "memory",
                                        "realloc", "post-return", "async",        "callback"};
constexpr uint32_t kOptionBits[] = {kEncoding, kEncoding,   kEncoding, kMemory,
                                    kRealloc,  kPostReturn, kAsync,    kCallback};

}  // namespace

Result<void> ComponentDecoder::canon() {
  uint64_t offset = reader_.offset();
  uint8_t opcode = WISP_TRY(reader_.read_byte());
  if (opcode == 0x00 || opcode == 0x01) {
    uint64_t sort_offset = reader_.offset();
    uint8_t sort = WISP_TRY(reader_.read_byte());
    const char* what = opcode == 0x00 ? "canonical function lift" : "canonical function lower";
    if (sort != 0x00) return bad_byte(sort, what, sort_offset);
    uint32_t func = WISP_TRY(reader_.read_u32());
    CanonOptions options = WISP_TRY(read_options());
    if (opcode == 0x01) return validator_.lower(func, options, offset);
    uint32_t type = WISP_TRY(reader_.read_u32());
    return validator_.lift(func, options, type, offset);
  }
  if (opcode >= 0x02 && opcode <= 0x04) return resource_canon(opcode, offset);
  if (opcode == 0x0a || opcode == 0x0b) {
    uint8_t type = WISP_TRY(reader_.read_byte());
    uint32_t slot = WISP_TRY(reader_.read_u32());
    TrampolineKind kind =
        opcode == 0x0a ? TrampolineKind::kContextGet : TrampolineKind::kContextSet;
    return validator_.context_builtin(kind, type, slot, offset);
  }
  if (opcode >= 0x0e && opcode <= 0x1b) return stream_canon(opcode, offset);
  if ((opcode >= 0x26 && opcode <= 0x2d) || (opcode >= 0x40 && opcode <= 0x42)) {
    return thread_canon(opcode, offset);
  }
  return gated_canon(opcode, offset);
}

Result<void> ComponentDecoder::resource_canon(uint8_t opcode, uint64_t offset) {
  uint32_t type = WISP_TRY(reader_.read_u32());
  constexpr TrampolineKind kKinds[] = {TrampolineKind::kResourceNew, TrampolineKind::kResourceDrop,
                                       TrampolineKind::kResourceRep};
  return validator_.resource_builtin(kKinds[opcode - 0x02], type, offset);
}

// Tasks, subtasks, waitable sets, backpressure, error contexts.
Result<void> ComponentDecoder::gated_canon(uint8_t opcode, uint64_t offset) {
  bool error_context = opcode >= 0x1c && opcode <= 0x1e;
  switch (opcode) {
    case 0x05:  // task.cancel
    case 0x24:  // backpressure.inc
    case 0x25:  // backpressure.dec
      validator_.gate(kAsyncNeeded, offset);
      return validator_.gated_builtin(core_func(0, 0), offset);
    case 0x06:  // subtask.cancel
      validator_.gate(kAsyncNeeded, offset);
      WISP_TRY(read_flag("async"));
      return validator_.gated_builtin(core_func(1, 1), offset);
    case 0x09: {  // task.return
      validator_.gate(kAsyncNeeded, offset);
      const ValType* result = WISP_TRY(read_result_list());
      CanonOptions options = WISP_TRY(read_options());
      return validator_.check_task_return(result, options, offset);
    }
    case 0x0c:  // thread.yield
      validator_.gate(kAsyncNeeded, offset);
      WISP_TRY(read_flag("cancellable"));
      return validator_.gated_builtin(core_func(0, 1), offset);
    case 0x0d:  // subtask.drop
    case 0x1e:  // error-context.drop
    case 0x22:  // waitable-set.drop
      validator_.gate(error_context ? kErrorContextNeeded : kAsyncNeeded, offset);
      return validator_.gated_builtin(core_func(1, 0), offset);
    case 0x1c:    // error-context.new
    case 0x1d: {  // error-context.debug-message
      validator_.gate(kErrorContextNeeded, offset);
      CanonOptions options = WISP_TRY(read_options());
      WISP_TRY(validator_.check_options(options, offset));
      if (options.decoded.memory == kNoIndex) {
        return invalid(offset, "canonical option `memory` is required");
      }
      if (opcode == 0x1d && options.decoded.realloc == kNoIndex) {
        return invalid(offset, "canonical option `realloc` is required");
      }
      return validator_.gated_builtin(core_func(2, opcode == 0x1c ? 1 : 0), options, offset);
    }
    case 0x1f:  // waitable-set.new
      validator_.gate(kAsyncNeeded, offset);
      return validator_.gated_builtin(core_func(0, 1), offset);
    case 0x20:    // waitable-set.wait
    case 0x21: {  // waitable-set.poll
      validator_.gate(kAsyncNeeded, offset);
      WISP_TRY(read_flag("cancellable"));
      CanonOptions options;
      options.decoded.memory = WISP_TRY(reader_.read_u32());
      WISP_TRY(validator_.check_options(options, offset));
      return validator_.gated_builtin(core_func(2, 1), options, offset);
    }
    case 0x23:  // waitable.join
      validator_.gate(kAsyncNeeded, offset);
      return validator_.gated_builtin(core_func(2, 0), offset);
    default:
      return bad_byte(opcode, "canonical function", offset);
  }
}

Result<void> ComponentDecoder::stream_canon(uint8_t opcode, uint64_t offset) {
  validator_.gate(kAsyncNeeded, offset);
  bool is_stream = opcode <= 0x14;
  uint8_t operation = is_stream ? opcode - 0x0e : opcode - 0x15;
  uint32_t type = WISP_TRY(reader_.read_u32());
  WISP_TRY(validator_.check_stream_or_future(is_stream ? TypeKind::kStream : TypeKind::kFuture,
                                             type, offset));
  switch (operation) {
    case 0: {  // new
      jit::FuncType core;
      core.results = {ValueType::kI64};
      return validator_.gated_builtin(std::move(core), offset);
    }
    case 1:    // read
    case 2: {  // write
      CanonOptions options = WISP_TRY(read_options());
      WISP_TRY(validator_.check_stream_options(operation == 2, type, options, offset));
      return validator_.gated_builtin(core_func(is_stream ? 3 : 2, 1), options, offset);
    }
    case 3:  // cancel-read
    case 4:  // cancel-write
      WISP_TRY(read_flag("async"));
      return validator_.gated_builtin(core_func(1, 1), offset);
    default:  // drop-readable, drop-writable
      return validator_.gated_builtin(core_func(1, 0), offset);
  }
}

Result<void> ComponentDecoder::thread_canon(uint8_t opcode, uint64_t offset) {
  validator_.gate(kThreadsNeeded, offset);
  switch (opcode) {
    case 0x26:  // thread.index
      return validator_.gated_builtin(core_func(0, 1), offset);
    case 0x27: {  // thread.new-indirect
      uint32_t type = WISP_TRY(reader_.read_u32());
      uint32_t table = WISP_TRY(reader_.read_u32());
      WISP_TRY(validator_.check_thread_start(type, table, true, offset));
      return validator_.gated_builtin(core_func(2, 1), offset);
    }
    case 0x28:  // thread.resume-later
      return validator_.gated_builtin(core_func(1, 0), offset);
    case 0x29:  // thread.suspend
      WISP_TRY(read_flag("cancellable"));
      return validator_.gated_builtin(core_func(0, 1), offset);
    case 0x2a:  // thread.suspend-then-resume and its relatives
    case 0x2b:
    case 0x2c:
    case 0x2d:
      WISP_TRY(read_flag("cancellable"));
      return validator_.gated_builtin(core_func(1, 1), offset);
    default:
      break;
  }
  WISP_TRY(read_flag("shared"));
  if (opcode == 0x42) return validator_.gated_builtin(core_func(0, 1), offset);
  uint32_t type = WISP_TRY(reader_.read_u32());
  bool has_table = opcode == 0x41;
  uint32_t table = has_table ? WISP_TRY(reader_.read_u32()) : 0;
  WISP_TRY(validator_.check_thread_start(type, table, has_table, offset));
  jit::FuncType core = core_func(2, 1);
  if (!has_table) core.params[0] = ValueType::kFuncRef;
  return validator_.gated_builtin(std::move(core), offset);
}

Result<CanonOptions> ComponentDecoder::read_options() {
  CanonOptions options;
  options.file_offset = reader_.offset();
  uint32_t count = WISP_TRY(read_count("options"));
  uint32_t seen = 0;
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(read_option(options, seen));
  return options;
}

Result<void> ComponentDecoder::read_option(CanonOptions& options, uint32_t& seen) {
  uint64_t offset = reader_.offset();
  uint8_t option = WISP_TRY(reader_.read_byte());
  constexpr uint8_t kCoreType = 0x08, kGc = 0x09;
  if (option == kCoreType || option == kGc) {
    validator_.gate(
        "the canonical options `gc` and `core-type` (values as gc references) are a gated feature, "
        "not in this version",
        offset);
    options.is_gc = true;
    if (option == kCoreType) WISP_TRY(reader_.read_u32());
    return {};
  }
  if (option > 0x07) return bad_byte(option, "canonical option", offset);
  if ((seen & kOptionBits[option]) != 0) {
    if (option > 0x02) {
      return invalid(offset, std::string("canonical option `") + kOptionNames[option] +
                                 "` is specified more than once");
    }
    return invalid(offset, std::string("canonical encoding option `") +
                               kOptionNames[static_cast<size_t>(options.decoded.encoding)] +
                               "` conflicts with option `" + kOptionNames[option] + "`");
  }
  seen |= kOptionBits[option];
  if (option == 0x06 || option == 0x07) validator_.gate(kAsyncNeeded, offset);
  if (option <= 0x02) {
    options.decoded.encoding = static_cast<StringEncoding>(option);
    return {};
  }
  if (option == 0x06) {
    options.is_async = true;
    return {};
  }
  uint32_t index = WISP_TRY(reader_.read_u32());
  if (index == kNoIndex) return invalid(offset, "index out of bounds in a canonical option");
  switch (option) {
    case 0x03:
      options.decoded.memory = index;
      break;
    case 0x04:
      options.decoded.realloc = index;
      break;
    case 0x05:
      options.decoded.post_return = index;
      break;
    default:
      options.callback = index;
      break;
  }
  return {};
}

Result<bool> ComponentDecoder::read_flag(const char* what) {
  uint64_t offset = reader_.offset();
  uint8_t byte = WISP_TRY(reader_.read_byte());
  if (byte <= 0x01) return byte == 0x01;
  return Error(ErrorCode::kMalformed, std::string("invalid boolean value for `") + what + "`",
               offset);
}

}  // namespace wisp::component
