#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

namespace {

constexpr Function kFunctions[] = {
    function<"args_get", &args_get>(),
    function<"args_sizes_get", &args_sizes_get>(),
    function<"environ_get", &environ_get>(),
    function<"environ_sizes_get", &environ_sizes_get>(),
    function<"clock_res_get", &clock_res_get>(),
    function<"clock_time_get", &clock_time_get>(),
    function<"fd_advise", &fd_advise>(),
    function<"fd_allocate", &fd_allocate>(),
    function<"fd_close", &fd_close>(),
    function<"fd_datasync", &fd_datasync>(),
    function<"fd_fdstat_get", &fd_fdstat_get>(),
    function<"fd_fdstat_set_flags", &fd_fdstat_set_flags>(),
    function<"fd_fdstat_set_rights", &fd_fdstat_set_rights>(),
    function<"fd_filestat_get", &fd_filestat_get>(),
    function<"fd_filestat_set_size", &fd_filestat_set_size>(),
    function<"fd_filestat_set_times", &fd_filestat_set_times>(),
    function<"fd_pread", &fd_pread>(),
    function<"fd_prestat_get", &fd_prestat_get>(),
    function<"fd_prestat_dir_name", &fd_prestat_dir_name>(),
    function<"fd_pwrite", &fd_pwrite>(),
    function<"fd_read", &fd_read>(),
    function<"fd_readdir", &fd_readdir>(),
    function<"fd_renumber", &fd_renumber>(),
    function<"fd_seek", &fd_seek>(),
    function<"fd_sync", &fd_sync>(),
    function<"fd_tell", &fd_tell>(),
    function<"fd_write", &fd_write>(),
    function<"path_create_directory", &path_create_directory>(),
    function<"path_filestat_get", &path_filestat_get>(),
    function<"path_filestat_set_times", &path_filestat_set_times>(),
    function<"path_link", &path_link>(),
    function<"path_open", &path_open>(),
    function<"path_readlink", &path_readlink>(),
    function<"path_remove_directory", &path_remove_directory>(),
    function<"path_rename", &path_rename>(),
    function<"path_symlink", &path_symlink>(),
    function<"path_unlink_file", &path_unlink_file>(),
    function<"poll_oneoff", &poll_oneoff>(),
    function<"proc_exit", &proc_exit>(),
    function<"proc_raise", &proc_raise>(),
    function<"sched_yield", &sched_yield>(),
    function<"random_get", &random_get>(),
    function<"sock_accept", &sock_accept>(),
    function<"sock_recv", &sock_recv>(),
    function<"sock_send", &sock_send>(),
    function<"sock_shutdown", &sock_shutdown>(),
};

}  // namespace

std::span<const Function> functions() { return kFunctions; }

}  // namespace wisp::wasi::preview1
