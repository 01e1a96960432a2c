#include "wasi/trap_stubs.h"

#include <string>

namespace wisp::wasi {

void trap_not_there_yet(component::HostCall& call, std::string_view interface,
                        std::string_view function) {
  call.trap(std::string(interface) + ": " + std::string(function) + " is not there yet");
}

}  // namespace wisp::wasi
