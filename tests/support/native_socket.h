// Sockets of the test itself, for guests to talk to.
#pragma once

#include <cstdint>
#include <string>
#include <thread>

namespace wisp::test {

// TCP, at the loopback address. Calls block; what must not fail throws std::runtime_error.
class NativeSocket {
 public:
  // Listens at a free port.
  static NativeSocket listening();
  static NativeSocket connected_to(uint16_t port);

  explicit NativeSocket(int number) : number_(number) {}
  NativeSocket(NativeSocket&& other) noexcept : number_(other.number_) { other.number_ = -1; }
  NativeSocket& operator=(NativeSocket&&) = delete;
  ~NativeSocket() { close(); }

  int number() const { return number_; }
  uint16_t port() const;
  NativeSocket accept() const;
  void set_buffer_sizes(int bytes) const;

  void send(const std::string& bytes) const;
  void end_of_sending() const;
  // Up to the end. `part`: so many bytes at a time. A reset throws.
  std::string receive_all(size_t part = 65536) const;
  bool was_reset() const;  // waits until it ended, either way
  void close();
  // The peer is told that the connection is no more, whatever was sent.
  void reset();

 private:
  int number_;
};

// Takes connections in pairs; the second of a pair asks for the first to be reset, which the end of
// the second confirms.
class ResettingPeer {
 public:
  ResettingPeer();
  ~ResettingPeer();
  uint16_t port() const { return port_; }

 private:
  void run();

  NativeSocket listener_;
  uint16_t port_;
  std::thread thread_;
};

}  // namespace wisp::test
