// Functions of sockets. A guest of preview 1 cannot make one, and none is granted.
#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

namespace {

int not_a_socket(Call& call, Fd fd) {
  return call.descriptors().find(fd) == nullptr ? -EBADF : -ENOTSOCK;
}

}  // namespace

int sock_accept(Call& call, Fd fd, Fdflags, Pointer<Fd>) { return not_a_socket(call, fd); }

int sock_recv(Call& call, Fd fd, Array<Iovec>, Riflags, Pointer<Size>, Pointer<Roflags>) {
  return not_a_socket(call, fd);
}

int sock_send(Call& call, Fd fd, Array<Iovec>, Siflags, Pointer<Size>) {
  return not_a_socket(call, fd);
}

int sock_shutdown(Call& call, Fd fd, Sdflags) { return not_a_socket(call, fd); }

}  // namespace wisp::wasi::preview1
