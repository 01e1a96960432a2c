#include "jit/runtime/code_arena.h"

#include <cstring>
#include <utility>

namespace wisp::jit {

Result<CodeArena> CodeArena::publish(std::span<const uint8_t> text) {
  if (text.empty()) return CodeArena();
  size_t room = round_up_to_granule(text.size());
  Reservation memory = WISP_TRY(Reservation::reserve(room));
  WISP_TRY(memory.protect(0, room, PageAccess::kReadWrite));
  std::memcpy(memory.base(), text.data(), text.size());
  return publish(std::move(memory), text.size());
}

Result<CodeArena> CodeArena::publish(Reservation memory, size_t text_bytes) {
  CodeArena arena;
  if (text_bytes == 0) return arena;
  size_t room = round_up_to_granule(text_bytes);
  memory.trim(room);
  WISP_TRY(memory.protect(0, room, PageAccess::kReadExecute));
  char* begin = reinterpret_cast<char*>(memory.base());
  __builtin___clear_cache(begin, begin + text_bytes);
  arena.memory_ = std::move(memory);
  arena.size_bytes_ = text_bytes;
  return arena;
}

}  // namespace wisp::jit
