#include "wasi/sockets/tcp_streams.h"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "wasi/sockets/tcp_socket.h"

namespace wisp::wasi::sockets {

TcpInputStream::TcpInputStream(TcpSocket& parent, WasiContext& context,
                               std::shared_ptr<const Socket> socket)
    : InputStream(ErrorOrigin::kSockets, kSizeBytes),
      parent_(&parent),
      context_(context),
      socket_(std::move(socket)) {
  set_parent(parent);
}

TcpInputStream::~TcpInputStream() {
  if (parent_ != nullptr) parent_->input_gone();
}

void TcpInputStream::orphan() {
  parent_ = nullptr;
  leave_parent();
}

void TcpInputStream::shut() {
  close();
  readiness_.notify();
}

// Not past what was received already.
KernelEnd TcpInputStream::kernel_end() {
  if (receiver_.armed() || receiver_.ready()) return {};
  return {KernelEnd::Kind::kSocket, socket_->number(), nullptr};
}

Transfer TcpInputStream::do_read(std::span<uint8_t> buffer) {
  int32_t count = receiver_.take(buffer);
  if (count == -EAGAIN && !receiver_.armed())
    count = socket_->receive(buffer, context_.loop.faults());
  if (count == 0) return Transfer::closed();
  if (count < 0 && count != -EAGAIN) return Transfer::failed(-count);
  readiness_.consume();
  return Transfer::moved(count < 0 ? 0 : static_cast<uint64_t>(count));
}

bool TcpInputStream::do_ready() {
  return receiver_.ready() || (!receiver_.armed() && readiness_.ready());
}

void TcpInputStream::do_arm(EventLoop& loop) {
  if (readiness_.unknown() && receiver_.arm(loop, socket_->number(), socket_)) return;
  readiness_.arm(loop, socket_->number(), POLLIN, socket_);
}

TcpOutputStream::TcpOutputStream(TcpSocket& parent, WasiContext& context,
                                 std::shared_ptr<const Socket> socket, MemoryBudget* budget)
    : OutputStream(ErrorOrigin::kSockets),
      parent_(&parent),
      context_(context),
      socket_(std::move(socket)),
      budget_(budget) {
  set_parent(parent);
}

TcpOutputStream::~TcpOutputStream() {
  if (parent_ != nullptr) parent_->output_gone();
  if (write_ != nullptr) {
    write_->disown();
  } else {
    socket_->shutdown(SHUT_WR);
  }
}

void TcpOutputStream::orphan() {
  parent_ = nullptr;
  leave_parent();
}

void TcpOutputStream::shut() {
  close();
  if (write_ != nullptr) {
    write_->set_last();
  } else {
    socket_->shutdown(SHUT_WR);
  }
  source_.notify();
}

// Not past what waits to be sent.
KernelEnd TcpOutputStream::kernel_end() {
  if (write_ != nullptr || failure_ != 0) return {};
  return {KernelEnd::Kind::kSocket, socket_->number(), nullptr};
}

// What the guest is to be told of the bytes that it wrote before.
Transfer TcpOutputStream::outcome() {
  const int failure = std::exchange(failure_, 0);
  if (failure == 0) return Transfer::moved(0);
  return failure == EPIPE ? Transfer::closed() : Transfer::failed(failure);
}

Transfer TcpOutputStream::do_check_write() {
  if (write_ != nullptr) write_->push();
  const Transfer before = outcome();
  if (before.kind != Transfer::Kind::kMoved) return before;
  return Transfer::moved(write_ == nullptr ? kPermitBytes : 0);
}

Transfer TcpOutputStream::do_write(std::span<const uint8_t> contents) {
  while (write_ == nullptr && failure_ == 0 && !contents.empty()) {
    const int32_t count = socket_->send(contents, context_.loop.faults());
    if (count >= 0) {
      contents = contents.subspan(static_cast<size_t>(count));
    } else if (count != -EAGAIN) {
      failure_ = -count;
    } else {
      write_ =
          BackgroundWrite::start(context_.background_writes, socket_, budget_, &write_ended, this);
      if (write_ == nullptr) failure_ = ENOMEM;
    }
  }
  if (failure_ == 0 && !contents.empty()) {
    write_->append(contents);
    write_->arm();
  }
  return outcome();
}

// Nothing is kept back: see do_check_write().
Transfer TcpOutputStream::do_flush() {
  if (write_ != nullptr) write_->push();
  return outcome();
}

void TcpOutputStream::write_ended(void* self, int status) {
  auto& stream = *static_cast<TcpOutputStream*>(self);
  stream.write_ = nullptr;
  stream.failure_ = -status;
  stream.source_.notify();
}

}  // namespace wisp::wasi::sockets
