// Sockets that listen before a guest runs, for those that cannot make any (preview 1).
#pragma once

#include <string_view>

#include "platform/result.h"

namespace wisp::wasi::sockets {

// Listens now at "127.0.0.1:8080" or "[::1]:80"; the number of the socket, which is the caller's.
// Error kUsage: that is no address with a port; kIo.
Result<int> listen_tcp(std::string_view address);

}  // namespace wisp::wasi::sockets
