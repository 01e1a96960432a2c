// wasi:sockets/ip-name-lookup: what a host name stands for.
//
// The network is asked by a DnsLookup (platform/dns_lookup.h), which is made when the first name is
// looked up that is not an address, and not before. The policy of the context says which names may
// be asked for, and learns what they stand for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/dns_lookup.h"
#include "platform/source.h"
#include "wasi/pollable.h"
#include "wasi/sockets/network.h"

namespace wisp::wasi::sockets::ip_name_lookup {

// The addresses of one name, once they are known. Dropping it ends the lookup.
class ResolveAddressStream final : public component::HostResource {
 public:
  // Of an address that is its own name.
  explicit ResolveAddressStream(const SocketAddress& address);
  // Asks whoever knows. `name` is one of HostName.
  ResolveAddressStream(WasiContext& context, std::string name, bool is_absolute);
  ~ResolveAddressStream() override;

  bool pending() const { return pending_; }
  const std::optional<ErrorCode>& error() const { return error_; }
  // Of a stream that is not pending. The error is the same each time.
  SocketResult<std::optional<IpAddress>> next();

  bool ready() const { return !pending_; }
  void arm(EventLoop&) {}  // the lookup is on its way
  Source& source() { return source_; }

 private:
  static void completed(void* self);
  void take_outcome();

  WasiContext* context_ = nullptr;
  std::string name_;
  std::unique_ptr<DnsLookup> lookup_;
  bool pending_ = false;
  std::optional<ErrorCode> error_;
  std::vector<SocketAddress> addresses_;
  size_t given_ = 0;
  Source source_;
};

SocketResult<std::unique_ptr<ResolveAddressStream>> resolve_addresses(HostCall& call,
                                                                      WasiContext& context,
                                                                      Network& network,
                                                                      std::string_view name);
SocketResult<std::optional<IpAddress>> resolve_next_address(HostCall& call, WasiContext& context,
                                                            ResolveAddressStream& self);
std::unique_ptr<Pollable> subscribe(HostCall& call, WasiContext& context,
                                    ResolveAddressStream& self);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::sockets::ip_name_lookup
