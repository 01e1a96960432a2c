// Checks of our own invariants. A failed check is a bug of Wisp and aborts; guest input must never
// reach one.
//
// WISP_CHECK stays in every build; WISP_DCHECK only where NDEBUG is not defined.
#pragma once

namespace wisp {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace wisp

#define WISP_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::wisp::check_failed(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define WISP_DCHECK(condition) static_cast<void>(sizeof((condition) ? 1 : 0))
#else
#define WISP_DCHECK(condition) WISP_CHECK(condition)
#endif
