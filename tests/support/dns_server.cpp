#include "tests/support/dns_server.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace wisp::test {

namespace {

constexpr size_t kHeaderBytes = 12;

void append16(Packet& packet, uint16_t number) {
  packet.push_back(static_cast<uint8_t>(number >> 8));
  packet.push_back(static_cast<uint8_t>(number));
}

uint16_t read16(const Packet& packet, size_t at) {
  return static_cast<uint16_t>(packet[at] << 8 | packet[at + 1]);
}

Packet encoded(std::string_view name) {
  Packet labels;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    labels.push_back(static_cast<uint8_t>(label.size()));
    labels.insert(labels.end(), label.begin(), label.end());
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  labels.push_back(0);
  return labels;
}

DnsQuery parse(Packet packet, bool is_tcp) {
  DnsQuery query{std::move(packet), "", 0, is_tcp};
  size_t at = kHeaderBytes;
  while (at < query.packet.size() && query.packet[at] != 0) {
    const size_t size = query.packet[at];
    if (at + 1 + size > query.packet.size()) return query;
    if (!query.name.empty()) query.name += '.';
    query.name.append(query.packet.begin() + static_cast<ptrdiff_t>(at + 1),
                      query.packet.begin() + static_cast<ptrdiff_t>(at + 1 + size));
    at += 1 + size;
  }
  if (at + 3 <= query.packet.size()) query.type = read16(query.packet, at + 1);
  return query;
}

int listening_socket(int type, uint16_t port, SocketAddress& bound) {
  const int descriptor = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  const SocketAddress wanted = SocketAddress::ipv4({127, 0, 0, 1}, port);
  sockaddr_in6 storage = {};
  socklen_t size = sizeof storage;
  auto* name = reinterpret_cast<sockaddr*>(&storage);
  if (::bind(descriptor, wanted.data(), wanted.size()) != 0 ||
      ::getsockname(descriptor, name, &size) != 0) {
    ::close(descriptor);
    return -1;
  }
  bound = *SocketAddress::from(name, size);
  if (type == SOCK_STREAM) ::listen(descriptor, 16);
  return descriptor;
}

// False: the connection, or the server, is to end.
bool read_exactly(int descriptor, int stop, uint8_t* to, size_t size) {
  while (size > 0) {
    pollfd polled[] = {{stop, POLLIN, 0}, {descriptor, POLLIN, 0}};
    ::poll(polled, std::size(polled), -1);
    if (polled[0].revents != 0) return false;
    const ssize_t count = ::recv(descriptor, to, size, 0);
    if (count <= 0) return false;
    to += count;
    size -= static_cast<size_t>(count);
  }
  return true;
}

}  // namespace

// -- DnsAnswer ------------------------------------------------------------------------------------

DnsAnswer::DnsAnswer(const DnsQuery& query)
    : header_(query.packet.begin(), query.packet.begin() + kHeaderBytes),
      question_(encoded(query.name)) {
  append16(question_, query.type);
  append16(question_, 1);  // IN
  header_[2] = 0x85;       // an authoritative answer; recursion was desired
  header_[3] = 0x80;
  for (size_t i = 6; i < kHeaderBytes; i++) header_[i] = 0;
}

DnsAnswer& DnsAnswer::id(uint16_t id) {
  header_[0] = static_cast<uint8_t>(id >> 8);
  header_[1] = static_cast<uint8_t>(id);
  return *this;
}

DnsAnswer& DnsAnswer::code(uint8_t code) {
  header_[3] = static_cast<uint8_t>((header_[3] & 0xf0) | code);
  return *this;
}

DnsAnswer& DnsAnswer::truncated() {
  header_[2] |= 0x02;
  return *this;
}

DnsAnswer& DnsAnswer::question(std::string_view name) {
  Packet other = encoded(name);
  other.insert(other.end(), question_.end() - 4, question_.end());
  question_ = std::move(other);
  return *this;
}

DnsAnswer& DnsAnswer::record(uint16_t type, const Packet& data, std::string_view owner) {
  if (owner.empty()) {
    append16(records_, 0xc000 | kHeaderBytes);  // the name of the question
  } else {
    const Packet name = encoded(owner);
    records_.insert(records_.end(), name.begin(), name.end());
  }
  append16(records_, type);
  append16(records_, 1);
  append16(records_, 0);  // lives 60 s
  append16(records_, 60);
  append16(records_, static_cast<uint16_t>(data.size()));
  records_.insert(records_.end(), data.begin(), data.end());
  count_++;
  return *this;
}

DnsAnswer& DnsAnswer::address(std::string_view address, std::string_view owner) {
  const auto parsed = SocketAddress::parse(address);
  if (!parsed) throw std::runtime_error("no address: " + std::string(address));
  const auto bytes = parsed->bytes();
  return record(parsed->is_ipv4() ? kTypeA : kTypeAaaa, Packet(bytes.begin(), bytes.end()), owner);
}

DnsAnswer& DnsAnswer::alias(std::string_view target, std::string_view owner) {
  return record(kTypeCname, encoded(target), owner);
}

Packet DnsAnswer::packet() const {
  Packet packet = header_;
  packet[5] = 1;
  packet[6] = static_cast<uint8_t>(count_ >> 8);
  packet[7] = static_cast<uint8_t>(count_);
  packet.insert(packet.end(), question_.begin(), question_.end());
  packet.insert(packet.end(), records_.begin(), records_.end());
  return packet;
}

// -- DnsServer ------------------------------------------------------------------------------------

DnsServer::DnsServer(Behaviour behaviour) : behaviour_(std::move(behaviour)) {
  // A port that is free for UDP may be taken for TCP.
  for (int attempt = 0; attempt < 100 && tcp_ < 0; attempt++) {
    if (udp_ >= 0) ::close(udp_);
    udp_ = listening_socket(SOCK_DGRAM, 0, address_);
    SocketAddress same;
    tcp_ = listening_socket(SOCK_STREAM, address_.port(), same);
  }
  if (tcp_ < 0 || ::pipe(stop_) != 0) throw std::runtime_error("no port for a name server");
  thread_ = std::thread([this] { run(); });
}

DnsServer::~DnsServer() {
  ::close(stop_[1]);
  thread_.join();
  for (const int descriptor : {udp_, tcp_, stop_[0]}) ::close(descriptor);
}

void DnsServer::run() {
  for (;;) {
    pollfd polled[] = {{stop_[0], POLLIN, 0}, {udp_, POLLIN, 0}, {tcp_, POLLIN, 0}};
    ::poll(polled, std::size(polled), -1);
    if (polled[0].revents != 0) return;
    if (polled[1].revents != 0) answer_datagram();
    if (polled[2].revents != 0) answer_connection();
  }
}

void DnsServer::answer_datagram() {
  Packet packet(4096);
  sockaddr_in6 peer = {};
  socklen_t size = sizeof peer;
  auto* name = reinterpret_cast<sockaddr*>(&peer);
  const ssize_t count = ::recvfrom(udp_, packet.data(), packet.size(), 0, name, &size);
  if (count < static_cast<ssize_t>(kHeaderBytes)) return;
  packet.resize(static_cast<size_t>(count));
  queries_++;
  for (const Packet& answer : behaviour_(parse(std::move(packet), false))) {
    ::sendto(udp_, answer.data(), answer.size(), 0, name, size);
  }
}

void DnsServer::answer_connection() {
  const int connection = ::accept4(tcp_, nullptr, nullptr, SOCK_CLOEXEC);
  if (connection < 0) return;
  // Both questions come over one connection; who asks closes it.
  uint8_t length[2];
  while (read_exactly(connection, stop_[0], length, 2)) {
    Packet packet(static_cast<size_t>(length[0] << 8 | length[1]));
    if (packet.size() < kHeaderBytes ||
        !read_exactly(connection, stop_[0], packet.data(), packet.size())) {
      break;
    }
    queries_++;
    const std::vector<Packet> answers = behaviour_(parse(std::move(packet), true));
    if (answers.empty()) break;
    for (const Packet& answer : answers) {
      Packet framed;
      append16(framed, static_cast<uint16_t>(answer.size()));
      framed.insert(framed.end(), answer.begin(), answer.end());
      ::send(connection, framed.data(), framed.size(), MSG_NOSIGNAL);
    }
  }
  ::close(connection);
}

// -- Behaviours -----------------------------------------------------------------------------------

namespace dns {

DnsServer::Behaviour addresses(std::vector<std::string> addresses) {
  return [addresses = std::move(addresses)](const DnsQuery& query) -> std::vector<Packet> {
    DnsAnswer answer(query);
    for (const std::string& address : addresses) {
      const bool is_ipv4 = address.find(':') == std::string::npos;
      if (is_ipv4 == query.asks_a()) answer.address(address);
    }
    return {answer.packet()};
  };
}

DnsServer::Behaviour code(uint8_t code) {
  return [code](const DnsQuery& query) -> std::vector<Packet> {
    return {DnsAnswer(query).code(code).packet()};
  };
}

std::vector<Packet> silence(const DnsQuery&) { return {}; }

}  // namespace dns

}  // namespace wisp::test
