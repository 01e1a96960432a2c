#include "wasi/io/streams.h"

#include <algorithm>
#include <string>

#include "wasi/io/poll.h"

namespace wisp::wasi {

using component::Failure;
using component::HostCall;

StreamError Stream::end(const Transfer& transfer) {
  closed_ = true;
  source().notify();  // what is closed is ready
  if (transfer.kind == Transfer::Kind::kClosed) return StreamError::closed();
  return {std::make_unique<IoError>(origin_, transfer.error_number)};
}

StreamResult<uint64_t> InputStream::read(std::span<uint8_t> buffer) {
  if (closed()) return Failure{StreamError::closed()};
  if (buffer.empty()) return uint64_t{0};
  const Transfer transfer = do_read(buffer);
  if (transfer.kind != Transfer::Kind::kMoved) return Failure{end(transfer)};
  return transfer.count;
}

StreamResult<uint64_t> OutputStream::check_write() {
  permit_ = 0;
  if (closed()) return Failure{StreamError::closed()};
  const Transfer transfer = do_check_write();
  if (transfer.kind != Transfer::Kind::kMoved) return Failure{end(transfer)};
  permit_ = transfer.count;
  return permit_;
}

StreamResult<void> OutputStream::write(std::span<const uint8_t> contents) {
  if (closed()) return Failure{StreamError::closed()};
  if (contents.empty()) return {};
  const Transfer transfer = do_write(contents);
  if (transfer.kind != Transfer::Kind::kMoved) return Failure{end(transfer)};
  return {};
}

StreamResult<void> OutputStream::flush() {
  permit_ = 0;
  if (closed()) return Failure{StreamError::closed()};
  const Transfer transfer = do_flush();
  if (transfer.kind != Transfer::Kind::kMoved) return Failure{end(transfer)};
  return {};
}

namespace streams {

namespace {

constexpr uint64_t kMaxBlockingWriteBytes = 4096;
constexpr uint8_t kZeroes[kMaxBlockingWriteBytes] = {};

// Parks the guest until the stream is ready. False: the call is over (trapped).
bool wait(HostCall& call, WasiContext& context, Stream& stream) {
  StreamPollable pollable(stream);
  return poll::wait_for(call, context, pollable);
}

std::span<uint8_t> buffer_for(WasiContext& context, uint64_t len) {
  const std::span<uint8_t> scratch = context.scratch();
  return scratch.first(std::min<uint64_t>(len, scratch.size()));
}

bool use_permit(HostCall& call, OutputStream& self, uint64_t size) {
  if (size > self.permit()) {
    call.trap("write of " + std::to_string(size) + " bytes to an output-stream whose permit is " +
              std::to_string(self.permit()));
    return false;
  }
  self.spend_permit();
  return true;
}

StreamResult<void> write_zeroes_now(OutputStream& self, uint64_t len) {
  do {
    const uint64_t part = std::min(len, kMaxBlockingWriteBytes);
    auto written = self.write(Bytes(kZeroes, part));
    if (!written.ok()) return written;
    len -= part;
  } while (len > 0);
  return {};
}

// Waits until check-write gives a permit or an error.
StreamResult<uint64_t> wait_for_permit(HostCall& call, WasiContext& context, OutputStream& self) {
  for (;;) {
    auto permit = self.check_write();
    if (!permit.ok() || permit.value() > 0 || !wait(call, context, self)) return permit;
  }
}

StreamResult<void> finish_flush(HostCall& call, WasiContext& context, OutputStream& self) {
  auto flushed = self.flush();
  if (!flushed.ok()) return flushed;
  auto permit = wait_for_permit(call, context, self);
  self.spend_permit();
  if (!permit.ok()) return Failure{std::move(permit.error())};
  return {};
}

// Below it, a read and a write cost less than finding out about the ends.
constexpr uint64_t kMinKernelTransferBytes = 32 << 10;

uint64_t splice_in_kernel(OutputStream& self, InputStream& src, uint64_t len) {
  if (len < kMinKernelTransferBytes || src.closed()) return 0;
  const KernelEnd to = self.kernel_end();
  if (to.kind == KernelEnd::Kind::kNone) return 0;
  const uint64_t count = move_in_kernel(src.kernel_end(), to, len);
  src.moved_in_kernel();
  self.moved_in_kernel();
  return count;
}

// What the kernel does not move is copied; an error or an end is met there too.
StreamResult<uint64_t> splice_now(WasiContext& context, OutputStream& self, InputStream& src,
                                  uint64_t len) {
  auto permit = self.check_write();
  if (!permit.ok()) return permit;
  if (const uint64_t count = permit.value() == 0 ? 0 : splice_in_kernel(self, src, len)) {
    self.spend_permit();
    return count;
  }
  const auto buffer = buffer_for(context, std::min(len, permit.value()));
  self.spend_permit();
  auto count = src.read(buffer);
  if (!count.ok() || count.value() == 0) return count;
  auto written = self.write(buffer.first(count.value()));
  if (!written.ok()) return Failure{std::move(written.error())};
  return count;
}

}  // namespace

StreamResult<Bytes> read(HostCall&, WasiContext& context, InputStream& self, uint64_t len) {
  const auto buffer = buffer_for(context, len);
  auto count = self.read(buffer);
  if (!count.ok()) return Failure{std::move(count.error())};
  return Bytes(buffer.first(count.value()));
}

StreamResult<Bytes> blocking_read(HostCall& call, WasiContext& context, InputStream& self,
                                  uint64_t len) {
  for (;;) {
    auto bytes = read(call, context, self, len);
    if (!bytes.ok() || !bytes.value().empty() || len == 0 || !wait(call, context, self))
      return bytes;
  }
}

StreamResult<uint64_t> skip(HostCall&, WasiContext& context, InputStream& self, uint64_t len) {
  return self.read(buffer_for(context, len));
}

StreamResult<uint64_t> blocking_skip(HostCall& call, WasiContext& context, InputStream& self,
                                     uint64_t len) {
  for (;;) {
    auto count = skip(call, context, self, len);
    if (!count.ok() || count.value() > 0 || len == 0 || !wait(call, context, self)) return count;
  }
}

std::unique_ptr<Pollable> subscribe_input(HostCall&, WasiContext&, InputStream& self) {
  return std::make_unique<StreamPollable>(self);
}

StreamResult<uint64_t> check_write(HostCall&, WasiContext&, OutputStream& self) {
  return self.check_write();
}

StreamResult<void> write(HostCall& call, WasiContext&, OutputStream& self, Bytes contents) {
  if (!use_permit(call, self, contents.size())) return {};
  return self.write(contents);
}

StreamResult<void> blocking_write_and_flush(HostCall& call, WasiContext& context,
                                            OutputStream& self, Bytes contents) {
  if (contents.size() > kMaxBlockingWriteBytes) {
    call.trap("blocking-write-and-flush of " + std::to_string(contents.size()) +
              " bytes: at most 4096 are allowed");
    return {};
  }
  while (!contents.empty()) {
    auto permit = wait_for_permit(call, context, self);
    self.spend_permit();
    if (!permit.ok()) return Failure{std::move(permit.error())};
    if (call.unwinding()) return {};
    const Bytes part = contents.first(std::min<uint64_t>(contents.size(), permit.value()));
    auto written = self.write(part);
    if (!written.ok()) return written;
    contents = contents.subspan(part.size());
  }
  return finish_flush(call, context, self);
}

StreamResult<void> flush(HostCall&, WasiContext&, OutputStream& self) { return self.flush(); }

StreamResult<void> blocking_flush(HostCall& call, WasiContext& context, OutputStream& self) {
  return finish_flush(call, context, self);
}

std::unique_ptr<Pollable> subscribe_output(HostCall&, WasiContext&, OutputStream& self) {
  return std::make_unique<StreamPollable>(self);
}

StreamResult<void> write_zeroes(HostCall& call, WasiContext&, OutputStream& self, uint64_t len) {
  if (!use_permit(call, self, len)) return {};
  return write_zeroes_now(self, len);
}

StreamResult<void> blocking_write_zeroes_and_flush(HostCall& call, WasiContext& context,
                                                   OutputStream& self, uint64_t len) {
  if (len > kMaxBlockingWriteBytes) {
    call.trap("blocking-write-zeroes-and-flush of " + std::to_string(len) +
              " bytes: at most 4096 are allowed");
    return {};
  }
  return blocking_write_and_flush(call, context, self, Bytes(kZeroes, len));
}

StreamResult<uint64_t> splice(HostCall&, WasiContext& context, OutputStream& self, InputStream& src,
                              uint64_t len) {
  return splice_now(context, self, src, len);
}

StreamResult<uint64_t> blocking_splice(HostCall& call, WasiContext& context, OutputStream& self,
                                       InputStream& src, uint64_t len) {
  for (;;) {
    auto count = splice_now(context, self, src, len);
    if (!count.ok() || count.value() > 0 || len == 0) return count;
    if (!wait(call, context, self) || !wait(call, context, src)) return count;
  }
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_resource<InputStream>("input-stream"),
    component::host_resource<OutputStream>("output-stream"),
    component::host_function<&read>("[method]input-stream.read"),
    component::host_function<&blocking_read>("[method]input-stream.blocking-read"),
    component::host_function<&skip>("[method]input-stream.skip"),
    component::host_function<&blocking_skip>("[method]input-stream.blocking-skip"),
    component::host_function<&subscribe_input>("[method]input-stream.subscribe"),
    component::host_function<&check_write>("[method]output-stream.check-write"),
    component::host_function<&write>("[method]output-stream.write"),
    component::host_function<&blocking_write_and_flush>(
        "[method]output-stream.blocking-write-and-flush"),
    component::host_function<&flush>("[method]output-stream.flush"),
    component::host_function<&blocking_flush>("[method]output-stream.blocking-flush"),
    component::host_function<&subscribe_output>("[method]output-stream.subscribe"),
    component::host_function<&write_zeroes>("[method]output-stream.write-zeroes"),
    component::host_function<&blocking_write_zeroes_and_flush>(
        "[method]output-stream.blocking-write-zeroes-and-flush"),
    component::host_function<&splice>("[method]output-stream.splice"),
    component::host_function<&blocking_splice>("[method]output-stream.blocking-splice"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:io/streams", "0.2.12", kItems};

}  // namespace streams
}  // namespace wisp::wasi
