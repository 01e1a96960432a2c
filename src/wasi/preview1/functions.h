// The functions of wasi_snapshot_preview1, by its names. Where they are: environment.cpp
// (arguments, variables), clocks.cpp, process_functions.cpp (exit, random ...), descriptors.cpp
// (numbers and what they stand for), transfers.cpp (reading and writing), paths.cpp,
// directories.cpp, poll.cpp, sockets.cpp.
//
// What is not said here is in the specification:
// https://github.com/WebAssembly/WASI, legacy/preview1/docs.md. Where it leaves something open, or
// Wasmtime does otherwise, so that programs have come to expect that, it is as in Wasmtime: rights
// say what a descriptor is for, and nobody may change them.
#pragma once

#include <span>

#include "wasi/preview1/binding.h"
#include "wasi/preview1/process.h"
#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

int args_get(Call& call, Pointer<uint32_t> argv, Pointer<uint8_t> argv_buf);
int args_sizes_get(Call& call, Pointer<Size> count, Pointer<Size> buf_size);
int environ_get(Call& call, Pointer<uint32_t> environ, Pointer<uint8_t> environ_buf);
int environ_sizes_get(Call& call, Pointer<Size> count, Pointer<Size> buf_size);

int clock_res_get(Call& call, Clockid id, Pointer<Timestamp> resolution);
int clock_time_get(Call& call, Clockid id, Timestamp precision, Pointer<Timestamp> time);

void proc_exit(Call& call, uint32_t status);
int proc_raise(Call& call, Signal signal);
int sched_yield(Call& call);
int random_get(Call& call, Array<uint8_t> buf);

int fd_advise(Call& call, Fd fd, Filesize offset, Filesize len, Advice advice);
int fd_allocate(Call& call, Fd fd, Filesize offset, Filesize len);
int fd_close(Call& call, Fd fd);
int fd_datasync(Call& call, Fd fd);
int fd_sync(Call& call, Fd fd);
int fd_fdstat_get(Call& call, Fd fd, Pointer<Fdstat> stat);
int fd_fdstat_set_flags(Call& call, Fd fd, Fdflags flags);
int fd_fdstat_set_rights(Call& call, Fd fd, Rights base, Rights inheriting);
int fd_filestat_get(Call& call, Fd fd, Pointer<Filestat> stat);
int fd_filestat_set_size(Call& call, Fd fd, Filesize size);
int fd_filestat_set_times(Call& call, Fd fd, Timestamp atim, Timestamp mtim, Fstflags flags);
int fd_prestat_get(Call& call, Fd fd, Pointer<Prestat> prestat);
int fd_prestat_dir_name(Call& call, Fd fd, Array<uint8_t> path);
int fd_renumber(Call& call, Fd from, Fd to);

int fd_read(Call& call, Fd fd, Array<Iovec> iovs, Pointer<Size> nread);
int fd_pread(Call& call, Fd fd, Array<Iovec> iovs, Filesize offset, Pointer<Size> nread);
int fd_write(Call& call, Fd fd, Array<Iovec> iovs, Pointer<Size> nwritten);
int fd_pwrite(Call& call, Fd fd, Array<Iovec> iovs, Filesize offset, Pointer<Size> nwritten);
int fd_seek(Call& call, Fd fd, int64_t offset, Whence whence, Pointer<Filesize> new_offset);
int fd_tell(Call& call, Fd fd, Pointer<Filesize> offset);

int fd_readdir(Call& call, Fd fd, Array<uint8_t> buf, uint64_t cookie, Pointer<Size> used);

int path_create_directory(Call& call, Fd fd, String path);
int path_filestat_get(Call& call, Fd fd, Lookupflags flags, String path, Pointer<Filestat> stat);
int path_filestat_set_times(Call& call, Fd fd, Lookupflags flags, String path, Timestamp atim,
                            Timestamp mtim, Fstflags fst_flags);
int path_link(Call& call, Fd old_fd, Lookupflags old_flags, String old_path, Fd new_fd,
              String new_path);
int path_open(Call& call, Fd fd, Lookupflags dirflags, String path, Oflags oflags, Rights base,
              Rights inheriting, Fdflags fdflags, Pointer<Fd> opened);
int path_readlink(Call& call, Fd fd, String path, Array<uint8_t> buf, Pointer<Size> used);
int path_remove_directory(Call& call, Fd fd, String path);
int path_rename(Call& call, Fd fd, String old_path, Fd new_fd, String new_path);
int path_symlink(Call& call, String old_path, Fd fd, String new_path);
int path_unlink_file(Call& call, Fd fd, String path);

int poll_oneoff(Call& call, Pointer<Subscription> in, Pointer<Event> out, Size count,
                Pointer<Size> stored);

int sock_accept(Call& call, Fd fd, Fdflags flags, Pointer<Fd> connection);
int sock_recv(Call& call, Fd fd, Array<Iovec> data, Riflags flags, Pointer<Size> received,
              Pointer<Roflags> result_flags);
int sock_send(Call& call, Fd fd, Array<Iovec> data, Siflags flags, Pointer<Size> sent);
int sock_shutdown(Call& call, Fd fd, Sdflags how);

// All of them.
std::span<const Function> functions();

}  // namespace wisp::wasi::preview1
