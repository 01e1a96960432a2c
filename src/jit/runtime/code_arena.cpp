#include "jit/runtime/code_arena.h"

#include <cstring>

namespace wisp::jit {

Result<CodeArena> CodeArena::publish(std::span<const uint8_t> text) {
  CodeArena arena;
  if (text.empty()) return arena;
  size_t room = round_up_to_granule(text.size());
  arena.memory_ = WISP_TRY(Reservation::reserve(room));
  arena.size_bytes_ = text.size();
  WISP_TRY(arena.memory_.protect(0, room, PageAccess::kReadWrite));
  std::memcpy(arena.memory_.base(), text.data(), text.size());
  WISP_TRY(arena.memory_.protect(0, room, PageAccess::kReadExecute));
  char* begin = reinterpret_cast<char*>(arena.memory_.base());
  __builtin___clear_cache(begin, begin + text.size());
  return arena;
}

}  // namespace wisp::jit
