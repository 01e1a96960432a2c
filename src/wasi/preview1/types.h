// The types of wasi_snapshot_preview1, by its names, and as they lie in the memory of a guest.
//
// Enumerations say which values there are (kLast), flags which bits (kAll): what else a guest gives
// is refused before a function sees it. Structures have their padding as members, so that none of
// the host's bytes reach the guest in it.
// https://github.com/WebAssembly/WASI, legacy/preview1/witx/typenames.witx
#pragma once

#include <cstdint>

#include "wasi/flags.h"

namespace wisp::wasi::preview1 {

// -- Parameters -----------------------------------------------------------------------------------

enum class Fd : uint32_t {};

// Where a T is in the guest's memory.
template <class T>
struct Pointer {
  uint32_t address;
};

// Where so many of them are.
template <class T>
struct Array {
  uint32_t address;
  uint32_t count;
};

// UTF-8.
struct String {
  uint32_t address;
  uint32_t size_bytes;
};

enum class Clockid : uint32_t {
  kRealtime,
  kMonotonic,
  kProcessCputimeId,
  kThreadCputimeId,
  kLast = kThreadCputimeId
};
enum class Advice : uint8_t {
  kNormal,
  kSequential,
  kRandom,
  kWillneed,
  kDontneed,
  kNoreuse,
  kLast = kNoreuse
};
enum class Whence : uint8_t { kSet, kCur, kEnd, kLast = kEnd };
enum class Signal : uint8_t { kNone, kLast = 30 };  // $sys

enum class Lookupflags : uint32_t { kSymlinkFollow = 1, kAll = 1 };
enum class Oflags : uint16_t { kCreat = 1, kDirectory = 2, kExcl = 4, kTrunc = 8, kAll = 15 };
enum class Fdflags : uint16_t {
  kNone = 0,
  kAppend = 1,
  kDsync = 2,
  kNonblock = 4,
  kRsync = 8,
  kSync = 16,
  kAll = 31
};
enum class Fstflags : uint16_t { kAtim = 1, kAtimNow = 2, kMtim = 4, kMtimNow = 8, kAll = 15 };
enum class Riflags : uint16_t { kRecvPeek = 1, kRecvWaitall = 2, kAll = 3 };
enum class Siflags : uint16_t { kAll = 0 };
enum class Sdflags : uint8_t { kRd = 1, kWr = 2, kAll = 3 };
enum class Subclockflags : uint16_t { kSubscriptionClockAbstime = 1, kAll = 1 };
enum class Roflags : uint16_t { kNone = 0 };
enum class Eventrwflags : uint16_t { kNone = 0, kFdReadwriteHangup = 1 };

enum class Rights : uint64_t {
  kNone = 0,
  kFdDatasync = 1 << 0,
  kFdRead = 1 << 1,
  kFdSeek = 1 << 2,
  kFdFdstatSetFlags = 1 << 3,
  kFdSync = 1 << 4,
  kFdTell = 1 << 5,
  kFdWrite = 1 << 6,
  kFdAdvise = 1 << 7,
  kFdAllocate = 1 << 8,
  kPathCreateDirectory = 1 << 9,
  kPathCreateFile = 1 << 10,
  kPathLinkSource = 1 << 11,
  kPathLinkTarget = 1 << 12,
  kPathOpen = 1 << 13,
  kFdReaddir = 1 << 14,
  kPathReadlink = 1 << 15,
  kPathRenameSource = 1 << 16,
  kPathRenameTarget = 1 << 17,
  kPathFilestatGet = 1 << 18,
  kPathFilestatSetSize = 1 << 19,
  kPathFilestatSetTimes = 1 << 20,
  kFdFilestatGet = 1 << 21,
  kFdFilestatSetSize = 1 << 22,
  kFdFilestatSetTimes = 1 << 23,
  kPathSymlink = 1 << 24,
  kPathRemoveDirectory = 1 << 25,
  kPathUnlinkFile = 1 << 26,
  kPollFdReadwrite = 1 << 27,
  kSockShutdown = 1 << 28,
  kSockAccept = 1 << 29,
  kAll = (1 << 30) - 1,
};

// -- In memory ------------------------------------------------------------------------------------

using Size = uint32_t;
using Filesize = uint64_t;
using Timestamp = uint64_t;  // nanoseconds; of the wall clock: since 1970

enum class Filetype : uint8_t {
  kUnknown,
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kRegularFile,
  kSocketDgram,
  kSocketStream,
  kSymbolicLink,
};

// Of memory to read from and to write to alike: $iovec, $ciovec.
struct Iovec {
  uint32_t buf;
  Size buf_len;
};
static_assert(sizeof(Iovec) == 8);

struct Fdstat {
  Filetype fs_filetype;
  uint8_t padding;
  Fdflags fs_flags;
  uint32_t more_padding;
  Rights fs_rights_base;
  Rights fs_rights_inheriting;
};
static_assert(sizeof(Fdstat) == 24);

struct Filestat {
  uint64_t dev;
  uint64_t ino;
  Filetype filetype;
  uint8_t padding[7];
  uint64_t nlink;
  Filesize size;
  Timestamp atim;
  Timestamp mtim;
  Timestamp ctim;
};
static_assert(sizeof(Filestat) == 64);

struct Dirent {
  uint64_t d_next;
  uint64_t d_ino;
  uint32_t d_namlen;
  Filetype d_type;
  uint8_t padding[3];
};
static_assert(sizeof(Dirent) == 24);

// Of a directory, the only kind there is.
struct Prestat {
  uint8_t tag;
  uint8_t padding[3];
  Size pr_name_len;
};
static_assert(sizeof(Prestat) == 8);

enum class Eventtype : uint8_t { kClock, kFdRead, kFdWrite, kLast = kFdWrite };

struct SubscriptionClock {
  Clockid id;
  uint32_t padding;
  Timestamp timeout;
  Timestamp precision;
  Subclockflags flags;
  uint8_t more_padding[6];
};

struct Subscription {
  uint64_t userdata;
  Eventtype tag;
  uint8_t padding[7];
  union {
    SubscriptionClock clock;
    Fd file_descriptor;
  };
};
static_assert(sizeof(Subscription) == 48);

struct Event {
  uint64_t userdata;
  uint16_t error;
  Eventtype type;
  uint8_t padding[5];
  Filesize nbytes;
  Eventrwflags flags;
  uint8_t more_padding[6];
};
static_assert(sizeof(Event) == 32);

}  // namespace wisp::wasi::preview1
