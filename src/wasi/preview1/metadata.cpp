#include "wasi/preview1/metadata.h"

#include "wasi/preview1/clocks.h"

namespace wisp::wasi::preview1 {

// There is no word for a FIFO, and what kind of socket it is, its name does not say.
Filetype to_filetype(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK:
      return Filetype::kBlockDevice;
    case S_IFCHR:
      return Filetype::kCharacterDevice;
    case S_IFDIR:
      return Filetype::kDirectory;
    case S_IFREG:
      return Filetype::kRegularFile;
    case S_IFSOCK:
      return Filetype::kSocketStream;
    case S_IFLNK:
      return Filetype::kSymbolicLink;
    default:
      return Filetype::kUnknown;
  }
}

namespace {

int from_timespec(const timespec& time, Timestamp& result) {
  return to_timestamp(time.tv_sec, static_cast<uint64_t>(time.tv_nsec), result);
}

}  // namespace

int to_filestat(const struct stat& status, Filestat& result) {
  result = {};
  result.dev = status.st_dev;
  result.ino = status.st_ino;
  result.filetype = to_filetype(status.st_mode);
  result.nlink = status.st_nlink;
  result.size = static_cast<Filesize>(status.st_size);
  if (int error = from_timespec(status.st_atim, result.atim)) return error;
  if (int error = from_timespec(status.st_mtim, result.mtim)) return error;
  return from_timespec(status.st_ctim, result.ctim);
}

namespace {

int to_timespec(Timestamp time, bool given, bool now, timespec& result) {
  if (given && now) return -EINVAL;
  result = {0, now ? UTIME_NOW : UTIME_OMIT};
  if (given) {
    result = {static_cast<time_t>(time / kNanosecondsPerSecond),
              static_cast<long>(time % kNanosecondsPerSecond)};
  }
  return 0;
}

}  // namespace

int to_times(Timestamp atim, Timestamp mtim, Fstflags flags, Times& result) {
  if (int error = to_timespec(atim, has(flags, Fstflags::kAtim), has(flags, Fstflags::kAtimNow),
                              result.access)) {
    return error;
  }
  return to_timespec(mtim, has(flags, Fstflags::kMtim), has(flags, Fstflags::kMtimNow),
                     result.modification);
}

}  // namespace wisp::wasi::preview1
