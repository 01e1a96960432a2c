// Functions about the process as a whole.
#include "platform/entropy.h"
#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

void proc_exit(Call& call, uint32_t status) { call.exit(status); }

// There is nobody who could handle it.
int proc_raise(Call&, Signal) { return -ENOTSUP; }

// Nothing else runs.
int sched_yield(Call&) { return 0; }

int random_get(Call& call, Array<uint8_t> buf) {
  const uint64_t most = call.context().max_random_size;
  if (buf.count > most) {
    return call.trap("requested " + std::to_string(buf.count) + " random bytes, the limit is " +
                     std::to_string(most) + " (-S max-random-size=N)");
  }
  uint8_t* memory = call.bytes(buf);
  if (memory == nullptr) return Call::kTrapped;
  fill_random({memory, buf.count});
  return 0;
}

}  // namespace wisp::wasi::preview1
