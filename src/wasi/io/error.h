// wasi:io/error: what a failed stream operation leaves behind, for a human and for the interface
// that it came from.
#pragma once

#include <string>

#include "component/host/host_binding.h"

namespace wisp::wasi {

class WasiContext;

// Which interface's error codes describe the error.
enum class ErrorOrigin : uint8_t { kStream, kFilesystem, kSockets, kHttp };

class IoError : public component::HostResource {
 public:
  IoError(ErrorOrigin origin, int error_number) : origin_(origin), error_number_(error_number) {}

  ErrorOrigin origin() const { return origin_; }
  int error_number() const { return error_number_; }  // errno

 private:
  ErrorOrigin origin_;
  int error_number_;
};

namespace error {

std::string to_debug_string(component::HostCall& call, WasiContext& context, IoError& self);

extern const component::HostInterface kInterface;

}  // namespace error
}  // namespace wisp::wasi
