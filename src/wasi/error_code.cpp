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
