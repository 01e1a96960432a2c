// wisp.h: errors, strings and the version.
#include "api/handles.h"
#include "platform/printable.h"

namespace wisp {

namespace {

wisp_error_kind_t kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kMalformed:
      return WISP_ERROR_MALFORMED;
    case ErrorCode::kInvalid:
      return WISP_ERROR_INVALID;
    case ErrorCode::kUnsupported:
      return WISP_ERROR_UNSUPPORTED;
    case ErrorCode::kLink:
      return WISP_ERROR_LINK;
    case ErrorCode::kTrap:
    case ErrorCode::kExit:
      return WISP_ERROR_TRAP;
    case ErrorCode::kLimit:
      return WISP_ERROR_LIMIT;
    case ErrorCode::kIo:
      return WISP_ERROR_IO;
    case ErrorCode::kUsage:
      return WISP_ERROR_USAGE;
  }
  return WISP_ERROR_USAGE;
}

}  // namespace

static_assert(WISP_NO_OFFSET == Error::kNoOffset);

wisp_error_t* make_error(const Error& error) {
  return new wisp_error{
      kind_of(error.code()), printable_lines(error.message()), error.offset(), {}};
}

wisp_error_t* make_error(const Error& error, jit::Trap trap) {
  wisp_error_t* result = make_error(error);
  if (error.code() != ErrorCode::kTrap) return result;
  result->message = "wasm trap: " + printable_lines(trap.message.empty() ? jit::to_string(trap.code)
                                                                         : trap.message);
  result->frames = std::move(trap.backtrace);
  return result;
}

char* copy_string(const std::string& text) {
  char* copy = new char[text.size() + 1];
  std::memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

Result<void> read_struct(const char* name, const void* from, size_t size, void* to, size_t known) {
  constexpr size_t kMostBytes = 4096;  // more must be something else
  if (size < sizeof(size_t) || size > kMostBytes) {
    return Error(ErrorCode::kUsage, std::string(name) + " begins with the size " +
                                        std::to_string(size) + ": it was not initialised");
  }
  const auto* bytes = static_cast<const uint8_t*>(from);
  for (size_t i = known; i < size; i++) {
    if (bytes[i] == 0) continue;
    return Error(ErrorCode::kUsage,
                 std::string(name) + " sets what Wisp " WISP_VERSION " does not have (at byte " +
                     std::to_string(i) + " of it): the program was built for a newer version");
  }
  std::memcpy(to, from, std::min(size, known));
  return {};
}

}  // namespace wisp

char* wisp_printable(const char* text) { return wisp::copy_string(wisp::printable(text)); }

void wisp_string_free(char* string) { delete[] string; }

wisp_error_kind_t wisp_error_kind(const wisp_error_t* error) { return error->kind; }

const char* wisp_error_message(const wisp_error_t* error) { return error->message.c_str(); }

uint64_t wisp_error_offset(const wisp_error_t* error) { return error->offset; }

size_t wisp_error_frame_count(const wisp_error_t* error) { return error->frames.size(); }

void wisp_error_frame(const wisp_error_t* error, size_t index, wisp_frame_t* frame) {
  if (index >= error->frames.size()) return;
  const wisp::jit::Frame& known = error->frames[index];
  const wisp_frame_t full = {frame->size, known.module.c_str(), known.function.c_str(),
                             known.function_index, known.wasm_offset};
  std::memcpy(frame, &full, std::min(frame->size, sizeof full));
}

void wisp_error_free(wisp_error_t* error) { delete error; }

const char* wisp_version(void) { return WISP_VERSION; }
