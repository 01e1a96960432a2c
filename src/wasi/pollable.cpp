#include "wasi/pollable.h"

#include <utility>

#include "wasi/io/kept_wait_set.h"

namespace wisp::wasi {

void Pollable::set_keeper(KeptWaitSet* keeper) {
  KeptWaitSet* before = std::exchange(keeper_, keeper);
  watch_handle(keeper != nullptr);
  if (before != nullptr && before != keeper) before->forget();
}

}  // namespace wisp::wasi
