#include "component/abi/canonical.h"

#include "platform/check.h"

namespace wisp::component {

void CallState::trap(std::string message) {
  if (unwinding()) return;
  code_ = jit::TrapCode::kHost;
  message_ = new std::string(std::move(message));
}

void refuse_block(CallState& call, uint32_t address, uint32_t alignment, BlockUse use) {
  const bool between_guests = call.parties() == CallParties::kGuests;
  if ((address & (alignment - 1)) != 0) {
    call.trap(between_guests ? "unaligned pointer" : "realloc return: result not aligned");
  } else {
    call.trap(!between_guests          ? "realloc return: beyond end of memory"
              : use == BlockUse::kList ? "list content out-of-bounds"
                                       : "string content out-of-bounds");
  }
}

void refuse_realloc(CallState& call) { call.trap("realloc is not among the canonical options"); }

bool refuse_char(CallState& call) {
  call.trap("invalid `char` bit pattern");
  return false;
}

bool refuse_list(CallState& call, uint32_t address, uint64_t size, uint32_t alignment) {
  if (size > kMaxByteLength) {
    call.trap("list content out-of-bounds: more than 2^28 - 1 bytes");
  } else if ((address & (alignment - 1)) != 0) {
    call.trap("unaligned pointer");
  } else {
    call.trap("list content out-of-bounds");
  }
  return false;
}

bool refuse_area(CallState& call, uint32_t address, uint32_t alignment) {
  const bool is_aligned = (address & (alignment - 1)) == 0;
  call.trap(is_aligned ? "pointer out of bounds of memory" : "unaligned pointer");
  return false;
}

}  // namespace wisp::component
