// Every operation on paths, on a small tree with links of all kinds, inside of what the guest sees
// and out of it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "tests/wasi/filesystem/filesystem_fixture.h"

namespace wisp::wasi::filesystem {

class PathSandboxTest : public FilesystemTest {
 protected:
  // base/
  //   file, dir/inner, dir/sub/
  //   in -> dir/inner      into -> dir        dangling -> nowhere
  //   out -> ../secret     outdir -> ..       absolute -> /etc/hostname
  //   loop -> loop2        loop2 -> loop      deep_out -> dir/../../secret
  // secret (outside)
  void SetUp() override {
    FilesystemTest::SetUp();
    host.write("secret", "secret");
    make_file("file");
    make_directory("dir");
    make_directory("dir/sub");
    make_file("dir/inner", "inner");
    make_link("dir/inner", "in");
    make_link("dir", "into");
    make_link("nowhere", "dangling");
    make_link("../secret", "out");
    make_link("..", "outdir");
    make_link("/etc/hostname", "absolute");
    make_link("loop2", "loop");
    make_link("loop", "loop2");
    make_link("dir/../../secret", "deep_out");
  }

  void expect_untouched() {
    EXPECT_EQ(host.read("secret"), "secret");
    struct stat status;
    EXPECT_EQ(::lstat((host / "new").c_str(), &status), -1);
    EXPECT_EQ(::stat((host / "secret").c_str(), &status), 0);
    EXPECT_EQ(status.st_nlink, 1u);
  }

  using Operation = std::function<std::string(Descriptor& directory, std::string_view path)>;

  // Every function that takes a path, with the other arguments harmless.
  std::map<std::string, Operation> operations() {
    NewTimestamp now{decltype(NewTimestamp::value)(std::in_place_index<1>)};
    return {
        {"open",
         [&](auto& d, auto p) {
           return outcome(
               open_at(call, context, d, kFollow, p, OpenFlags::kNone, DescriptorFlags::kRead));
         }},
        {"create",
         [&](auto& d, auto p) {
           return outcome(
               open_at(call, context, d, kFollow, p, OpenFlags::kCreate, kReadWriteFlags));
         }},
        {"truncate",
         [&](auto& d, auto p) {
           return outcome(
               open_at(call, context, d, kFollow, p, OpenFlags::kTruncate, kReadWriteFlags));
         }},
        {"stat", [&](auto& d, auto p) { return outcome(stat_at(call, context, d, kFollow, p)); }},
        {"hash",
         [&](auto& d, auto p) { return outcome(metadata_hash_at(call, context, d, kFollow, p)); }},
        {"set-times",
         [this, now](auto& d, auto p) {
           return outcome(set_times_at(call, context, d, kFollow, p, now, now));
         }},
        {"mkdir",
         [&](auto& d, auto p) { return outcome(create_directory_at(call, context, d, p)); }},
        {"rmdir",
         [&](auto& d, auto p) { return outcome(remove_directory_at(call, context, d, p)); }},
        {"unlink", [&](auto& d, auto p) { return outcome(unlink_file_at(call, context, d, p)); }},
        {"readlink", [&](auto& d, auto p) { return outcome(readlink_at(call, context, d, p)); }},
        {"symlink",
         [&](auto& d, auto p) { return outcome(symlink_at(call, context, d, "target", p)); }},
        {"rename from",
         [&](auto& d, auto p) { return outcome(rename_at(call, context, d, p, d, "renamed")); }},
        {"rename to",
         [&](auto& d, auto p) { return outcome(rename_at(call, context, d, "file", d, p)); }},
        {"link from",
         [&](auto& d, auto p) {
           return outcome(link_at(call, context, d, kKeep, p, d, "linked"));
         }},
        {"link to",
         [&](auto& d, auto p) { return outcome(link_at(call, context, d, kKeep, "file", d, p)); }},
    };
  }
};

}  // namespace wisp::wasi::filesystem
