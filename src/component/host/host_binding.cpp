// Where a host function's trap is handed to the store.
#include "component/host/host_binding.h"

#include "component/instance/component_call.h"

namespace wisp::component {

jit::TrapCode HostCall::report() { return report_trap(*environment_->store, *this); }

}  // namespace wisp::component
