// The sandbox matrix: every operation on paths x every way to write a path that might lead out, and
// the permissions.
#include "wasi/filesystem/path_sandbox.h"

#include <sys/syscall.h>

#include <cerrno>

#include "tests/support/child_process.h"
#include "tests/wasi/filesystem/sandbox_fixture.h"

namespace wisp::wasi::filesystem {
namespace {

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

// Links of /proc stand for the object itself, wherever it is: no path leads through one, although
// the file is the process's own.
TEST_P(PathSandboxTest, MagicLinksLeadNowhere) {
  const int in_process = ::open(in_base("dir").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const std::string inside = "fd/" + std::to_string(in_process);
  const int process = ::open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(process, 0);
  context.preopens = {{process, "/", DirectoryAccess::kReadWrite}};
  const auto preopened = preopens::get_directories(call, context);
  Descriptor& directory = *std::get<0>(preopened[0]);
  const std::string paths[] = {"root", "root/proc/version", "task/../root/proc", "cwd/.", "exe",
                               inside, inside + "/",        inside + "/inner"};
  for (const auto& [name, operation] : operations()) {
    for (const std::string& path : paths) {
      EXPECT_NE(operation(directory, path), "ok") << name << " " << path;
    }
  }
  // The link as such can be looked at.
  EXPECT_EQ(stat_at(call, context, directory, kKeep, "root").value().type,
            DescriptorType::kSymbolicLink);
  EXPECT_EQ(outcome(readlink_at(call, context, directory, "root")), "not-permitted");
  EXPECT_EQ(outcome(open_at(call, context, directory, kKeep, "status", OpenFlags::kNone,
                            DescriptorFlags::kRead)),
            "ok");
  ::close(process);
  ::close(in_process);
  EXPECT_TRUE(exists("dir/inner"));
}

// What the system allows is allowed, to the byte.
TEST_P(PathSandboxTest, PathsOfTheGreatestLength) {
  std::string path;
  while (path.size() + 2 + 9 < 4096) path += "./";
  path.append(4095 - 9 - path.size(), '/');
  path += "dir/inner";
  ASSERT_EQ(path.size(), 4095u);
  EXPECT_EQ(outcome(open(path)), "ok");
  EXPECT_EQ(outcome(stat_at(call, context, *root, kKeep, path)), "ok");
  EXPECT_EQ(outcome(open("/" + path)), "name-too-long");
  const std::string name(255, 'n');
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, name)), "ok");
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, name + "n")), "name-too-long");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, std::string(4095, 't'), "long_link")), "ok");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, std::string(4096, 't'), "longer_link")),
            "name-too-long");
  EXPECT_EQ(outcome(stat_at(call, context, *root, kFollow, "long_link")), "name-too-long");
  EXPECT_EQ(readlink_at(call, context, *root, "long_link").value(), std::string(4095, 't'));

  // Deeper than a path can say: descriptors lead there.
  std::unique_ptr<Descriptor> below;
  for (int i = 0; i < 20; i++) {
    Descriptor& from = below ? *below : *root;
    const std::string made = outcome(create_directory_at(call, context, from, name));
    ASSERT_EQ(made, i == 0 ? "exist" : "ok");
    auto next = open_at(call, context, from, kKeep, name, OpenFlags::kDirectory,
                        DescriptorFlags::kRead | DescriptorFlags::kMutateDirectory);
    ASSERT_EQ(outcome(next), "ok") << i;
    below = std::move(next.value());
  }
  EXPECT_EQ(
      outcome(open_at(call, context, *below, kKeep, "f", OpenFlags::kCreate, kReadWriteFlags)),
      "ok");
  EXPECT_EQ(outcome(stat_at(call, context, *below, kKeep, "../f")), "not-permitted");
}

TEST_P(PathSandboxTest, FortyLinksAreFollowedAndNotOneMore) {
  make_link("file", "l0");
  for (int i = 1; i <= 40; i++) make_link("l" + std::to_string(i - 1), "l" + std::to_string(i));
  EXPECT_EQ(outcome(stat_at(call, context, *root, kFollow, "l39")), "ok");
  EXPECT_EQ(outcome(stat_at(call, context, *root, kFollow, "l40")), "loop");
  EXPECT_EQ(outcome(open("l39", OpenFlags::kNone, DescriptorFlags::kRead, kFollow)), "ok");
  EXPECT_EQ(outcome(open("l40", OpenFlags::kNone, DescriptorFlags::kRead, kFollow)), "loop");
}

// Whoever may only read has no way to a name, a link or a length that changes what it reads.
TEST_P(PathSandboxTest, NothingOfAReadOnlyPreopenIsTruncatedOrLinked) {
  for (const char* path : {"dir/inner", "in", "into/inner", "./dir/../dir/inner"}) {
    for (const OpenFlags how : {OpenFlags::kTruncate, OpenFlags::kCreate | OpenFlags::kTruncate}) {
      for (const DescriptorFlags flags :
           {DescriptorFlags::kNone, DescriptorFlags::kRead, DescriptorFlags::kWrite}) {
        EXPECT_EQ(outcome(open_at(call, context, *read_only, kFollow, path, how, flags)),
                  "not-permitted")
            << path;
      }
    }
    for (auto [from, to] :
         {std::pair{&*read_only, &*root}, {&*root, &*read_only}, {&*read_only, &*read_only}}) {
      EXPECT_EQ(outcome(link_at(call, context, *from, kKeep, path, *to, "hard")), "not-permitted");
      EXPECT_EQ(outcome(rename_at(call, context, *from, path, *to, "hard")), "not-permitted");
      EXPECT_EQ(outcome(rename_at(call, context, *from, "file", *to, path)), "not-permitted");
    }
    auto reader =
        open_at(call, context, *read_only, kFollow, path, OpenFlags::kNone, DescriptorFlags::kRead);
    ASSERT_EQ(outcome(reader), "ok") << path;
    EXPECT_EQ(outcome(set_size(call, context, *reader.value(), 0)), "not-permitted");
    EXPECT_EQ(outcome(append_via_stream(call, context, *reader.value())), "not-permitted");
  }
  EXPECT_EQ(host.read("base/dir/inner"), "inner");
  EXPECT_FALSE(exists("hard"));
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
