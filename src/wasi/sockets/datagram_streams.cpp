#include "wasi/sockets/datagram_streams.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "wasi/sockets/udp_socket.h"

namespace wisp::wasi::sockets {

namespace {

// Of one call of the kernel.
constexpr size_t kMostDatagrams = WasiContext::kDatagramSlots;
// What the length in a datagram's header can say.
constexpr size_t kMostDatagramBytes = 65'535;

// An error that the network reported about a datagram of before, when the socket had a peer, is
// told once and says nothing about this call.
bool may_be_about_another(int error_number) {
  return error_number == ECONNREFUSED || error_number == EHOSTUNREACH ||
         error_number == ENETUNREACH || error_number == EHOSTDOWN;
}

template <class Call>
int call_datagrams(UdpSocket& socket, Call call) {
  IoFaults* faults = socket.context().loop.faults();
  if (faults != nullptr && faults->take_again()) [[unlikely]]
    return -EAGAIN;
  bool is_repeated = socket.peer().has_value();
  for (;;) {
    const int count = call();
    if (count >= 0) return count;
    if (errno == EINTR) continue;
    if (is_repeated || !may_be_about_another(errno)) return -errno;
    is_repeated = true;
  }
}

}  // namespace

IncomingDatagramStream::IncomingDatagramStream(UdpSocket& socket) : socket_(socket) {
  set_parent(socket);
}

IncomingDatagramStream::~IncomingDatagramStream() { socket_.gone(*this); }

SocketResult<std::vector<IncomingDatagram>> IncomingDatagramStream::receive(uint64_t max_results) {
  if (!socket_.is_current(*this)) return failure(ErrorCode::kInvalidState);
  std::vector<IncomingDatagram> results;
  if (max_results == 0) return results;
  int count;
  do {
    count = receive_some(max_results, results);
  } while (count > 0 && results.empty());  // all were of others
  readiness_.consume();
  if (count < 0 && count != -EAGAIN) return failure(-count);
  return results;
}

// How many datagrams the kernel gave; those of the peer are appended.
int IncomingDatagramStream::receive_some(uint64_t max_results,
                                         std::vector<IncomingDatagram>& results) {
  const std::span<uint8_t> slots = socket_.context().datagram_slots();
  std::array<mmsghdr, kMostDatagrams> messages;
  std::array<iovec, kMostDatagrams> parts;
  std::array<sockaddr_in6, kMostDatagrams> addresses;
  const size_t most = std::min<uint64_t>(max_results, kMostDatagrams);
  for (size_t i = 0; i < most; i++) {
    parts[i] = {slots.data() + i * WasiContext::kDatagramSlotBytes,
                WasiContext::kDatagramSlotBytes};
    messages[i] = {};
    messages[i].msg_hdr.msg_name = &addresses[i];
    messages[i].msg_hdr.msg_namelen = sizeof addresses[i];
    messages[i].msg_hdr.msg_iov = &parts[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  const int count = call_datagrams(socket_, [&] {
    return ::recvmmsg(socket_.socket()->number(), messages.data(), static_cast<unsigned>(most),
                      MSG_DONTWAIT, nullptr);
  });
  for (int i = 0; i < count; i++) {
    const auto at = static_cast<size_t>(i);
    const auto from = SocketAddress::from(reinterpret_cast<sockaddr*>(&addresses[at]),
                                          messages[at].msg_hdr.msg_namelen);
    // What waited when the peer was fixed may be of anybody.
    if (!from || (socket_.peer() && !socket_.has_peer(*from))) continue;
    const std::span<const uint8_t> data{static_cast<uint8_t*>(parts[at].iov_base),
                                        messages[at].msg_len};
    results.push_back({data, to_ip_socket_address(*from)});
  }
  return count;
}

bool IncomingDatagramStream::ready() const {
  return readiness_.ready() || !socket_.is_current(*this);
}

void IncomingDatagramStream::arm(EventLoop& loop) {
  readiness_.arm(loop, socket_.socket()->number(), POLLIN, socket_.socket());
}

OutgoingDatagramStream::OutgoingDatagramStream(UdpSocket& socket) : socket_(socket) {
  set_parent(socket);
}

OutgoingDatagramStream::~OutgoingDatagramStream() { socket_.gone(*this); }

SocketResult<uint64_t> OutgoingDatagramStream::check_send() {
  permit_ = 0;
  if (!socket_.is_current(*this)) return failure(ErrorCode::kInvalidState);
  if (is_full_) is_full_ = !readiness_.ready() && !socket_.socket()->has_events(POLLOUT);
  permit_ = is_full_ ? 0 : kMostDatagrams;
  return permit_;
}

struct OutgoingDatagramStream::Batch {
  size_t count = 0;
  std::array<mmsghdr, kMostDatagrams> messages;
  std::array<iovec, kMostDatagrams> parts;
  std::array<SocketAddress, kMostDatagrams> addresses;
};

// Why it cannot be sent.
std::optional<ErrorCode> OutgoingDatagramStream::add(const OutgoingDatagram& datagram,
                                                     Batch& batch) {
  if (datagram.data.size() > kMostDatagramBytes) return ErrorCode::kDatagramTooLarge;
  mmsghdr& message = batch.messages[batch.count];
  message = {};
  if (datagram.remote_address) {
    SocketAddress& address = batch.addresses[batch.count];
    address = to_socket_address(*datagram.remote_address);
    if (!socket_.socket()->has_family_of(address) || address.is_unspecified() ||
        address.port() == 0 || (socket_.peer() && !socket_.has_peer(address)))
      return ErrorCode::kInvalidArgument;
    if (!socket_.peer()) {
      if (!socket_.context().network.allows(NetworkUse::kUdpSend, address))
        return ErrorCode::kAccessDenied;
      message.msg_hdr.msg_name = const_cast<sockaddr*>(address.data());
      message.msg_hdr.msg_namelen = address.size();
    }
  } else if (!socket_.peer()) {
    return ErrorCode::kInvalidArgument;
  }
  batch.parts[batch.count] = {const_cast<uint8_t*>(datagram.data.data()), datagram.data.size()};
  message.msg_hdr.msg_iov = &batch.parts[batch.count];
  message.msg_hdr.msg_iovlen = 1;
  batch.count++;
  return std::nullopt;
}

int OutgoingDatagramStream::send_some(Batch& batch) {
  return call_datagrams(socket_, [&] {
    return ::sendmmsg(socket_.socket()->number(), batch.messages.data(),
                      static_cast<unsigned>(batch.count), MSG_DONTWAIT | MSG_NOSIGNAL);
  });
}

SocketResult<uint64_t> OutgoingDatagramStream::send(std::span<const OutgoingDatagram> datagrams) {
  permit_ = 0;
  if (!socket_.is_current(*this)) return failure(ErrorCode::kInvalidState);
  if (datagrams.empty()) return uint64_t{0};
  Batch batch;
  for (const OutgoingDatagram& datagram : datagrams) {
    const auto reason = add(datagram, batch);
    if (!reason) continue;
    if (batch.count == 0) return failure(*reason);
    break;
  }
  const int count = send_some(batch);
  is_full_ = count == -EAGAIN;
  readiness_.consume();
  if (is_full_) return uint64_t{0};
  if (count < 0) return failure(-count);
  return static_cast<uint64_t>(count);
}

bool OutgoingDatagramStream::ready() const {
  return !is_full_ || readiness_.ready() || !socket_.is_current(*this);
}

void OutgoingDatagramStream::arm(EventLoop& loop) {
  readiness_.arm(loop, socket_.socket()->number(), POLLOUT, socket_.socket());
}

}  // namespace wisp::wasi::sockets
