// wasi:http, as far as it goes today: everything links, and calling a function traps with a message
// that names it.
#pragma once

#include <span>

#include "component/host/host_binding.h"

namespace wisp::wasi::http {

extern const std::span<const component::HostInterface> kInterfaces;

}  // namespace wisp::wasi::http
