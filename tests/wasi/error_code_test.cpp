// errno -> error codes of wasi:sockets; those of wasi:filesystem are tested beside its functions.
#include "wasi/error_code.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <utility>

namespace wisp::wasi::sockets {
namespace {

TEST(SocketErrorCodes, EveryErrnoHasACode) {
  const std::pair<int, ErrorCode> table[] = {
      {EACCES, ErrorCode::kAccessDenied},
      {EPERM, ErrorCode::kAccessDenied},
      {EAFNOSUPPORT, ErrorCode::kNotSupported},
      {ENOPROTOOPT, ErrorCode::kNotSupported},
      {EOPNOTSUPP, ErrorCode::kNotSupported},
      {EPFNOSUPPORT, ErrorCode::kNotSupported},
      {EPROTONOSUPPORT, ErrorCode::kNotSupported},
      {EPROTOTYPE, ErrorCode::kNotSupported},
      {ESOCKTNOSUPPORT, ErrorCode::kNotSupported},
      {EINVAL, ErrorCode::kInvalidArgument},
      {ENOBUFS, ErrorCode::kOutOfMemory},
      {ENOMEM, ErrorCode::kOutOfMemory},
      {ETIMEDOUT, ErrorCode::kTimeout},
      {EALREADY, ErrorCode::kConcurrencyConflict},
      {EAGAIN, ErrorCode::kWouldBlock},
      {EINTR, ErrorCode::kWouldBlock},
      {EDESTADDRREQ, ErrorCode::kInvalidState},
      {EISCONN, ErrorCode::kInvalidState},
      {ENOTCONN, ErrorCode::kInvalidState},
      {EMFILE, ErrorCode::kNewSocketLimit},
      {ENFILE, ErrorCode::kNewSocketLimit},
      {EADDRNOTAVAIL, ErrorCode::kAddressNotBindable},
      {EADDRINUSE, ErrorCode::kAddressInUse},
      {EHOSTDOWN, ErrorCode::kRemoteUnreachable},
      {EHOSTUNREACH, ErrorCode::kRemoteUnreachable},
      {ENETDOWN, ErrorCode::kRemoteUnreachable},
      {ENETRESET, ErrorCode::kRemoteUnreachable},
      {ENETUNREACH, ErrorCode::kRemoteUnreachable},
      {ENONET, ErrorCode::kRemoteUnreachable},
      {ECONNREFUSED, ErrorCode::kConnectionRefused},
      {ECONNRESET, ErrorCode::kConnectionReset},
      {ECONNABORTED, ErrorCode::kConnectionAborted},
      {EMSGSIZE, ErrorCode::kDatagramTooLarge},
  };
  for (auto [number, code] : table) EXPECT_EQ(error_code(number), code) << number;
  size_t known = 0;
  for (int number = -1; number < 200; number++) {
    const ErrorCode code = error_code(number);
    EXPECT_LT(code, ErrorCode::kNameUnresolvable) << number;
    if (code != ErrorCode::kUnknown) known++;
  }
  EXPECT_EQ(known, std::size(table));
}

}  // namespace
}  // namespace wisp::wasi::sockets
