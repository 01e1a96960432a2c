#include "wasi/sockets/ip_name_lookup.h"

#include <utility>

#include "wasi/sockets/host_name.h"

namespace wisp::wasi::sockets::ip_name_lookup {

namespace {

// At a time, of one guest: each holds memory, descriptors and the attention of a server.
constexpr uint32_t kMostLookups = 256;

ErrorCode error_code_of(DnsStatus status) {
  switch (status) {
    case DnsStatus::kNotFound:
      return ErrorCode::kNameUnresolvable;
    case DnsStatus::kTemporaryFailure:
      return ErrorCode::kTemporaryResolverFailure;
    case DnsStatus::kOutOfMemory:
      return ErrorCode::kOutOfMemory;
    case DnsStatus::kPermanentFailure:
    case DnsStatus::kPending:
    case DnsStatus::kFound:
      break;
  }
  return ErrorCode::kPermanentResolverFailure;
}

DescriptorCounter counter_of(DescriptorBudget& budget) {
  return {[](void* self) { return static_cast<DescriptorBudget*>(self)->take(); },
          [](void* self) { static_cast<DescriptorBudget*>(self)->give_back(); }, &budget};
}

}  // namespace

ResolveAddressStream::ResolveAddressStream(const SocketAddress& address) : addresses_{address} {}

ResolveAddressStream::ResolveAddressStream(WasiContext& context, std::string name, bool is_absolute)
    : HostResource(DnsLookup::kMostBytes), context_(&context), name_(std::move(name)) {
  pending_ = true;
  context.pending_lookups++;
  // RFC 6761, 6.3: it is the same with and without the dot, and asks no server.
  const bool needs_dot = is_absolute && name_ != "localhost";
  lookup_ = std::make_unique<DnsLookup>(context.loop, context.dns, counter_of(context.descriptors),
                                        needs_dot ? name_ + "." : name_,
                                        &ResolveAddressStream::completed, this);
  if (lookup_->status() != DnsStatus::kPending) take_outcome();
}

ResolveAddressStream::~ResolveAddressStream() {
  if (pending_) context_->pending_lookups--;
}

void ResolveAddressStream::completed(void* self) {
  auto* stream = static_cast<ResolveAddressStream*>(self);
  stream->take_outcome();
  stream->source_.notify();
}

void ResolveAddressStream::take_outcome() {
  pending_ = false;
  context_->pending_lookups--;
  if (lookup_->status() != DnsStatus::kFound) {
    error_ = error_code_of(lookup_->status());
    return;
  }
  addresses_.assign(lookup_->addresses().begin(), lookup_->addresses().end());
  context_->network.resolved(name_, addresses_);
}

SocketResult<std::optional<IpAddress>> ResolveAddressStream::next() {
  if (error_) return failure(*error_);
  if (given_ == addresses_.size()) return std::optional<IpAddress>();
  return std::optional<IpAddress>(to_ip_address(addresses_[given_++]));
}

SocketResult<std::unique_ptr<ResolveAddressStream>> resolve_addresses(HostCall&,
                                                                      WasiContext& context,
                                                                      Network&,
                                                                      std::string_view name) {
  std::optional<HostName> host = parse_host_name(name);
  if (!host) return failure(ErrorCode::kInvalidArgument);
  if (host->address) {
    if (!context.network.allows_lookup(*host->address))
      return failure(ErrorCode::kPermanentResolverFailure);
    return std::make_unique<ResolveAddressStream>(*host->address);
  }
  if (!context.network.allows_lookup(host->name))
    return failure(ErrorCode::kPermanentResolverFailure);
  if (context.pending_lookups >= kMostLookups) return failure(ErrorCode::kTemporaryResolverFailure);
  auto stream =
      std::make_unique<ResolveAddressStream>(context, std::move(host->name), host->is_absolute);
  if (stream->error()) return failure(*stream->error());
  return stream;
}

// Whoever asks again and again gets there too.
SocketResult<std::optional<IpAddress>> resolve_next_address(HostCall&, WasiContext& context,
                                                            ResolveAddressStream& self) {
  if (self.pending()) context.loop.glance();
  if (self.pending()) return failure(ErrorCode::kWouldBlock);
  return self.next();
}

std::unique_ptr<Pollable> subscribe(HostCall&, WasiContext&, ResolveAddressStream& self) {
  return std::make_unique<ResourcePollable<ResolveAddressStream>>(self);
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_resource<ResolveAddressStream>("resolve-address-stream"),
    component::host_function<&resolve_addresses>("resolve-addresses"),
    component::host_function<&resolve_next_address>(
        "[method]resolve-address-stream.resolve-next-address"),
    component::host_function<&subscribe>("[method]resolve-address-stream.subscribe"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:sockets/ip-name-lookup", "0.2.12", kItems};

}  // namespace wisp::wasi::sockets::ip_name_lookup
