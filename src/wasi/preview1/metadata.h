// What stat(2) says and what utimensat(2) takes, in the terms of preview 1.
#pragma once

#include <sys/stat.h>

#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

Filetype to_filetype(mode_t mode);
// 0, or EOVERFLOW.
int to_filestat(const struct stat& status, Filestat& result);

struct Times {
  timespec access;
  timespec modification;
};
// 0, or EINVAL: a time that is given and to be now.
int to_times(Timestamp atim, Timestamp mtim, Fstflags flags, Times& result);

}  // namespace wisp::wasi::preview1
