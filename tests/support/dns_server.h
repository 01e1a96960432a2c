// A name server on a port of the loopback interface that does what the test says: it answers, lies,
// is silent. UDP and TCP, one thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "platform/socket_address.h"

namespace wisp::test {

using Packet = std::vector<uint8_t>;

constexpr uint16_t kTypeA = 1;
constexpr uint16_t kTypeCname = 5;
constexpr uint16_t kTypeAaaa = 28;

struct DnsQuery {
  Packet packet;
  std::string name;  // with dots
  uint16_t type = 0;
  bool is_tcp = false;

  bool asks_a() const { return type == kTypeA; }
};

// An answer to a query, written piece by piece. RFC 1035, 4.1.
class DnsAnswer {
 public:
  explicit DnsAnswer(const DnsQuery& query);

  DnsAnswer& id(uint16_t id);
  DnsAnswer& code(uint8_t code);  // 2: SERVFAIL, 3: NXDOMAIN ...
  DnsAnswer& truncated();
  DnsAnswer& question(std::string_view name);  // instead of the one that was asked
  // A record of the name that was asked, or of `owner`.
  DnsAnswer& record(uint16_t type, const Packet& data, std::string_view owner = {});
  DnsAnswer& address(std::string_view address, std::string_view owner = {});
  DnsAnswer& alias(std::string_view target, std::string_view owner = {});
  Packet packet() const;

 private:
  Packet header_;
  Packet question_;
  Packet records_;
  uint16_t count_ = 0;
};

class DnsServer {
 public:
  // What is sent back: any number of datagrams; over TCP one after the other, then the end. A
  // packet without bytes is sent as such over UDP.
  using Behaviour = std::function<std::vector<Packet>(const DnsQuery&)>;

  explicit DnsServer(Behaviour behaviour);
  ~DnsServer();

  SocketAddress address() const { return address_; }
  int queries() const { return queries_; }

 private:
  void run();
  void answer_datagram();
  void answer_connection();

  Behaviour behaviour_;
  SocketAddress address_;
  int udp_ = -1;
  int tcp_ = -1;
  int stop_[2] = {-1, -1};
  std::atomic<int> queries_ = 0;
  std::thread thread_;
};

// Behaviours that several tests need.
namespace dns {
// These addresses, each to those who ask for its type.
DnsServer::Behaviour addresses(std::vector<std::string> addresses);
DnsServer::Behaviour code(uint8_t code);
std::vector<Packet> silence(const DnsQuery& query);
}  // namespace dns

}  // namespace wisp::test
