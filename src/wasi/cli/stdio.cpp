#include "wasi/cli/stdio.h"

#include <poll.h>

#include <cerrno>
#include <utility>

#include "wasi/io/wait_set.h"

namespace wisp::wasi {

namespace {

Transfer failure(int32_t result) {
  return result == -EPIPE ? Transfer::closed() : Transfer::failed(-result);
}

}  // namespace

Transfer DescriptorInputStream::do_read(std::span<uint8_t> buffer) {
  const int32_t result = descriptor_.read(buffer, loop_.faults());
  readiness_.consume();
  if (result > 0) return Transfer::moved(static_cast<uint64_t>(result));
  if (result == 0) return Transfer::closed();
  return result == -EAGAIN ? Transfer::moved(0) : failure(result);
}

KernelEnd DescriptorInputStream::kernel_end() {
  const int descriptor = descriptor_.descriptor();
  return {kernel_end_kind(descriptor), descriptor, nullptr};
}

bool DescriptorInputStream::do_ready() { return readiness_.ready() || descriptor_.always_ready(); }

void DescriptorInputStream::do_arm(EventLoop& loop) {
  readiness_.arm(loop, descriptor_.descriptor(), POLLIN, nullptr);
}

KernelEnd DescriptorOutputStream::kernel_end() {
  if (!pending_.empty()) return {};
  const int descriptor = descriptor_.descriptor();
  return {kernel_end_kind(descriptor), descriptor, nullptr};
}

DescriptorOutputStream::~DescriptorOutputStream() {
  if (closed() || pending_.empty()) return;
  StreamPollable drained(*this);
  WaitSet set(loop_);
  WaitEntry entry;
  set.add(entry, drained);
  set.wait();
}

// Writes as much as the descriptor takes now, and shortens `bytes` by it.
Transfer DescriptorOutputStream::push(std::span<const uint8_t>& bytes) {
  while (!bytes.empty()) {
    const int32_t result = descriptor_.write(bytes, loop_.faults());
    readiness_.consume();
    if (result == -EAGAIN) break;
    if (result < 0) return failure(result);
    bytes = bytes.subspan(static_cast<size_t>(result));
  }
  return Transfer::moved(0);
}

Transfer DescriptorOutputStream::push_pending() {
  if (failure_) return *std::exchange(failure_, std::nullopt);
  if (pending_.empty()) return Transfer::moved(0);
  std::span<const uint8_t> rest = pending_;
  const Transfer pushed = push(rest);
  pending_.erase(pending_.begin(), pending_.end() - static_cast<ptrdiff_t>(rest.size()));
  if (pending_.empty()) readiness_.notify();
  return pushed;
}

Transfer DescriptorOutputStream::do_check_write() {
  if (pending_.empty() && !failure_) [[likely]]
    return Transfer::moved(kPermitBytes);
  const Transfer pushed = push_pending();
  if (pushed.kind != Transfer::Kind::kMoved) return pushed;
  return Transfer::moved(pending_.empty() ? kPermitBytes : 0);
}

Transfer DescriptorOutputStream::do_write(std::span<const uint8_t> contents) {
  if (pending_.empty()) {
    const Transfer pushed = push(contents);
    if (pushed.kind != Transfer::Kind::kMoved) return pushed;
  }
  pending_.insert(pending_.end(), contents.begin(), contents.end());
  return Transfer::moved(0);
}

Transfer DescriptorOutputStream::do_flush() { return push_pending(); }

// Room for a part of what is pending is no permit yet: ready means that check-write gives one, or
// an error.
bool DescriptorOutputStream::do_ready() {
  if (pending_.empty() || failure_) return true;
  if (!readiness_.ready()) return false;
  const Transfer pushed = push_pending();
  if (pushed.kind != Transfer::Kind::kMoved) failure_ = pushed;
  return pending_.empty() || failure_;
}

void DescriptorOutputStream::do_arm(EventLoop& loop) {
  readiness_.arm(loop, descriptor_.descriptor(), POLLOUT, nullptr);
}

namespace stdio {

std::unique_ptr<InputStream> get_stdin(component::HostCall&, WasiContext& context) {
  return std::make_unique<DescriptorInputStream>(context.loop, context.stdin_descriptor);
}

std::unique_ptr<OutputStream> get_stdout(component::HostCall&, WasiContext& context) {
  return std::make_unique<DescriptorOutputStream>(context.loop, context.stdout_descriptor);
}

std::unique_ptr<OutputStream> get_stderr(component::HostCall&, WasiContext& context) {
  return std::make_unique<DescriptorOutputStream>(context.loop, context.stderr_descriptor);
}

namespace {

constexpr component::HostItem kStdin[] = {component::host_function<&get_stdin>("get-stdin")};
constexpr component::HostItem kStdout[] = {component::host_function<&get_stdout>("get-stdout")};
constexpr component::HostItem kStderr[] = {component::host_function<&get_stderr>("get-stderr")};

}  // namespace

const component::HostInterface kStdinInterface{"wasi:cli/stdin", "0.2.12", kStdin};
const component::HostInterface kStdoutInterface{"wasi:cli/stdout", "0.2.12", kStdout};
const component::HostInterface kStderrInterface{"wasi:cli/stderr", "0.2.12", kStderr};

}  // namespace stdio
}  // namespace wisp::wasi
