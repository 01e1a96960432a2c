// HostName: what a guest or a rule calls a host, told apart and in one form: an address, or a name
// in ASCII and lower case.
//
// The forms of addresses are those of inet_aton and inet_pton, IPv6 also in brackets. A name whose
// last part is a number is an address or nothing, as https://url.spec.whatwg.org/#host-parsing has
// it, so that no name is one thing here and another one for the resolver. Unicode names are mapped
// by UTS 46 and then encoded by IDNA; what they become counts, which may be an address.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "platform/socket_address.h"

namespace wisp::wasi::sockets {

struct HostName {
  std::optional<SocketAddress> address;  // or a name:
  std::string name;                      // without a dot at its end
  bool is_absolute = false;              // there was one: search domains do not count
};

// Nothing: no host can be called that.
std::optional<HostName> parse_host_name(std::string_view text);

}  // namespace wisp::wasi::sockets
