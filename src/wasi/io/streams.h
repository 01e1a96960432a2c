// wasi:io/streams: the two resources, which descriptors, files, sockets and bodies implement, and
// the host functions.
//
// An implementation supplies non-blocking steps (do_read, do_write ...) that give bytes or an
// errno; the base classes keep the protocol that every stream shares: an error is delivered once
// and closes the stream, end of stream is `closed`, a write needs a permit. Ready is computed from
// the state, never remembered; whoever makes a stream ready notifies its source.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <variant>

#include "component/host/host_binding.h"
#include "platform/kernel_transfer.h"
#include "wasi/context.h"
#include "wasi/io/error.h"
#include "wasi/pollable.h"

namespace wisp::wasi {

struct StreamError {
  std::variant<std::unique_ptr<IoError>, component::Unit> value;

  static StreamError closed() { return {component::Unit{}}; }
  bool is_closed() const { return value.index() == 1; }
};

template <class T>
using StreamResult = component::Outcome<T, StreamError>;

// What a step of an implementation gives.
struct Transfer {
  enum class Kind : uint8_t {
    kMoved,   // `count` bytes; 0: not ready
    kClosed,  // end of stream, or the reader is gone
    kFailed,  // `error_number`; the stream is closed from now on
  };
  Kind kind = Kind::kMoved;
  int error_number = 0;
  uint64_t count = 0;

  static Transfer moved(uint64_t count) { return {Kind::kMoved, 0, count}; }
  static Transfer closed() { return {Kind::kClosed, 0, 0}; }
  static Transfer failed(int error_number) { return {Kind::kFailed, error_number, 0}; }
};

// What both ends have in common: a state, and a condition to wait for.
class Stream : public component::HostResource {
 public:
  explicit Stream(ErrorOrigin origin) : origin_(origin) {}
  // With buffers; of so many bytes in all.
  Stream(ErrorOrigin origin, uint32_t size_bytes) : HostResource(size_bytes), origin_(origin) {}

  bool closed() const { return closed_; }
  // Whether the next operation would give something: bytes, a permit, an error or `closed`.
  bool ready() { return closed_ || do_ready(); }
  // Lets the loop watch for that.
  void arm(EventLoop& loop) {
    if (!closed_) do_arm(loop);
  }
  // Is notified when the stream may be ready, once it is armed.
  Source& source() { return do_source(); }

  // For splice: where the kernel finds the bytes, or takes them; nowhere if some are on the host's
  // side. After a transfer, `moved_in_kernel` is told.
  virtual KernelEnd kernel_end() { return {}; }
  virtual void moved_in_kernel() {}

 protected:
  virtual bool do_ready() = 0;
  virtual void do_arm(EventLoop& loop) = 0;
  virtual Source& do_source() = 0;

  // From now on it is closed, without an error.
  void close() { closed_ = true; }
  // The error of a step that did not move bytes; closes the stream.
  StreamError end(const Transfer& transfer);

 private:
  ErrorOrigin origin_;
  bool closed_ = false;
};

class InputStream : public Stream {
 public:
  using Stream::Stream;

  // Up to buffer.size() bytes; 0: not ready, or nothing was asked for.
  StreamResult<uint64_t> read(std::span<uint8_t> buffer);

 protected:
  virtual Transfer do_read(std::span<uint8_t> buffer) = 0;  // buffer is not empty
};

class OutputStream : public Stream {
 public:
  using Stream::Stream;

  // The bytes that the next write may have; 0: wait until ready.
  StreamResult<uint64_t> check_write();
  // Takes all of it: the caller has looked at permit().
  StreamResult<void> write(std::span<const uint8_t> contents);
  StreamResult<void> flush();
  // What check_write() gave and no write has used.
  uint64_t permit() const { return permit_; }
  void spend_permit() { permit_ = 0; }

 protected:
  // The room that there is; makes progress with what is pending. 0: not ready.
  virtual Transfer do_check_write() = 0;
  virtual Transfer do_write(std::span<const uint8_t> contents) = 0;
  // Starts a flush; do_check_write() moves 0 until it has ended.
  virtual Transfer do_flush() = 0;

 private:
  uint64_t permit_ = 0;
};

// The condition that a stream is ready.
using StreamPollable = ResourcePollable<Stream>;

namespace streams {

using component::HostCall;
using Bytes = std::span<const uint8_t>;  // results are views of the context's scratch memory

StreamResult<Bytes> read(HostCall& call, WasiContext& context, InputStream& self, uint64_t len);
StreamResult<Bytes> blocking_read(HostCall& call, WasiContext& context, InputStream& self,
                                  uint64_t len);
StreamResult<uint64_t> skip(HostCall& call, WasiContext& context, InputStream& self, uint64_t len);
StreamResult<uint64_t> blocking_skip(HostCall& call, WasiContext& context, InputStream& self,
                                     uint64_t len);
std::unique_ptr<Pollable> subscribe_input(HostCall& call, WasiContext& context, InputStream& self);

StreamResult<uint64_t> check_write(HostCall& call, WasiContext& context, OutputStream& self);
StreamResult<void> write(HostCall& call, WasiContext& context, OutputStream& self, Bytes contents);
StreamResult<void> blocking_write_and_flush(HostCall& call, WasiContext& context,
                                            OutputStream& self, Bytes contents);
StreamResult<void> flush(HostCall& call, WasiContext& context, OutputStream& self);
StreamResult<void> blocking_flush(HostCall& call, WasiContext& context, OutputStream& self);
std::unique_ptr<Pollable> subscribe_output(HostCall& call, WasiContext& context,
                                           OutputStream& self);
StreamResult<void> write_zeroes(HostCall& call, WasiContext& context, OutputStream& self,
                                uint64_t len);
StreamResult<void> blocking_write_zeroes_and_flush(HostCall& call, WasiContext& context,
                                                   OutputStream& self, uint64_t len);
StreamResult<uint64_t> splice(HostCall& call, WasiContext& context, OutputStream& self,
                              InputStream& src, uint64_t len);
StreamResult<uint64_t> blocking_splice(HostCall& call, WasiContext& context, OutputStream& self,
                                       InputStream& src, uint64_t len);

extern const component::HostInterface kInterface;

}  // namespace streams
}  // namespace wisp::wasi

template <>
struct wisp::component::VariantOf<wisp::wasi::StreamError> {
  static constexpr std::string_view names[] = {"last-operation-failed", "closed"};
};
