#include "platform/io_operations.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>

#include "platform/system_call.h"

namespace wisp {

namespace {

// The kernel moves at most this much in one call; it also keeps results within int32_t.
constexpr size_t kMaxTransferBytes = 0x7ffff000;

ssize_t call_once(const Operation& operation) {
  const bool positional = operation.offset() != Operation::kNoOffset;
  const auto offset = static_cast<off_t>(operation.offset());
  const int descriptor = operation.descriptor();
  if (operation.kind() == OperationKind::kRead) {
    return positional ? ::pread(descriptor, operation.data(), operation.size(), offset)
                      : ::read(descriptor, operation.data(), operation.size());
  }
  return positional ? ::pwrite(descriptor, operation.data(), operation.size(), offset)
                    : ::write(descriptor, operation.data(), operation.size());
}

}  // namespace

void Operation::set(OperationKind kind, int descriptor) {
  WISP_CHECK(idle());
  kind_ = kind;
  descriptor_ = descriptor;
  cancel_requested = false;
}

void Operation::set_poll(int descriptor, uint32_t events) {
  set(OperationKind::kPoll, descriptor);
  events_ = events;
}

void Operation::set_read(int descriptor, std::span<uint8_t> buffer, uint64_t offset) {
  set(OperationKind::kRead, descriptor);
  data_ = buffer.data();
  size_ = std::min(buffer.size(), kMaxTransferBytes);
  offset_ = offset;
}

void Operation::set_write(int descriptor, std::span<const uint8_t> bytes, uint64_t offset) {
  set(OperationKind::kWrite, descriptor);
  data_ = const_cast<uint8_t*>(bytes.data());
  size_ = std::min(bytes.size(), kMaxTransferBytes);
  offset_ = offset;
}

void Operation::set_receive(int descriptor) { set(OperationKind::kReceive, descriptor); }

int32_t perform_blocking(const Operation& operation) {
  WISP_DCHECK(operation.kind() == OperationKind::kRead ||
              operation.kind() == OperationKind::kWrite);
  return call_system([&] { return call_once(operation); });
}

uint32_t awaited_events(const Operation& operation) {
  switch (operation.kind()) {
    case OperationKind::kPoll:
      return operation.events();
    case OperationKind::kRead:
    case OperationKind::kReceive:
      return POLLIN;
    case OperationKind::kWrite:
      return POLLOUT;
  }
  return 0;
}

}  // namespace wisp
