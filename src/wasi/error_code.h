// errno -> WASI error codes: the only place where that happens.
#pragma once

#include <cstdint>
#include <string_view>

#include "component/host/host_types.h"

namespace wisp::wasi::filesystem {

// wasi:filesystem/types.error-code, in its order.
enum class ErrorCode : uint8_t {
  kAccess,
  kWouldBlock,
  kAlready,
  kBadDescriptor,
  kBusy,
  kDeadlock,
  kQuota,
  kExist,
  kFileTooLarge,
  kIllegalByteSequence,
  kInProgress,
  kInterrupted,
  kInvalid,
  kIo,
  kIsDirectory,
  kLoop,
  kTooManyLinks,
  kMessageSize,
  kNameTooLong,
  kNoDevice,
  kNoEntry,
  kNoLock,
  kInsufficientMemory,
  kInsufficientSpace,
  kNotDirectory,
  kNotEmpty,
  kNotRecoverable,
  kUnsupported,
  kNoTty,
  kNoSuchDevice,
  kOverflow,
  kNotPermitted,
  kPipe,
  kReadOnly,
  kInvalidSeek,
  kTextFileBusy,
  kCrossDevice,
};

ErrorCode error_code(int error_number);

}  // namespace wisp::wasi::filesystem

namespace wisp::wasi::sockets {

// wasi:sockets/network.error-code, in its order.
enum class ErrorCode : uint8_t {
  kUnknown,
  kAccessDenied,
  kNotSupported,
  kInvalidArgument,
  kOutOfMemory,
  kTimeout,
  kConcurrencyConflict,
  kNotInProgress,
  kWouldBlock,
  kInvalidState,
  kNewSocketLimit,
  kAddressNotBindable,
  kAddressInUse,
  kRemoteUnreachable,
  kConnectionRefused,
  kConnectionReset,
  kConnectionAborted,
  kDatagramTooLarge,
  kNameUnresolvable,
  kTemporaryResolverFailure,
  kPermanentResolverFailure,
};

ErrorCode error_code(int error_number);

}  // namespace wisp::wasi::sockets

template <>
struct wisp::component::EnumOf<wisp::wasi::filesystem::ErrorCode> {
  static constexpr std::string_view names[] = {"access",
                                               "would-block",
                                               "already",
                                               "bad-descriptor",
                                               "busy",
                                               "deadlock",
                                               "quota",
                                               "exist",
                                               "file-too-large",
                                               "illegal-byte-sequence",
                                               "in-progress",
                                               "interrupted",
                                               "invalid",
                                               "io",
                                               "is-directory",
                                               "loop",
                                               "too-many-links",
                                               "message-size",
                                               "name-too-long",
                                               "no-device",
                                               "no-entry",
                                               "no-lock",
                                               "insufficient-memory",
                                               "insufficient-space",
                                               "not-directory",
                                               "not-empty",
                                               "not-recoverable",
                                               "unsupported",
                                               "no-tty",
                                               "no-such-device",
                                               "overflow",
                                               "not-permitted",
                                               "pipe",
                                               "read-only",
                                               "invalid-seek",
                                               "text-file-busy",
                                               "cross-device"};
};

template <>
struct wisp::component::EnumOf<wisp::wasi::sockets::ErrorCode> {
  static constexpr std::string_view names[] = {"unknown",
                                               "access-denied",
                                               "not-supported",
                                               "invalid-argument",
                                               "out-of-memory",
                                               "timeout",
                                               "concurrency-conflict",
                                               "not-in-progress",
                                               "would-block",
                                               "invalid-state",
                                               "new-socket-limit",
                                               "address-not-bindable",
                                               "address-in-use",
                                               "remote-unreachable",
                                               "connection-refused",
                                               "connection-reset",
                                               "connection-aborted",
                                               "datagram-too-large",
                                               "name-unresolvable",
                                               "temporary-resolver-failure",
                                               "permanent-resolver-failure"};
};
