#include "wasi/io/error.h"

#include <cstring>

namespace wisp::wasi::error {

std::string to_debug_string(component::HostCall&, WasiContext&, IoError& self) {
  return std::string(std::strerror(self.error_number())) + " (os error " +
         std::to_string(self.error_number()) + ")";
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_resource<IoError>("error"),
    component::host_function<&to_debug_string>("[method]error.to-debug-string"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:io/error", "0.2.12", kItems};

}  // namespace wisp::wasi::error
