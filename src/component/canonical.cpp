#include "component/canonical.h"

#include "platform/check.h"

namespace wisp::component {

void CallState::trap(std::string message) {
  if (unwinding()) return;
  code_ = jit::TrapCode::kHost;
  message_ = std::make_unique<std::string>(std::move(message));
}

bool checked_realloc(CallState& call, const CanonicalOptions& options, uint32_t old_address,
                     uint32_t old_size, uint32_t alignment, uint32_t new_size, uint32_t& result,
                     BlockUse use) {
  if (options.realloc == nullptr) [[unlikely]] {
    call.trap("realloc is not among the canonical options");
    return false;
  }
  result = options.realloc(options.realloc_environment, call, old_address, old_size, alignment,
                           new_size);
  if (call.unwinding()) [[unlikely]]
    return false;
  const bool between_guests = call.parties() == CallParties::kGuests;
  if ((result & (alignment - 1)) != 0) [[unlikely]] {
    call.trap(between_guests ? "unaligned pointer" : "realloc return: result not aligned");
    return false;
  }
  if (!in_bounds(options.memory, result, new_size)) [[unlikely]] {
    call.trap(!between_guests          ? "realloc return: beyond end of memory"
              : use == BlockUse::kList ? "list content out-of-bounds"
                                       : "string content out-of-bounds");
    return false;
  }
  return true;
}

bool check_list(CallState& call, const CanonicalOptions& options, uint32_t address, uint32_t length,
                uint32_t element_size, uint32_t alignment) {
  const uint64_t size = uint64_t{length} * element_size;
  if (size > kMaxByteLength) [[unlikely]] {
    call.trap("list content out-of-bounds: more than 2^28 - 1 bytes");
    return false;
  }
  if ((address & (alignment - 1)) != 0) [[unlikely]] {
    call.trap("unaligned pointer");
    return false;
  }
  if (!in_bounds(options.memory, address, size)) [[unlikely]] {
    call.trap("list content out-of-bounds");
    return false;
  }
  return true;
}

bool check_area(CallState& call, const CanonicalOptions& options, uint32_t address, uint32_t size,
                uint32_t alignment) {
  if ((address & (alignment - 1)) != 0) [[unlikely]] {
    call.trap("unaligned pointer");
    return false;
  }
  if (!in_bounds(options.memory, address, size)) [[unlikely]] {
    call.trap("pointer out of bounds of memory");
    return false;
  }
  return true;
}

}  // namespace wisp::component
