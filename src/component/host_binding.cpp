// Where a host function's trap is handed to the store.
#include "component/host_binding.h"

namespace wisp::component {

jit::TrapCode HostCall::report() {
  // Where the guest below trapped (in realloc), the store has the text and the backtrace already.
  if (trap_message() != nullptr) environment_->store->set_trap(code(), *trap_message());
  return code();
}

}  // namespace wisp::component
