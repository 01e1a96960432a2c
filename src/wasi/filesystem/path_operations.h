// Operations on names below an open directory, with the permissions that they need: what every
// version of WASI makes its functions of. Every path goes through the sandbox.
//
// Results are 0, or a negated errno. What is no directory is ENOTDIR, and what a read-only preopen
// forbids is EPERM.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wasi/context.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/filesystem/path_sandbox.h"

namespace wisp::wasi::files {

int create_directory_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path);
int remove_directory_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path);
int unlink_file_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path);
int symlink_at(PathSandbox& sandbox, const Descriptor& self, std::string_view old_path,
               std::string_view new_path);
int rename_at(PathSandbox& sandbox, const Descriptor& self, std::string_view old_path,
              const Descriptor& new_descriptor, std::string_view new_path);
int link_at(PathSandbox& sandbox, const Descriptor& self, FinalLink final_link,
            std::string_view old_path, const Descriptor& new_descriptor, std::string_view new_path);
int readlink_at(PathSandbox& sandbox, const Descriptor& self, std::string_view path,
                std::string& target);
int status_at(PathSandbox& sandbox, const Descriptor& self, FinalLink final_link,
              std::string_view path, struct stat& result);
// For utimensat(2); nothing: a time that cannot be represented, EOVERFLOW.
int set_times_at(PathSandbox& sandbox, const Descriptor& self, FinalLink final_link,
                 std::string_view path, const std::optional<timespec>& access,
                 const std::optional<timespec>& modification);
// What is opened counts in the context's budget of descriptors: EMFILE where that is used up.
int open_at(WasiContext& context, const Descriptor& self, FinalLink final_link,
            std::string_view path, OpenFlags open_flags, DescriptorFlags flags,
            std::unique_ptr<Descriptor>& opened);

}  // namespace wisp::wasi::files
