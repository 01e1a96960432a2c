// What stat(2) says, in the terms of wasi:filesystem.
#pragma once

#include <sys/stat.h>

#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

DescriptorType descriptor_type(mode_t mode);
DescriptorStat descriptor_stat(const struct stat& status);
MetadataHashValue metadata_hash_of(const struct stat& status);

// For utimensat(2). Nothing: the timestamp cannot be represented.
std::optional<timespec> to_timespec(const NewTimestamp& timestamp);

}  // namespace wisp::wasi::filesystem
