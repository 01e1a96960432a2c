// The sandbox against another thread that renames what a path leads through, over and over:
// whatever is found, nothing outside is reached and nothing outside changes.
#include <atomic>
#include <initializer_list>
#include <set>
#include <thread>

#include "tests/wasi/filesystem/sandbox_fixture.h"

namespace wisp::wasi::filesystem {
namespace {

// Does its two steps in turns until it goes out of scope.
class Racer {
 public:
  template <class There, class Back>
  Racer(There there, Back back)
      : thread_([this, there, back] {
          while (!stop_) {
            there();
            turns_++;
            back();
          }
        }) {}
  ~Racer() {
    stop_ = true;
    thread_.join();
  }
  size_t turns() const { return turns_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<size_t> turns_ = 0;
  std::thread thread_;
};

class SandboxRaces : public PathSandboxTest {
 protected:
  void SetUp() override {
    PathSandboxTest::SetUp();
    ASSERT_EQ(::stat((host / "secret").c_str(), &before_), 0);
  }
  void TearDown() override {
    expect_untouched();
    struct stat after;
    ASSERT_EQ(::stat((host / "secret").c_str(), &after), 0);
    EXPECT_EQ(after.st_ino, before_.st_ino);
    EXPECT_EQ(after.st_mtim.tv_sec, before_.st_mtim.tv_sec);
    EXPECT_EQ(after.st_mtim.tv_nsec, before_.st_mtim.tv_nsec);
    EXPECT_EQ(names_outside(), outside_);
    PathSandboxTest::TearDown();
  }

  std::set<std::string> names_outside() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(host.path())) {
      names.insert(entry.path().filename());
    }
    return names;
  }
  // What is beside the base, once the test has ended.
  void expect_outside(std::set<std::string> names) { outside_ = std::move(names); }

  // Removes what the operations may have made inside, and puts back the file that they moved.
  void remove_names(std::initializer_list<const char*> names) {
    for (const char* name : names) {
      ::unlink(in_base(name).c_str());
      ::rmdir(in_base(name).c_str());
    }
    if (!exists("file")) make_file("file");
  }

  // Two names of the base trade places, while the body runs.
  template <class Body>
  void while_exchanged(std::string_view one, std::string_view other, Body body) {
    const std::string first = in_base(one), second = in_base(other);
    const auto exchange = [=] {
      ::renameat2(AT_FDCWD, first.c_str(), AT_FDCWD, second.c_str(), RENAME_EXCHANGE);
    };
    Racer racer(exchange, exchange);
    while (racer.turns() == 0) std::this_thread::yield();
    body(racer);
  }

 private:
  struct stat before_ = {};
  std::set<std::string> outside_ = {"base", "secret"};
};
WISP_WITH_BOTH_RESOLVERS(SandboxRaces);

// How often to try: until the other thread ran during 200 rounds, which takes more of them where
// there is one processor for both.
class Rounds {
 public:
  explicit Rounds(const Racer& racer) : racer_(racer) {}
  bool next() {
    const size_t turns = racer_.turns();
    if (turns != turns_) raced_++;
    turns_ = turns;
    return ++count_ < 3000 && (count_ < 400 || raced_ < 200);
  }

 private:
  const Racer& racer_;
  size_t turns_ = 0;
  int raced_ = 0, count_ = 0;
};

bool makes_a_name(std::string_view operation) {
  return operation == "create" || operation == "mkdir" || operation == "symlink" ||
         operation == "rename to" || operation == "link to";
}

// A directory on the way becomes a link to the outside.
TEST_P(SandboxRaces, OfDirectories) {
  make_link("..", "race_link");
  size_t reached = 0;
  while_exchanged("dir", "race_link", [&](const Racer& racer) {
    const auto all = operations();
    // Longer while the directory was never there when it was looked for.
    Rounds rounds(racer);
    for (int i = 0; rounds.next() || (reached == 0 && i < 300'000); i++) {
      for (const auto& [name, operation] : all) {
        if (makes_a_name(name)) {
          operation(*root, "dir/new");
          remove_names({"dir/new", "race_link/new", "linked"});
          continue;
        }
        for (const char* path : {"dir/secret", "dir/base/file", "dir/../secret"}) {
          EXPECT_NE(operation(*root, path), "ok") << name << " " << path;
        }
      }
      if (open("dir/inner").ok()) reached++;
    }
  });
  EXPECT_GT(reached, 0u);
}

// The last component becomes a link to the outside.
TEST_P(SandboxRaces, OfTheLastComponent) {
  make_file("swapped");
  make_link("../secret", "race_link");
  while_exchanged("swapped", "race_link", [&](const Racer& racer) {
    const auto all = operations();
    for (Rounds rounds(racer); rounds.next();) {
      for (const auto& [name, operation] : all) {
        if (name == "unlink" || name == "rename from" || name == "rename to") continue;
        operation(*root, "swapped");
        remove_names({"linked"});
      }
      auto file = open("swapped", OpenFlags::kNone, kReadWriteFlags, kFollow);
      if (!file.ok()) continue;
      EXPECT_NE(content(*file.value()), "secret");
      EXPECT_EQ(outcome(write(call, context, *file.value(), bytes_of("x"), 0)), "ok");
    }
  });
}

// A directory is moved out of the base while the path goes down into it and up again: its parent is
// the outside then.
TEST_P(SandboxRaces, OfStepsUpFromADirectoryThatIsMovedOut) {
  const std::string inside = in_base("dir/sub"), outside = host / "moved";
  {
    Racer racer([&] { ::rename(inside.c_str(), outside.c_str()); },
                [&] { ::rename(outside.c_str(), inside.c_str()); });
    const auto all = operations();
    for (Rounds rounds(racer); rounds.next();) {
      for (const auto& [name, operation] : all) {
        if (makes_a_name(name)) {
          operation(*root, "dir/sub/../new");
          remove_names({"dir/new"});
          continue;
        }
        for (const char* path : {"dir/sub/../secret", "dir/sub/../base/file"}) {
          EXPECT_NE(operation(*root, path), "ok") << name << " " << path;
        }
      }
    }
  }
}

// What was opened before keeps its place, and has no way up from there.
TEST_P(SandboxRaces, ADirectoryThatWasMovedOutHasNoWayUp) {
  make_file("dir/sub/file");
  auto sub = open("dir/sub", OpenFlags::kDirectory, DescriptorFlags::kRead);
  ASSERT_EQ(outcome(sub), "ok");
  ASSERT_EQ(::rename(in_base("dir/sub").c_str(), (host / "moved").c_str()), 0);
  for (const auto& [name, operation] : operations()) {
    for (const char* path : {"..", "../secret", "../new", "./../secret"}) {
      EXPECT_EQ(operation(*sub.value(), path), "not-permitted") << name << " " << path;
    }
  }
  expect_outside({"base", "moved", "secret"});
}

// An entry of a directory that is read becomes another one.
TEST_P(SandboxRaces, OfDirectoriesThatAreRead) {
  make_link("..", "race_link");
  while_exchanged("dir", "race_link", [&](const Racer& racer) {
    for (Rounds rounds(racer); rounds.next();) {
      auto directory = open("dir", OpenFlags::kDirectory, DescriptorFlags::kRead, kFollow);
      if (!directory.ok()) continue;
      auto entries = read_directory(call, context, *directory.value());
      ASSERT_EQ(outcome(entries), "ok");
      for (;;) {
        auto entry = read_directory_entry(call, context, *entries.value());
        ASSERT_EQ(outcome(entry), "ok");
        if (!entry.value().has_value()) break;
        EXPECT_NE(entry.value()->name, "secret");
      }
    }
  });
}

}  // namespace
}  // namespace wisp::wasi::filesystem
