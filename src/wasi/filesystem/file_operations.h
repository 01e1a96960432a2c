// Operations on an open file or directory itself, with the permissions that they need: what every
// version of WASI makes its functions of. Results are 0, or a negated errno.
//
// Which error for which kind follows Wasmtime: a file operation on a directory is EBADF, and what a
// read-only preopen forbids is EPERM.
#pragma once

#include <sys/stat.h>
#include <sys/uio.h>

#include <cstdint>
#include <optional>
#include <span>

#include "platform/event_loop.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/filesystem/path_sandbox.h"

namespace wisp::wasi::files {

constexpr uint64_t kMaxOffset = INT64_MAX;

// 0: the file may be read, may be written.
int refuse_read(const Descriptor& self);
int refuse_write(const Descriptor& self);

// One transfer at an offset: bytes, or a negated errno. Made inline; a device that says EAGAIN is
// waited for by the loop, with the fiber parked.
int32_t read(EventLoop& loop, int descriptor, std::span<uint8_t> buffer, uint64_t offset);
int32_t write(EventLoop& loop, int descriptor, std::span<const uint8_t> bytes, uint64_t offset);

// The same for pieces of memory: as many as the kernel takes in one call, and none of them empty.
// kOwnOffset is for what has no other, such as a FIFO.
constexpr uint64_t kOwnOffset = Operation::kNoOffset;
int32_t read_parts(EventLoop& loop, int descriptor, std::span<const iovec> parts, uint64_t offset);
int32_t write_parts(EventLoop& loop, int descriptor, std::span<const iovec> parts, uint64_t offset);
// At the end of the file, wherever that is by then. kMoves: the offset of the kernel is behind what
// was written.
enum class OwnOffset : uint8_t { kStays, kMoves };
int32_t append_parts(EventLoop& loop, int descriptor, std::span<const iovec> parts,
                     OwnOffset own_offset);

// `advice` is counted as every version of WASI has it: normal, sequential, random, will need, don't
// need, no reuse.
int advise(const Descriptor& self, uint64_t offset, uint64_t length, uint8_t advice);
// `call` is fsync or fdatasync.
int synchronise(PathSandbox& sandbox, const Descriptor& self, int (*call)(int));
int set_size(const Descriptor& self, uint64_t size);
// For utimensat(2); nothing: a time that cannot be represented, EOVERFLOW.
int set_times(const Descriptor& self, const std::optional<timespec>& access,
              const std::optional<timespec>& modification);
int status(const Descriptor& self, struct stat& result);

}  // namespace wisp::wasi::files
