// The options of sockets, by the rules of the WIT: 0 is an invalid argument, what the kernel cannot
// take is clamped and never an error, and what is read back is what was set where that was
// possible.
#pragma once

#include <cstdint>

#include "wasi/sockets/socket.h"

namespace wisp::wasi::sockets {

SocketResult<bool> keep_alive_enabled(const Socket& socket);
SocketResult<void> set_keep_alive_enabled(const Socket& socket, bool value);

// Nanoseconds; the kernel counts seconds.
SocketResult<uint64_t> keep_alive_idle_time(const Socket& socket);
SocketResult<void> set_keep_alive_idle_time(const Socket& socket, uint64_t value);
SocketResult<uint64_t> keep_alive_interval(const Socket& socket);
SocketResult<void> set_keep_alive_interval(const Socket& socket, uint64_t value);

SocketResult<uint32_t> keep_alive_count(const Socket& socket);
SocketResult<void> set_keep_alive_count(const Socket& socket, uint32_t value);

SocketResult<uint8_t> hop_limit(const Socket& socket);
SocketResult<void> set_hop_limit(const Socket& socket, uint8_t value);

SocketResult<uint64_t> receive_buffer_size(const Socket& socket);
SocketResult<void> set_receive_buffer_size(const Socket& socket, uint64_t value);
SocketResult<uint64_t> send_buffer_size(const Socket& socket);
SocketResult<void> set_send_buffer_size(const Socket& socket, uint64_t value);

}  // namespace wisp::wasi::sockets
