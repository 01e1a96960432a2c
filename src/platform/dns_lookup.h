// DnsLookup: the addresses of one host name, from /etc/hosts and the name servers of the system, in
// the order of preference of RFC 6724, as getaddrinfo gives them.
//
//   1. It begins when it is made. Where no server has to be asked it has ended at once.
//   2. Else the loop watches its sockets and the time; no thread waits, and nothing is cached.
//   3. It tells its owner once, on a turn of the loop. Destroying it earlier cancels it.
//
// c-ares does the asking. Each lookup has a channel of its own: so it can be cancelled alone, a
// change of /etc/resolv.conf counts from the next one on, and each comes from another random port,
// which makes answers harder to forge. A channel takes 80 KiB until the lookup has ended.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "platform/event_loop.h"
#include "platform/socket_address.h"

namespace wisp {

enum class DnsStatus : uint8_t {
  kPending,
  kFound,
  kNotFound,          // there is no such name, or it has no addresses
  kTemporaryFailure,  // nobody answered, or none that could
  kPermanentFailure,
  kOutOfMemory,
};

// Who counts the descriptors that a lookup opens.
struct DescriptorCounter {
  bool (*take)(void* environment) = [](void*) { return true; };
  void (*give_back)(void* environment) = [](void*) {};
  void* environment = nullptr;
};

struct DnsOptions {
  std::vector<SocketAddress> servers;  // instead of those of the system, where there are any
  uint32_t timeout_ms = 5000;          // of the first attempt; the next have twice as much each
  uint32_t attempts = 2;               // with each server
};

class DnsLookup {
 public:
  // Of answers over TCP; over UDP they have 512 bytes. Some 500 addresses: who connects tries the
  // first few.
  static constexpr size_t kMostAnswerBytes = 8 << 10;
  // What a lookup holds at most: a name in an answer may be two bytes there and 255 here.
  static constexpr uint32_t kMostBytes = 512 << 10;

  using Callback = void (*)(void* environment);

  // `name` is ASCII. `done` is told if the lookup is pending when it has been made.
  DnsLookup(EventLoop& loop, const DnsOptions& options, const DescriptorCounter& descriptors,
            const std::string& name, Callback done, void* environment);
  ~DnsLookup();
  DnsLookup(const DnsLookup&) = delete;
  DnsLookup& operator=(const DnsLookup&) = delete;

  DnsStatus status() const { return status_; }
  // Of a lookup that found any; their ports are 0. IPv4 addresses come as such.
  std::span<const SocketAddress> addresses() const { return addresses_; }

 private:
  class Channel;

  void process(int readable, int writable);
  void settle();
  void end(DnsStatus status);

  EventLoop& loop_;
  Callback done_;
  void* environment_;
  DnsStatus status_ = DnsStatus::kPending;
  std::vector<SocketAddress> addresses_;
  std::unique_ptr<Channel> channel_;
  Timer timer_;
};

}  // namespace wisp
