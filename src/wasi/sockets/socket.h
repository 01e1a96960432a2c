// Socket: a socket of the kernel, as the resources of wasi:sockets use it. It never blocks, raises
// no SIGPIPE, and counts in the descriptor budget.
//
// Shared by the resource, its streams and what the loop still does with it; closed when the last of
// them is gone. Calls give bytes or a negated errno where the caller has to look at the errno, and
// else what the guest is told.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "platform/event_loop.h"
#include "platform/socket_address.h"
#include "wasi/filesystem/descriptor_budget.h"
#include "wasi/sockets/network.h"

namespace wisp::wasi::sockets {

enum class SocketType : uint8_t { kStream, kDatagram };

class Socket {
 public:
  static SocketResult<std::shared_ptr<const Socket>> make(WasiContext& context,
                                                          IpAddressFamily family, SocketType type);
  // Takes the ownership of the descriptor.
  Socket(int number, IpAddressFamily family, CountedDescriptor count)
      : number_(number), family_(family), count_(std::move(count)) {}
  ~Socket();
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  int number() const { return number_; }
  IpAddressFamily family() const { return family_; }
  // Whether the address is of this family. One that has an IPv4 address inside is not: the sockets
  // speak IPv6 only.
  bool has_family_of(const SocketAddress& address) const;

  // 0, or a negated errno.
  int bind(const SocketAddress& address) const;
  // A second call says what became of the first: -EALREADY while it goes on.
  int connect(const SocketAddress& address) const;
  int disconnect() const;
  int listen(uint32_t backlog) const;
  int shutdown(int how) const;
  // The connection that waits longest.
  SocketResult<std::shared_ptr<const Socket>> accept(WasiContext& context) const;

  SocketResult<SocketAddress> local_address() const;
  SocketResult<SocketAddress> remote_address() const;

  // Bytes, 0 at the end of what the peer sends, or a negated errno; -EAGAIN: not now.
  int32_t receive(std::span<uint8_t> buffer, IoFaults* faults) const;
  // Bytes, maybe fewer, or a negated errno; -EAGAIN: not now.
  int32_t send(std::span<const uint8_t> bytes, IoFaults* faults) const;
  // Whether one of these events of poll(2) holds, or an error.
  bool has_events(uint32_t events) const;

  // setsockopt(2) and getsockopt(2) with an int.
  int set_option(int level, int name, int value) const;
  SocketResult<int> option(int level, int name) const;

 private:
  int number_;
  IpAddressFamily family_;
  CountedDescriptor count_;
};

}  // namespace wisp::wasi::sockets
