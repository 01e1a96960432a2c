// The sandbox matrix: every operation on paths x every way to write a path that might lead out, and
// the permissions.
#include "wasi/filesystem/path_sandbox.h"

#include <sys/syscall.h>

#include <atomic>
#include <cerrno>
#include <functional>
#include <map>
#include <thread>
#include <vector>

#include "tests/support/child_process.h"
#include "tests/wasi/filesystem/filesystem_fixture.h"

namespace wisp::wasi::filesystem {
namespace {

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
WISP_WITH_BOTH_RESOLVERS(PathSandboxTest);

TEST_P(PathSandboxTest, NoOperationLeavesTheBase) {
  const char* const escapes[] = {
      "..",
      "../",
      "../.",
      "../new",
      "../secret",
      "../base/file",
      "./../secret",
      "dir/../../secret",
      "dir/../../new",
      "dir/sub/../../../secret",
      "into/../../secret",
      "//etc/hostname",
      "/",
      "/file",
      "/etc/hostname",
      "outdir/secret",
      "outdir/new",
      "outdir/base/file",
      "outdir/..",
      "./outdir/secret",
      "into/../outdir/new",
  };
  for (const auto& [name, operation] : operations()) {
    for (const char* path : escapes) {
      EXPECT_EQ(operation(*root, path), "not-permitted") << name << " " << path;
    }
  }
  expect_untouched();
  EXPECT_TRUE(exists("file"));
}

TEST_P(PathSandboxTest, NoOperationFollowsALinkOutOfTheBase) {
  // As the last component: those that follow it must refuse, those that do not act on the link
  // itself.
  for (const auto& [name, operation] : operations()) {
    for (const char* path : {"out", "absolute", "deep_out"}) {
      const std::string what = operation(*root, path);
      const bool acts_on_link = name == "unlink" || name == "rename from" || name == "rename to" ||
                                name == "link from" || name == "readlink";
      if (!acts_on_link) {
        const bool sees_link = name == "mkdir" || name == "symlink" || name == "link to";
        EXPECT_EQ(what, sees_link         ? "exist"
                        : name == "rmdir" ? "not-directory"
                                          : "not-permitted")
            << name << " " << path;
      }
      // Put back what an operation on the link itself has moved.
      for (const char* link : {"out", "absolute", "deep_out", "renamed", "linked"})
        ::unlink(in_base(link).c_str());
      make_link("../secret", "out");
      make_link("/etc/hostname", "absolute");
      make_link("dir/../../secret", "deep_out");
      if (!exists("file")) make_file("file");
    }
  }
  expect_untouched();
}

TEST_P(PathSandboxTest, PathsInsideTheBaseWork) {
  const char* const fine[] = {
      "dir/inner",        "./dir/inner", "dir/./inner", "dir//inner",        "dir/sub/../inner",
      "dir/../dir/inner", "in",          "into/inner",  "into/../dir/inner", "into/sub/../inner",
  };
  for (const char* path : fine) {
    auto file = open(path, OpenFlags::kNone, DescriptorFlags::kRead, kFollow);
    ASSERT_EQ(outcome(file), "ok") << path;
    EXPECT_EQ(content(*file.value()), "inner") << path;
    EXPECT_EQ(outcome(stat_at(call, context, *root, kFollow, path)), "ok") << path;
  }
  for (const char* path : {".", "./", "dir/..", "dir/.", "dir/", "into/", "into/.", "dir/sub/.."}) {
    auto directory = open(path, OpenFlags::kDirectory, DescriptorFlags::kRead, kFollow);
    ASSERT_EQ(outcome(directory), "ok") << path;
    EXPECT_TRUE(directory.value()->is_directory()) << path;
  }
}

TEST_P(PathSandboxTest, MalformedPaths) {
  using namespace std::string_view_literals;
  const std::string long_name(300, 'n');
  std::string long_path;
  while (long_path.size() < 5000) long_path += "dir/../";
  for (const auto& [name, operation] : operations()) {
    EXPECT_EQ(operation(*root, ""), "no-entry") << name;
    EXPECT_EQ(operation(*root, "file\0x"sv), "invalid") << name;
    EXPECT_EQ(operation(*root, "\0"sv), "invalid") << name;
    EXPECT_EQ(operation(*root, long_name), "name-too-long") << name;
    EXPECT_EQ(operation(*root, long_path), "name-too-long") << name;
    EXPECT_EQ(operation(*root, "file/x"), "not-directory") << name;
    EXPECT_EQ(operation(*root, "absent/x"), "no-entry") << name;
    EXPECT_EQ(operation(*root, "loop/x"), "loop") << name;
    EXPECT_EQ(operation(*root, "dangling/x"), "no-entry") << name;
  }
}

TEST_P(PathSandboxTest, LinksInTheLastComponent) {
  EXPECT_EQ(outcome(open("in", OpenFlags::kNone, DescriptorFlags::kRead, kKeep)), "loop");
  EXPECT_EQ(outcome(open("in", OpenFlags::kNone, DescriptorFlags::kRead, kFollow)), "ok");
  EXPECT_EQ(outcome(open("loop", OpenFlags::kNone, DescriptorFlags::kRead, kFollow)), "loop");
  EXPECT_EQ(outcome(open("dangling", OpenFlags::kNone, DescriptorFlags::kRead, kFollow)),
            "no-entry");
  // Created through a dangling link, as POSIX has it; exclusively, the link counts as existing.
  EXPECT_EQ(outcome(open("dangling", OpenFlags::kCreate | OpenFlags::kExclusive, kReadWriteFlags,
                         kFollow)),
            "exist");
  EXPECT_FALSE(exists("nowhere"));
  EXPECT_EQ(outcome(open("dangling", OpenFlags::kCreate, kReadWriteFlags, kFollow)), "ok");
  EXPECT_TRUE(exists("nowhere"));
  EXPECT_EQ(stat_at(call, context, *root, kKeep, "in").value().type, DescriptorType::kSymbolicLink);
  EXPECT_EQ(stat_at(call, context, *root, kFollow, "in").value().type,
            DescriptorType::kRegularFile);
  EXPECT_EQ(stat_at(call, context, *root, kKeep, "into/").value().type, DescriptorType::kDirectory);
  EXPECT_EQ(outcome(stat_at(call, context, *root, kFollow, "loop")), "loop");
  EXPECT_EQ(outcome(stat_at(call, context, *root, kKeep, "loop")), "ok");
}

TEST_P(PathSandboxTest, TrailingSlashes) {
  EXPECT_EQ(outcome(open("file/")), "not-directory");
  EXPECT_EQ(outcome(open("dir/")), "ok");
  EXPECT_EQ(outcome(open("new/", OpenFlags::kCreate, kReadWriteFlags)), "is-directory");
  EXPECT_EQ(outcome(stat_at(call, context, *root, kKeep, "file/")), "not-directory");
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, "made/")), "ok");
  EXPECT_TRUE(exists("made"));
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, "made///")), "exist");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "file/")), "not-directory");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "dir/")), "is-directory");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "dir")), "is-directory");
  EXPECT_EQ(outcome(rename_at(call, context, *root, "made/", *root, "moved/")), "ok");
  EXPECT_TRUE(exists("moved"));
  EXPECT_EQ(outcome(rename_at(call, context, *root, "file/", *root, "elsewhere")), "not-directory");
  EXPECT_EQ(outcome(rename_at(call, context, *root, "file", *root, "elsewhere/")), "not-directory");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, "file", "name/")), "no-entry");
  EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "file/", *root, "hard")), "not-directory");
  EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "outdir/", *root, "hard")),
            "not-permitted");
  EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "file", *root, "hard/")), "no-entry");
  EXPECT_EQ(outcome(readlink_at(call, context, *root, "into/")), "invalid");
  EXPECT_EQ(outcome(readlink_at(call, context, *root, "outdir/")), "not-permitted");
  EXPECT_EQ(outcome(remove_directory_at(call, context, *root, "moved/")), "ok");
  EXPECT_EQ(outcome(remove_directory_at(call, context, *root, "into/")), "not-directory");
  EXPECT_TRUE(exists("file"));
}

TEST_P(PathSandboxTest, ASlashAfterALinkDoesNotLeadOut) {
  for (const auto& [name, operation] : operations()) {
    if (name == "create") continue;  // a slash alone makes it `is-directory`
    for (const char* path : {"outdir/", "outdir//", "dir/../outdir/"}) {
      EXPECT_EQ(operation(*root, path), "not-permitted") << name << " " << path;
    }
  }
  expect_untouched();
  EXPECT_TRUE(exists("outdir"));
}

TEST_P(PathSandboxTest, StepsAsLastComponentChangeNothing) {
  for (const char* path : {".", "dir/.", "dir/..", "dir/sub/.."}) {
    for (const auto& [name, operation] : operations()) {
      if (name == "open" || name == "stat" || name == "hash" || name == "set-times") continue;
      EXPECT_NE(operation(*root, path), "ok") << name << " " << path;
    }
  }
  EXPECT_TRUE(exists("dir/sub"));
  EXPECT_TRUE(exists("file"));
}

TEST_P(PathSandboxTest, AReadOnlyPreopenChangesNothing) {
  for (const auto& [name, operation] : operations()) {
    const bool reads = name == "open" || name == "stat" || name == "hash";
    const std::string path = name == "readlink" ? "in" : "dir/inner";
    EXPECT_EQ(operation(*read_only, path), reads || name == "readlink" ? "ok" : "not-permitted")
        << name;
  }
  // What is opened below it is read-only too.
  auto below = open_at(call, context, *read_only, kKeep, "dir", OpenFlags::kDirectory,
                       DescriptorFlags::kRead);
  ASSERT_TRUE(below.ok());
  EXPECT_EQ(outcome(unlink_file_at(call, context, *below.value(), "inner")), "not-permitted");
  EXPECT_EQ(outcome(open_at(call, context, *below.value(), kKeep, "inner", OpenFlags::kNone,
                            kReadWriteFlags)),
            "not-permitted");
  EXPECT_TRUE(exists("dir/inner"));
}

TEST_P(PathSandboxTest, NothingPassesBetweenReadOnlyAndWritable) {
  EXPECT_EQ(outcome(rename_at(call, context, *read_only, "file", *root, "moved")), "not-permitted");
  EXPECT_EQ(outcome(rename_at(call, context, *root, "file", *read_only, "moved")), "not-permitted");
  EXPECT_EQ(outcome(link_at(call, context, *read_only, kKeep, "file", *root, "moved")),
            "not-permitted");
  EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "file", *read_only, "moved")),
            "not-permitted");
  EXPECT_TRUE(exists("file"));
  EXPECT_FALSE(exists("moved"));
}

TEST_P(PathSandboxTest, PathsOfAFileDescriptorAreRefused) {
  auto file = must_open("file");
  for (const auto& [name, operation] : operations()) {
    EXPECT_EQ(operation(*file, "x"), "not-directory") << name;
  }
}

// Another thread swaps a directory for a link to the outside, over and over; no look ever gets out.
TEST_P(PathSandboxTest, ARacingThreadOpensNoWayOut) {
  std::atomic<bool> stop = false;
  std::thread racer([&] {
    const std::string directory = in_base("dir"), aside = in_base("aside"),
                      link = in_base("race_link");
    ::symlink("..", link.c_str());
    while (!stop) {
      ::rename(directory.c_str(), aside.c_str());
      ::rename(link.c_str(), directory.c_str());
      ::rename(directory.c_str(), link.c_str());
      ::rename(aside.c_str(), directory.c_str());
    }
  });
  size_t reached = 0;
  // Longer while the directory was never there when it was looked for.
  for (int i = 0; i < 3000 || (reached == 0 && i < 300'000); i++) {
    auto file = open("dir/secret", OpenFlags::kNone, DescriptorFlags::kRead, kFollow);
    EXPECT_FALSE(file.ok());
    EXPECT_NE(outcome(create_directory_at(call, context, *root, "dir/../../new")), "ok");
    EXPECT_NE(outcome(unlink_file_at(call, context, *root, "dir/secret")), "ok");
    if (open("dir/inner").ok()) reached++;
  }
  stop = true;
  racer.join();
  expect_untouched();
  EXPECT_GT(reached, 0u);
}

TEST_P(PathSandboxTest, NoDescriptorsLeak) {
  const int before = ::dup(0);
  ::close(before);
  for (const auto& [name, operation] : operations()) {
    for (const char* path :
         {"dir/sub/../inner", "outdir/x", "into/sub/x", "loop/x", "dir/sub/../../../x"}) {
      operation(*root, path);
    }
  }
  const int after = ::dup(0);
  ::close(after);
  EXPECT_EQ(before, after);
}

TEST(PathSandboxChoice, FallsBackWhereTheKernelHasNoOpenat2) {
  for (int error : {ENOSYS, EPERM}) {
    const auto result = wisp::testing::in_child([error] {
      if (!wisp::testing::refuse_calls({SYS_openat2}, error)) return 100;
      wisp::testing::TemporaryDirectory directory;
      directory.write("file", "x");
      const int base = ::open(directory.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      PathSandbox sandbox;
      for (int round = 0; round < 2; round++) {
        ScopedDescriptor file(sandbox.open(base, "file", O_RDONLY, FinalLink::kKeep));
        if (file.get() < 0) return 1;
        if (sandbox.open(base, "../x", O_RDONLY, FinalLink::kKeep) != -EPERM) return 2;
        if (sandbox.open(base, "absent", O_RDONLY, FinalLink::kKeep) != -ENOENT) return 3;
      }
      return 0;
    });
    if (result.status == 100) GTEST_SKIP() << "no seccomp filters here";
    EXPECT_EQ(result.status, 0);
  }
}

}  // namespace
}  // namespace wisp::wasi::filesystem
