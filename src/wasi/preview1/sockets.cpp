// Functions of sockets. A guest of preview 1 cannot make one: it gets those that listen, and what
// connects to them.
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "wasi/preview1/functions.h"
#include "wasi/preview1/transfers.h"

namespace wisp::wasi::preview1 {

namespace {

// 0, or a negated errno.
int find_socket(Call& call, Fd fd, EntryKind kind, Entry*& entry) {
  entry = call.descriptors().find(fd);
  if (entry == nullptr) return -EBADF;
  if (entry->socket == nullptr) return -ENOTSOCK;
  if (entry->kind == kind) return 0;
  return kind == EntryKind::kListener ? -EINVAL : -ENOTCONN;
}

// `attempt` gives what a system call gave that does not wait: made again where the guest waits.
template <class Attempt>
int64_t retry(Call& call, const Entry& socket, uint32_t event, Attempt attempt) {
  for (;;) {
    const ssize_t result = attempt();
    if (result >= 0) return result;
    if (errno == EINTR) continue;
    if (errno != EAGAIN || !socket.waits()) return -errno;
    if (int error = wait_for(call, socket.stream.descriptor(), event)) return error;
  }
}

msghdr message_of(const Pieces& pieces) {
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(pieces.all().data());
  message.msg_iovlen = pieces.all().size();
  return message;
}

}  // namespace

int sock_accept(Call& call, Fd fd, Fdflags flags, Pointer<Fd> connection) {
  Entry* listener = nullptr;
  if (int error = find_socket(call, fd, EntryKind::kListener, listener)) return error;
  if (without(flags, Fdflags::kNonblock) != Fdflags::kNone) return -EINVAL;
  CountedDescriptor count(call.context().descriptors);
  if (!count.is_counted()) return -EMFILE;
  const int64_t number = retry(call, *listener, POLLIN, [&] {
    return ::accept4(listener->stream.descriptor(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  });
  if (number < 0) return static_cast<int>(number);
  auto socket = std::make_shared<const OpenFile>(ScopedDescriptor(static_cast<int>(number)),
                                                 std::move(count), S_IFSOCK);
  auto entry = std::make_unique<Entry>(EntryKind::kConnection, std::move(socket));
  entry->flags = flags;
  Fd accepted = {};
  if (int error = call.descriptors().insert(std::move(entry), accepted)) return error;
  return call.write(connection, accepted);
}

int sock_recv(Call& call, Fd fd, Array<Iovec> data, Riflags flags, Pointer<Size> received,
              Pointer<Roflags> result_flags) {
  Pieces pieces;
  if (int error = pieces.collect(call, data)) return error;
  Entry* connection = nullptr;
  if (int error = find_socket(call, fd, EntryKind::kConnection, connection)) return error;
  const bool peeks = has(flags, Riflags::kRecvPeek);
  const bool takes_all = has(flags, Riflags::kRecvWaitall) && !peeks && connection->waits();
  Size total = 0;
  while (!pieces.empty()) {
    msghdr message = message_of(pieces);
    const int64_t count = retry(call, *connection, POLLIN, [&] {
      return ::recvmsg(connection->stream.descriptor(), &message,
                       MSG_DONTWAIT | (peeks ? MSG_PEEK : 0));
    });
    // What had come is the guest's; the error comes again.
    if (count < 0 && total == 0) return static_cast<int>(count);
    if (count <= 0) break;
    total += static_cast<Size>(count);
    pieces.drop_front(static_cast<uint64_t>(count));
    if (!takes_all) break;
  }
  if (int error = call.write(received, total)) return error;
  return call.write(result_flags, Roflags::kNone);
}

int sock_send(Call& call, Fd fd, Array<Iovec> data, Siflags, Pointer<Size> sent) {
  Pieces pieces;
  if (int error = pieces.collect(call, data)) return error;
  Entry* connection = nullptr;
  if (int error = find_socket(call, fd, EntryKind::kConnection, connection)) return error;
  Size total = 0;
  while (!pieces.empty()) {
    const msghdr message = message_of(pieces);
    const int64_t count = retry(call, *connection, POLLOUT, [&] {
      return ::sendmsg(connection->stream.descriptor(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    });
    if (count < 0 && total == 0) return static_cast<int>(count);
    if (count < 0) break;
    total += static_cast<Size>(count);
    pieces.drop_front(static_cast<uint64_t>(count));
  }
  return call.write(sent, total);
}

int sock_shutdown(Call& call, Fd fd, Sdflags how) {
  Entry* connection = nullptr;
  if (int error = find_socket(call, fd, EntryKind::kConnection, connection)) return error;
  const bool reads = has(how, Sdflags::kRd), writes = has(how, Sdflags::kWr);
  if (!reads && !writes) return -EINVAL;
  const int ends = reads && writes ? SHUT_RDWR : reads ? SHUT_RD : SHUT_WR;
  return ::shutdown(connection->stream.descriptor(), ends) == 0 ? 0 : -errno;
}

}  // namespace wisp::wasi::preview1
