// The two streams of a connection. They are children of the socket, and know whether the socket was
// shut down.
//
// Input: one call of the kernel per read, and a wait where it has nothing; a connection of many
// short messages is received from ahead of the reads, where the kernel can. Output: what the kernel
// takes at once goes there straight from the guest's memory; the rest is sent in the background,
// and until that is done there is no permit: so a flush has nothing to do.
#pragma once

#include <memory>
#include <span>

#include "platform/receiver.h"
#include "wasi/io/readiness.h"
#include "wasi/io/streams.h"
#include "wasi/sockets/background_write.h"
#include "wasi/sockets/socket.h"

namespace wisp::wasi::sockets {

class TcpSocket;

class TcpInputStream final : public InputStream {
 public:
  TcpInputStream(TcpSocket& parent, WasiContext& context, std::shared_ptr<const Socket> socket);
  ~TcpInputStream() override;

  // The parent goes first, which only happens on the way into a table that is full.
  void orphan();
  // From now on it is closed.
  void shut();

  KernelEnd kernel_end() override;
  void moved_in_kernel() override { readiness_.consume(); }

 protected:
  Transfer do_read(std::span<uint8_t> buffer) override;
  bool do_ready() override;
  void do_arm(EventLoop& loop) override;
  Source& do_source() override { return readiness_.source(); }

 private:
  // With what the loop has of it.
  static constexpr uint32_t kSizeBytes = 1024;

  TcpSocket* parent_;
  WasiContext& context_;
  std::shared_ptr<const Socket> socket_;
  Readiness readiness_;
  Receiver receiver_{readiness_.source()};
};

class TcpOutputStream final : public OutputStream {
 public:
  // `budget` may be null.
  TcpOutputStream(TcpSocket& parent, WasiContext& context, std::shared_ptr<const Socket> socket,
                  MemoryBudget* budget);
  // What was accepted is still sent, and then the peer is told that nothing follows.
  ~TcpOutputStream() override;

  void orphan();
  // From now on it is closed; the peer is told when it has got everything.
  void shut();

  KernelEnd kernel_end() override;

 protected:
  Transfer do_check_write() override;
  Transfer do_write(std::span<const uint8_t> contents) override;
  Transfer do_flush() override;
  bool do_ready() override { return write_ == nullptr; }
  void do_arm(EventLoop&) override {}  // a background write is always armed
  Source& do_source() override { return source_; }

 private:
  static constexpr uint64_t kPermitBytes = BackgroundWrite::kMostBytes;

  static void write_ended(void* self, int status);
  Transfer outcome();

  TcpSocket* parent_;
  WasiContext& context_;
  std::shared_ptr<const Socket> socket_;
  MemoryBudget* budget_;
  BackgroundWrite* write_ = nullptr;  // while something is left to be sent
  int failure_ = 0;                   // of the last one: an errno that the guest was not told yet
  Source source_;
};

}  // namespace wisp::wasi::sockets
