// wasi:sockets/ip-name-lookup, as far as it goes today: it links, and calling a function traps with
// a message that names it.
#pragma once

#include "component/host/host_binding.h"

namespace wisp::wasi::sockets::ip_name_lookup {

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::sockets::ip_name_lookup
