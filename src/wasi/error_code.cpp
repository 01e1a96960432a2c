#include "wasi/error_code.h"

#include <cerrno>

namespace wisp::wasi::filesystem {

// The WIT names an errno beside each code, the rare ones too; what it does not name is `io`. But
// one that has too many files open has run out of something, and nothing is wrong with the
// device.
ErrorCode error_code(int error_number) {
  switch (error_number) {
    case EACCES:
      return ErrorCode::kAccess;
    case EAGAIN:
      return ErrorCode::kWouldBlock;
    case EALREADY:
      return ErrorCode::kAlready;
    case EBADF:
      return ErrorCode::kBadDescriptor;
    case EBUSY:
      return ErrorCode::kBusy;
    case EDEADLK:
      return ErrorCode::kDeadlock;
    case EDQUOT:
      return ErrorCode::kQuota;
    case EEXIST:
      return ErrorCode::kExist;
    case EFBIG:
      return ErrorCode::kFileTooLarge;
    case EILSEQ:
      return ErrorCode::kIllegalByteSequence;
    case EINPROGRESS:
      return ErrorCode::kInProgress;
    case EINTR:
      return ErrorCode::kInterrupted;
    case EINVAL:
      return ErrorCode::kInvalid;
    case EISDIR:
      return ErrorCode::kIsDirectory;
    case ELOOP:
      return ErrorCode::kLoop;
    case EMLINK:
      return ErrorCode::kTooManyLinks;
    case EMSGSIZE:
      return ErrorCode::kMessageSize;
    case ENAMETOOLONG:
      return ErrorCode::kNameTooLong;
    case ENODEV:
      return ErrorCode::kNoDevice;
    case ENOENT:
      return ErrorCode::kNoEntry;
    case ENOLCK:
      return ErrorCode::kNoLock;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return ErrorCode::kInsufficientMemory;
    case ENOSPC:
      return ErrorCode::kInsufficientSpace;
    case ENOTDIR:
      return ErrorCode::kNotDirectory;
    case ENOTEMPTY:
      return ErrorCode::kNotEmpty;
    case ENOTRECOVERABLE:
      return ErrorCode::kNotRecoverable;
    case ENOSYS:
    case EOPNOTSUPP:
      return ErrorCode::kUnsupported;
    case ENOTTY:
      return ErrorCode::kNoTty;
    case ENXIO:
      return ErrorCode::kNoSuchDevice;
    case EOVERFLOW:
      return ErrorCode::kOverflow;
    case EPERM:
      return ErrorCode::kNotPermitted;
    case EPIPE:
      return ErrorCode::kPipe;
    case EROFS:
      return ErrorCode::kReadOnly;
    case ESPIPE:
      return ErrorCode::kInvalidSeek;
    case ETXTBSY:
      return ErrorCode::kTextFileBusy;
    case EXDEV:
      return ErrorCode::kCrossDevice;
    default:
      return ErrorCode::kIo;
  }
}

}  // namespace wisp::wasi::filesystem

namespace wisp::wasi::sockets {

// Those that the WIT names, and their kin. What only one call means otherwise (a pending connection
// that accept(2) reports as an error of its own) is put right where the call is made.
ErrorCode error_code(int error_number) {
  switch (error_number) {
    case EACCES:
    case EPERM:
      return ErrorCode::kAccessDenied;
    case EAFNOSUPPORT:
    case ENOPROTOOPT:
    case EOPNOTSUPP:
    case EPFNOSUPPORT:
    case EPROTONOSUPPORT:
    case EPROTOTYPE:
    case ESOCKTNOSUPPORT:
      return ErrorCode::kNotSupported;
    case EINVAL:
      return ErrorCode::kInvalidArgument;
    case ENOBUFS:
    case ENOMEM:
      return ErrorCode::kOutOfMemory;
    case ETIMEDOUT:
      return ErrorCode::kTimeout;
    case EALREADY:
      return ErrorCode::kConcurrencyConflict;
    case EAGAIN:
    case EINTR:
      return ErrorCode::kWouldBlock;
    case EDESTADDRREQ:
    case EISCONN:
    case ENOTCONN:
      return ErrorCode::kInvalidState;
    case EMFILE:
    case ENFILE:
      return ErrorCode::kNewSocketLimit;
    case EADDRNOTAVAIL:
      return ErrorCode::kAddressNotBindable;
    case EADDRINUSE:
      return ErrorCode::kAddressInUse;
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETDOWN:
    case ENETRESET:
    case ENETUNREACH:
    case ENONET:
      return ErrorCode::kRemoteUnreachable;
    case ECONNREFUSED:
      return ErrorCode::kConnectionRefused;
    case ECONNRESET:
      return ErrorCode::kConnectionReset;
    case ECONNABORTED:
      return ErrorCode::kConnectionAborted;
    case EMSGSIZE:
      return ErrorCode::kDatagramTooLarge;
    default:
      return ErrorCode::kUnknown;
  }
}

}  // namespace wisp::wasi::sockets
