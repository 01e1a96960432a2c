// One side of a call in the canonical ABI: the memory, the allocator and the string encoding of a
// guest, and the latch that keeps the first trap. Shared by everything that lifts and lowers: host
// functions, dynamic values, adapters.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md, "Lifting and
// Lowering Context". Addresses are offsets into linear memory. Memories grow in place, so only the
// size is read again after a call into the guest; it never shrinks, so what was checked stays
// checked.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>

#include "component/type/types.h"
#include "jit/runtime/trap.h"
#include "jit/runtime/vm_context.h"
#include "platform/code_points.h"

namespace wisp::component {

constexpr uint32_t kMaxByteLength = (1u << 28) - 1;  // of a string or list
constexpr uint32_t kUtf16Tag = 1u << 31;             // in the length of a latin1+utf16 string
constexpr uint64_t kDefaultHostcallFuel = 128u << 20;

// Between whom a call goes. The texts of some traps depend on it, in the conformance suite as well.
enum class CallParties : uint8_t { kGuestAndHost, kGuests };

// The latch of one call: the first trap wins, and everybody returns as soon as it can. Made by
// every call that leaves a guest, so it has little to set up.
class CallState {
 public:
  explicit CallState(CallParties parties = CallParties::kGuestAndHost) : parties_(parties) {}
  ~CallState() {
    if (unwinding()) [[unlikely]]
      delete message_;
  }
  CallState(const CallState&) = delete;
  CallState& operator=(const CallState&) = delete;

  // Ends the guest with this text.
  void trap(std::string message);
  // Unwinds the guest without a diagnostic (wasi:cli/exit).
  void exit() { unwind(jit::TrapCode::kExit); }
  // The guest below already trapped and the store knows why.
  void unwind(jit::TrapCode code) {
    if (!unwinding()) message_ = nullptr;
    code_ = code;
  }

  CallParties parties() const { return parties_; }
  bool unwinding() const { return code_ != jit::TrapCode::kNone; }
  jit::TrapCode code() const { return code_; }
  // Null where the store has the text.
  const std::string* trap_message() const { return unwinding() ? message_ : nullptr; }

 private:
  std::string* message_;  // owned; not set before unwinding()  NOLINT
  jit::TrapCode code_ = jit::TrapCode::kNone;
  CallParties parties_;
};

// Calls the guest's allocator; on a trap latches it in `call` and returns 0.
using ReallocCode = uint32_t (*)(void* environment, CallState& call, uint32_t old_address,
                                 uint32_t old_size, uint32_t alignment, uint32_t new_size);

// What `canon lift` and `canon lower` name as options. Absent options are null; validation sees to
// it that what a type needs is there.
struct CanonicalOptions {
  const jit::MemoryView* memory = nullptr;
  ReallocCode realloc = nullptr;
  void* realloc_environment = nullptr;
  StringEncoding encoding = StringEncoding::kUtf8;
};

// Whether [address, address + size) is inside the memory as it is now; without wrap-around.
inline bool in_bounds(const jit::MemoryView* memory, uint32_t address, uint64_t size) {
  return memory != nullptr && address + size <= memory->size_bytes;
}

// Little-endian access to checked addresses; both hosts are little-endian.
template <class T>
T load_scalar(const jit::MemoryView* memory, uint32_t address) {
  T value;
  std::memcpy(&value, memory->base + address, sizeof value);
  return value;
}
template <class T>
void store_scalar(const jit::MemoryView* memory, uint32_t address, T value) {
  std::memcpy(memory->base + address, &value, sizeof value);
}

// What a block of memory is for; for messages.
enum class BlockUse : uint8_t { kList, kString };

// Latch what is wrong with what realloc returned, or that there is no realloc.
void refuse_block(CallState& call, uint32_t address, uint32_t alignment, BlockUse use);
void refuse_realloc(CallState& call);

// The checks of the specification on what realloc returned. False: latched in `call`.
inline bool check_block(CallState& call, const CanonicalOptions& options, uint32_t address,
                        uint32_t alignment, uint32_t size, BlockUse use) {
  if ((address & (alignment - 1)) != 0 || !in_bounds(options.memory, address, size)) [[unlikely]] {
    refuse_block(call, address, alignment, use);
    return false;
  }
  return true;
}
// realloc with these checks.
inline bool checked_realloc(CallState& call, const CanonicalOptions& options, uint32_t old_address,
                            uint32_t old_size, uint32_t alignment, uint32_t new_size,
                            uint32_t& result, BlockUse use = BlockUse::kList) {
  if (options.realloc == nullptr) [[unlikely]] {
    refuse_realloc(call);
    return false;
  }
  result = options.realloc(options.realloc_environment, call, old_address, old_size, alignment,
                           new_size);
  return !call.unwinding() && check_block(call, options, result, alignment, new_size, use);
}

// Room for a list, in elements. False: latched.
inline bool allocate_list(CallState& call, const CanonicalOptions& options, uint64_t length,
                          uint32_t element_size, uint32_t alignment, uint32_t& address) {
  const uint64_t size = length * element_size;
  if (length > kMaxByteLength || size > kMaxByteLength) [[unlikely]] {
    call.trap("list too long");
    return false;
  }
  return checked_realloc(call, options, 0, 0, alignment, static_cast<uint32_t>(size), address);
}

// Latch what is wrong with a char, a list or an area, and return false.
bool refuse_char(CallState& call);
bool refuse_list(CallState& call, uint32_t address, uint64_t size, uint32_t alignment);
bool refuse_area(CallState& call, uint32_t address, uint32_t alignment);

inline bool check_char(CallState& call, uint32_t code_point) {
  if (!is_scalar_value(code_point)) [[unlikely]]
    return refuse_char(call);
  return true;
}
// Bounds and alignment of a list's contents before they are looked at. False: latched.
inline bool check_list(CallState& call, const CanonicalOptions& options, uint32_t address,
                       uint32_t length, uint32_t element_size, uint32_t alignment) {
  const uint64_t size = uint64_t{length} * element_size;
  if (size > kMaxByteLength || (address & (alignment - 1)) != 0 ||
      !in_bounds(options.memory, address, size)) [[unlikely]] {
    return refuse_list(call, address, size, alignment);
  }
  return true;
}
// The same for the values that lie in memory because they are too many for flat ones, and for
// return areas.
inline bool check_area(CallState& call, const CanonicalOptions& options, uint32_t address,
                       uint32_t size, uint32_t alignment) {
  if ((address & (alignment - 1)) != 0 || !in_bounds(options.memory, address, size)) [[unlikely]] {
    return refuse_area(call, address, alignment);
  }
  return true;
}

}  // namespace wisp::component
