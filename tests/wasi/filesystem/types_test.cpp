// wasi.md, section 4, points 23 to 29, and every function of wasi:filesystem/types.
#include "wasi/filesystem/types.h"

#include <sys/resource.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "tests/wasi/filesystem/filesystem_fixture.h"
#include "wasi/filesystem/file_streams.h"
#include "wasi/filesystem/metadata.h"

namespace wisp::wasi::filesystem {
namespace {

constexpr uint64_t kHuge = ~uint64_t{0};

class TypesTest : public FilesystemTest {
 protected:
  NewTimestamp no_change() { return {decltype(NewTimestamp::value)(std::in_place_index<0>)}; }
  NewTimestamp now() { return {decltype(NewTimestamp::value)(std::in_place_index<1>)}; }
  NewTimestamp at(uint64_t seconds, uint32_t nanoseconds) {
    return {Datetime{seconds, nanoseconds}};
  }
};
WISP_WITH_BOTH_RESOLVERS(TypesTest);

TEST_P(TypesTest, OpenFlags) {
  make_file("file", "0123456789");
  make_directory("dir");
  EXPECT_EQ(outcome(open("absent")), "no-entry");
  EXPECT_EQ(outcome(open("new", OpenFlags::kCreate, kReadWriteFlags)), "ok");
  EXPECT_EQ(outcome(open("new", OpenFlags::kCreate | OpenFlags::kExclusive, kReadWriteFlags)),
            "exist");
  EXPECT_EQ(outcome(open("newer", OpenFlags::kCreate | OpenFlags::kExclusive, kReadWriteFlags)),
            "ok");
  EXPECT_EQ(outcome(open("file", OpenFlags::kDirectory)), "not-directory");
  EXPECT_EQ(outcome(open("dir", OpenFlags::kDirectory)), "ok");
  EXPECT_EQ(outcome(open("dir", OpenFlags::kDirectory | OpenFlags::kCreate)), "invalid");
  EXPECT_EQ(outcome(open("dir", OpenFlags::kDirectory | OpenFlags::kExclusive)), "invalid");
  EXPECT_EQ(outcome(open("dir", OpenFlags::kDirectory | OpenFlags::kTruncate)), "invalid");
  EXPECT_EQ(outcome(open("dir", OpenFlags::kNone, kReadWriteFlags)), "is-directory");
  EXPECT_EQ(content(*must_open("file")), "0123456789");
  EXPECT_EQ(outcome(open("file", OpenFlags::kTruncate, kReadWriteFlags)), "ok");
  EXPECT_EQ(host.read("base/file"), "");
}

TEST_P(TypesTest, ReadOnlyPreopenRefusesEveryKindOfWriting) {
  make_file("file");
  make_directory("dir");
  auto open_ro = [&](OpenFlags open_flags, DescriptorFlags flags) {
    return outcome(open_at(call, context, *read_only, kKeep, "file", open_flags, flags));
  };
  EXPECT_EQ(open_ro(OpenFlags::kNone, DescriptorFlags::kRead), "ok");
  EXPECT_EQ(open_ro(OpenFlags::kNone, DescriptorFlags::kWrite), "not-permitted");
  EXPECT_EQ(open_ro(OpenFlags::kTruncate, DescriptorFlags::kRead), "not-permitted");
  EXPECT_EQ(open_ro(OpenFlags::kCreate, DescriptorFlags::kRead), "not-permitted");
  auto file = std::move(
      open_at(call, context, *read_only, kKeep, "file", OpenFlags::kNone, DescriptorFlags::kRead)
          .value());
  EXPECT_EQ(outcome(write(call, context, *file, bytes_of("x"), 0)), "not-permitted");
  EXPECT_EQ(outcome(write_via_stream(call, context, *file, 0)), "not-permitted");
  EXPECT_EQ(outcome(append_via_stream(call, context, *file)), "not-permitted");
  EXPECT_EQ(outcome(set_size(call, context, *file, 0)), "not-permitted");
  EXPECT_EQ(outcome(set_times(call, context, *file, now(), now())), "not-permitted");
  EXPECT_EQ(outcome(set_times(call, context, *read_only, now(), now())), "not-permitted");
  EXPECT_EQ(outcome(sync(call, context, *file)), "ok");
  EXPECT_EQ(host.read("base/file"), "content");
}

TEST_P(TypesTest, AccessFlagsOfADescriptorHold) {
  make_file("file");
  auto reader = must_open("file", DescriptorFlags::kRead);
  EXPECT_EQ(outcome(write(call, context, *reader, bytes_of("x"), 0)), "bad-descriptor");
  EXPECT_EQ(outcome(write_via_stream(call, context, *reader, 0)), "bad-descriptor");
  EXPECT_EQ(outcome(append_via_stream(call, context, *reader)), "bad-descriptor");
  EXPECT_EQ(outcome(set_size(call, context, *reader, 0)), "invalid");
  auto writer = must_open("file", DescriptorFlags::kWrite);
  EXPECT_EQ(outcome(read(call, context, *writer, 1, 0)), "bad-descriptor");
  EXPECT_EQ(outcome(read_via_stream(call, context, *writer, 0)), "bad-descriptor");
  EXPECT_EQ(get_flags(call, context, *reader).value(), DescriptorFlags::kRead);
  EXPECT_EQ(get_flags(call, context, *writer).value(), DescriptorFlags::kWrite);
  EXPECT_EQ(get_flags(call, context, *root).value(),
            DescriptorFlags::kRead | DescriptorFlags::kMutateDirectory);
  EXPECT_EQ(get_flags(call, context, *read_only).value(), DescriptorFlags::kRead);
}

// Without `write` a file is opened for reading; `create` and `truncate` add `write`.
TEST_P(TypesTest, WhatIsNotAskedForIsReading) {
  make_file("file");
  make_directory("dir");
  const auto kMutate = DescriptorFlags::kMutateDirectory;
  struct Case {
    OpenFlags open_flags;
    DescriptorFlags asked, given;
  };
  for (const Case& each : {
           Case{OpenFlags::kNone, DescriptorFlags::kNone, DescriptorFlags::kRead},
           Case{OpenFlags::kNone, kMutate, DescriptorFlags::kRead},
           Case{OpenFlags::kNone, DescriptorFlags::kRead | kMutate, DescriptorFlags::kRead},
           Case{OpenFlags::kNone, DescriptorFlags::kWrite | kMutate, DescriptorFlags::kWrite},
           Case{OpenFlags::kCreate, DescriptorFlags::kNone, kReadWriteFlags},
           Case{OpenFlags::kCreate, DescriptorFlags::kRead, kReadWriteFlags},
           Case{OpenFlags::kCreate, DescriptorFlags::kWrite, DescriptorFlags::kWrite},
           Case{OpenFlags::kTruncate, DescriptorFlags::kNone, kReadWriteFlags},
           Case{OpenFlags::kTruncate, DescriptorFlags::kRead, kReadWriteFlags},
       }) {
    host.write("base/file", "content");
    auto file = open("file", each.open_flags, each.asked);
    ASSERT_EQ(outcome(file), "ok");
    Descriptor& opened = *file.value();
    EXPECT_EQ(get_flags(call, context, opened).value(), each.given);
    const bool reads = has(each.given, DescriptorFlags::kRead);
    const bool writes = has(each.given, DescriptorFlags::kWrite);
    EXPECT_EQ(outcome(read(call, context, opened, 1, 0)), reads ? "ok" : "bad-descriptor");
    EXPECT_EQ(outcome(read_via_stream(call, context, opened, 0)), reads ? "ok" : "bad-descriptor");
    EXPECT_EQ(outcome(write(call, context, opened, bytes_of("x"), 0)),
              writes ? "ok" : "bad-descriptor");
    EXPECT_EQ(outcome(write_via_stream(call, context, opened, 0)),
              writes ? "ok" : "bad-descriptor");
    EXPECT_EQ(outcome(set_size(call, context, opened, 3)), writes ? "ok" : "invalid");
  }
  auto directory = open("dir", OpenFlags::kNone, kMutate);
  EXPECT_EQ(get_flags(call, context, *directory.value()).value(), DescriptorFlags::kRead | kMutate);
}

TEST_P(TypesTest, SynchronousFlagsAreNotSupported) {
  for (const DescriptorFlags flag :
       {DescriptorFlags::kFileIntegritySync, DescriptorFlags::kDataIntegritySync,
        DescriptorFlags::kRequestedWriteSync}) {
    EXPECT_EQ(outcome(open("file", OpenFlags::kCreate, kReadWriteFlags | flag)), "unsupported");
  }
  EXPECT_EQ(outcome(open("file")), "no-entry");
}

TEST_P(TypesTest, ReadAndWriteAtOffsets) {
  make_file("file", "0123456789");
  auto file = must_open("file");
  auto part = read(call, context, *file, 4, 3);
  ASSERT_EQ(outcome(part), "ok");
  EXPECT_EQ(text_of(std::get<0>(part.value())), "3456");
  EXPECT_FALSE(std::get<1>(part.value()));
  for (uint64_t offset : {10, 11, 1 << 30}) {
    auto past = read(call, context, *file, 4, offset);
    ASSERT_EQ(outcome(past), "ok");
    EXPECT_TRUE(std::get<0>(past.value()).empty());
    EXPECT_TRUE(std::get<1>(past.value()));
  }
  EXPECT_EQ(std::get<0>(read(call, context, *file, kHuge, 0).value()).size(), 10u);
  EXPECT_EQ(outcome(read(call, context, *file, 1, kHuge)), "invalid");
  EXPECT_EQ(write(call, context, *file, bytes_of("ab"), 4).value(), 2u);
  EXPECT_EQ(write(call, context, *file, bytes_of("z"), 12).value(), 1u);
  EXPECT_EQ(host.read("base/file"), std::string("0123ab6789\0\0z", 13));
  EXPECT_EQ(outcome(write(call, context, *file, bytes_of("x"), kHuge)), "invalid");
  EXPECT_EQ(write(call, context, *file, {}, 0).value(), 0u);
}

TEST_P(TypesTest, FileOperationsOnADirectoryAreBadDescriptor) {
  EXPECT_EQ(outcome(read(call, context, *root, 1, 0)), "bad-descriptor");
  EXPECT_EQ(outcome(write(call, context, *root, bytes_of("x"), 0)), "bad-descriptor");
  EXPECT_EQ(outcome(set_size(call, context, *root, 0)), "bad-descriptor");
  EXPECT_EQ(outcome(advise(call, context, *root, 0, 0, Advice::kNormal)), "bad-descriptor");
  EXPECT_EQ(outcome(write_via_stream(call, context, *root, 0)), "bad-descriptor");
  EXPECT_EQ(outcome(append_via_stream(call, context, *root)), "bad-descriptor");
  EXPECT_EQ(outcome(read_via_stream(call, context, *root, 0)), "is-directory");
  EXPECT_EQ(outcome(sync(call, context, *root)), "ok");
  EXPECT_EQ(outcome(sync_data(call, context, *root)), "ok");
}

TEST_P(TypesTest, StreamsHavePositionsOfTheirOwn) {
  make_file("file", "0123456789");
  auto file = must_open("file");
  auto first = std::move(read_via_stream(call, context, *file, 0).value());
  auto second = std::move(read_via_stream(call, context, *file, 8).value());
  EXPECT_EQ(text_of(streams::read(call, context, *first, 3).value()), "012");
  EXPECT_EQ(text_of(streams::read(call, context, *second, 5).value()), "89");
  EXPECT_EQ(text_of(streams::blocking_read(call, context, *first, 3).value()), "345");
  EXPECT_EQ(streams::skip(call, context, *first, 2).value(), 2u);
  EXPECT_TRUE(streams::read(call, context, *second, 1).error().is_closed());
  file.reset();  // streams outlive the descriptor
  EXPECT_EQ(text_of(streams::read(call, context, *first, 9).value()), "89");
  EXPECT_TRUE(streams::read(call, context, *first, 0).ok());
  EXPECT_TRUE(streams::read(call, context, *first, 1).error().is_closed());
  EXPECT_TRUE(streams::read(call, context, *first, 0).error().is_closed());
  EXPECT_STREQ(loop.backend_name(), "none");
}

TEST_P(TypesTest, WriteStreamsWriteFromTheirOffsetAndBeyondTheEnd) {
  make_file("file", "0123456789");
  auto file = must_open("file");
  auto stream = std::move(write_via_stream(call, context, *file, 8).value());
  ASSERT_GT(streams::check_write(call, context, *stream).value(), 4u);
  EXPECT_TRUE(streams::write(call, context, *stream, bytes_of("abcd")).ok());
  EXPECT_TRUE(streams::blocking_write_and_flush(call, context, *stream, bytes_of("ef")).ok());
  EXPECT_EQ(host.read("base/file"), "01234567abcdef");
  auto beyond = std::move(write_via_stream(call, context, *file, 16).value());
  EXPECT_TRUE(streams::blocking_write_zeroes_and_flush(call, context, *beyond, 1).ok());
  EXPECT_TRUE(streams::blocking_write_and_flush(call, context, *beyond, bytes_of("!")).ok());
  EXPECT_EQ(host.read("base/file"), std::string("01234567abcdef\0\0\0!", 18));
}

TEST_P(TypesTest, AppendStreamsFollowTheEnd) {
  make_file("file", "start");
  auto file = must_open("file");
  auto stream = std::move(append_via_stream(call, context, *file).value());
  EXPECT_TRUE(streams::blocking_write_and_flush(call, context, *stream, bytes_of(" one")).ok());
  EXPECT_EQ(write(call, context, *file, bytes_of(" two"), 9).value(), 4u);
  EXPECT_TRUE(streams::blocking_write_and_flush(call, context, *stream, bytes_of(" three")).ok());
  EXPECT_EQ(host.read("base/file"), "start one two three");
}

TEST_P(TypesTest, AStreamErrorCarriesTheFilesystemsCode) {
  make_file("file");
  auto file = must_open("file");
  auto stream = std::move(write_via_stream(call, context, *file, kHuge).value());
  auto written = streams::blocking_write_and_flush(call, context, *stream, bytes_of("x"));
  ASSERT_FALSE(written.ok());
  ASSERT_FALSE(written.error().is_closed());
  auto code = filesystem_error_code(call, context, *std::get<0>(written.error().value));
  ASSERT_TRUE(code.has_value());
  EXPECT_TRUE(*code == ErrorCode::kFileTooLarge || *code == ErrorCode::kInvalid) << *code;
  EXPECT_TRUE(streams::check_write(call, context, *stream).error().is_closed());
  IoError foreign(ErrorOrigin::kHttp, EIO);
  EXPECT_FALSE(filesystem_error_code(call, context, foreign).has_value());
}

TEST_P(TypesTest, SpliceBetweenFiles) {
  std::string large(200'000, 'a');
  for (size_t i = 0; i < large.size(); i++) large[i] = static_cast<char>('a' + i % 23);
  make_file("from", large);
  auto to_file = std::move(open("to", OpenFlags::kCreate, kReadWriteFlags).value());
  auto from = std::move(read_via_stream(call, context, *must_open("from"), 0).value());
  auto to = std::move(write_via_stream(call, context, *to_file, 0).value());
  for (;;) {
    auto moved = streams::blocking_splice(call, context, *to, *from, kHuge);
    if (moved.ok()) continue;
    EXPECT_TRUE(moved.error().is_closed());
    break;
  }
  EXPECT_EQ(host.read("base/to"), large);
}

TEST_P(TypesTest, SizesAndAdvice) {
  make_file("file", "0123456789");
  auto file = must_open("file");
  EXPECT_EQ(outcome(set_size(call, context, *file, 4)), "ok");
  EXPECT_EQ(host.read("base/file"), "0123");
  EXPECT_EQ(outcome(set_size(call, context, *file, 6)), "ok");
  EXPECT_EQ(host.read("base/file"), std::string("0123\0\0", 6));
  EXPECT_EQ(outcome(set_size(call, context, *file, kHuge)), "invalid");
  for (Advice advice : {Advice::kNormal, Advice::kSequential, Advice::kRandom, Advice::kWillNeed,
                        Advice::kDontNeed, Advice::kNoReuse}) {
    EXPECT_EQ(outcome(filesystem::advise(call, context, *file, 0, 4, advice)), "ok");
  }
  EXPECT_EQ(outcome(advise(call, context, *file, kHuge, 1, Advice::kNormal)), "invalid");
  EXPECT_EQ(outcome(advise(call, context, *file, 1, kHuge, Advice::kNormal)), "invalid");
}

TEST_P(TypesTest, StatSaysWhatTheKernelSays) {
  make_file("file", "0123456789");
  make_link("file", "link");
  ASSERT_EQ(::mkfifo(in_base("fifo").c_str(), 0600), 0);
  ASSERT_EQ(::link(in_base("file").c_str(), in_base("hard").c_str()), 0);
  auto file = must_open("file");
  auto status = stat(call, context, *file).value();
  EXPECT_EQ(status.type, DescriptorType::kRegularFile);
  EXPECT_EQ(status.link_count, 2u);
  EXPECT_EQ(status.size, 10u);
  struct stat expected;
  ASSERT_EQ(::stat(in_base("file").c_str(), &expected), 0);
  EXPECT_EQ(status.data_modification_timestamp->seconds,
            static_cast<uint64_t>(expected.st_mtim.tv_sec));
  EXPECT_EQ(status.data_modification_timestamp->nanoseconds,
            static_cast<uint64_t>(expected.st_mtim.tv_nsec));
  EXPECT_TRUE(status.data_access_timestamp.has_value());
  EXPECT_TRUE(status.status_change_timestamp.has_value());
  auto link = stat_at(call, context, *root, kKeep, "link").value();
  EXPECT_EQ(link.type, DescriptorType::kSymbolicLink);
  EXPECT_EQ(link.size, 4u);
  EXPECT_EQ(stat_at(call, context, *root, kFollow, "link").value().size, 10u);
  EXPECT_EQ(stat_at(call, context, *root, kKeep, "fifo").value().type, DescriptorType::kFifo);
  EXPECT_EQ(get_type(call, context, *file).value(), DescriptorType::kRegularFile);
  EXPECT_EQ(get_type(call, context, *root).value(), DescriptorType::kDirectory);
}

// Opening a FIFO waits for nobody.
TEST_P(TypesTest, AFifoNeverBlocksTheThread) {
  ASSERT_EQ(::mkfifo(in_base("fifo").c_str(), 0600), 0);
  auto reader = open("fifo");
  ASSERT_EQ(outcome(reader), "ok");
  EXPECT_EQ(get_type(call, context, *reader.value()).value(), DescriptorType::kFifo);
  EXPECT_EQ(outcome(read(call, context, *reader.value(), 1, 0)), "invalid-seek");
  reader.value().reset();
  EXPECT_EQ(outcome(open("fifo", OpenFlags::kNone, DescriptorFlags::kWrite)), "no-such-device");
}

TEST_P(TypesTest, SetTimes) {
  make_file("file");
  make_link("file", "link");
  auto file = must_open("file");
  EXPECT_EQ(outcome(set_times(call, context, *file, at(1000, 5), at(2000, 999'999'999))), "ok");
  auto status = stat(call, context, *file).value();
  EXPECT_EQ(status.data_access_timestamp->seconds, 1000u);
  EXPECT_EQ(status.data_modification_timestamp->seconds, 2000u);
  EXPECT_EQ(status.data_modification_timestamp->nanoseconds, 999'999'999u);
  EXPECT_EQ(outcome(set_times(call, context, *file, no_change(), at(3000, 0))), "ok");
  status = stat(call, context, *file).value();
  EXPECT_EQ(status.data_access_timestamp->seconds, 1000u);
  EXPECT_EQ(status.data_modification_timestamp->seconds, 3000u);
  EXPECT_EQ(outcome(set_times_at(call, context, *root, kFollow, "link", at(7, 0), no_change())),
            "ok");
  EXPECT_EQ(stat(call, context, *file).value().data_access_timestamp->seconds, 7u);
  EXPECT_EQ(outcome(set_times_at(call, context, *root, kKeep, "link", at(8, 0), at(9, 0))), "ok");
  EXPECT_EQ(
      stat_at(call, context, *root, kKeep, "link").value().data_modification_timestamp->seconds,
      9u);
  EXPECT_EQ(stat(call, context, *file).value().data_access_timestamp->seconds, 7u);
  EXPECT_EQ(outcome(set_times(call, context, *file, now(), now())), "ok");
  EXPECT_GT(stat(call, context, *file).value().data_access_timestamp->seconds, 1'600'000'000u);
  EXPECT_EQ(outcome(set_times(call, context, *file, at(kHuge, 0), no_change())), "overflow");
  EXPECT_EQ(outcome(set_times(call, context, *file, no_change(), at(0, 1'000'000'000))),
            "overflow");
  EXPECT_EQ(outcome(set_times_at(call, context, *root, kKeep, "file", at(kHuge, ~0u), now())),
            "overflow");
  EXPECT_EQ(outcome(set_times(call, context, *root, at(5, 0), at(6, 0))), "ok");
  // The latest time that fits is the file system's to cut.
  EXPECT_EQ(
      outcome(set_times(call, context, *file, at(std::numeric_limits<int64_t>::max(), 0), now())),
      "ok");
  EXPECT_EQ(outcome(stat(call, context, *file)), "ok");
}

TEST_P(TypesTest, TimesBefore1970AreAbsent) {
  make_file("old");
  const timespec times[] = {{-5, 0}, {-5, 0}};
  ASSERT_EQ(::utimensat(AT_FDCWD, in_base("old").c_str(), times, 0), 0);
  EXPECT_FALSE(
      stat_at(call, context, *root, kKeep, "old").value().data_modification_timestamp.has_value());
}

TEST_P(TypesTest, DirectoriesAndLinksAreMadeAndRemoved) {
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, "a")), "ok");
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, "a")), "exist");
  EXPECT_EQ(outcome(create_directory_at(call, context, *root, "a/b")), "ok");
  EXPECT_EQ(outcome(remove_directory_at(call, context, *root, "a")), "not-empty");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "a/b")), "is-directory");
  make_file("a/file");
  EXPECT_EQ(outcome(remove_directory_at(call, context, *root, "a/file")), "not-directory");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, "file", "a/link")), "ok");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, "file", "a/link")), "exist");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, "/etc", "a/etc")), "not-permitted");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, std::string_view("a\0b", 3), "a/nul")),
            "invalid");
  EXPECT_EQ(outcome(symlink_at(call, context, *root, "", "a/empty")), "no-entry");
  EXPECT_EQ(readlink_at(call, context, *root, "a/link").value(), "file");
  EXPECT_EQ(outcome(readlink_at(call, context, *root, "a/file")), "invalid");
  EXPECT_EQ(outcome(readlink_at(call, context, *root, "a")), "invalid");
  make_link("/etc/hostname", "absolute");
  EXPECT_EQ(outcome(readlink_at(call, context, *root, "absolute")), "not-permitted");
  make_link("bad\xFF", "bytes");
  EXPECT_EQ(outcome(readlink_at(call, context, *root, "bytes")), "illegal-byte-sequence");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "a/link")), "ok");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "a/file")), "ok");
  EXPECT_EQ(outcome(unlink_file_at(call, context, *root, "a/file")), "no-entry");
  EXPECT_EQ(outcome(remove_directory_at(call, context, *root, "a/b")), "ok");
  EXPECT_EQ(outcome(remove_directory_at(call, context, *root, "a/b")), "no-entry");
}

TEST_P(TypesTest, RenameAndLink) {
  make_file("one", "1");
  make_file("two", "2");
  make_directory("dir");
  EXPECT_EQ(outcome(rename_at(call, context, *root, "one", *root, "two")), "ok");
  EXPECT_EQ(host.read("base/two"), "1");
  auto dir = must_open("dir", DescriptorFlags::kRead);
  EXPECT_EQ(outcome(rename_at(call, context, *root, "two", *dir, "three")), "ok");
  EXPECT_EQ(host.read("base/dir/three"), "1");
  EXPECT_EQ(outcome(rename_at(call, context, *root, "absent", *root, "x")), "no-entry");
  EXPECT_EQ(outcome(rename_at(call, context, *root, "dir", *dir, "inside")), "invalid");
  EXPECT_EQ(outcome(link_at(call, context, *dir, kKeep, "three", *root, "hard")), "ok");
  EXPECT_EQ(stat_at(call, context, *root, kKeep, "hard").value().link_count, 2u);
  EXPECT_EQ(outcome(link_at(call, context, *dir, kKeep, "three", *root, "hard")), "exist");
  EXPECT_EQ(outcome(link_at(call, context, *dir, kKeep, "absent", *root, "x")), "no-entry");
  EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "dir", *root, "x")), "not-permitted");
  EXPECT_EQ(outcome(link_at(call, context, *root, kFollow, "hard", *root, "x")), "invalid");
  make_link("hard", "soft");
  EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "soft", *root, "soft2")), "ok");
  EXPECT_EQ(readlink_at(call, context, *root, "soft2").value(), "hard");
}

// A name with a slash behind it names a directory, which is there already, or does not.
TEST_P(TypesTest, ALinkIsNotMadeUnderANameWithASlash) {
  make_file("file");
  make_file("other");
  make_directory("dir");
  make_link("file", "to_file");
  make_link("dir", "to_dir");
  make_link("nowhere", "dangling");
  make_link("loop", "loop");
  make_link("/", "out");
  for (const auto& [name, wanted] : {std::pair{"file/", "not-directory"},
                                     {"file//", "not-directory"},
                                     {"dir/", "exist"},
                                     {"to_file/", "not-directory"},
                                     {"to_dir/", "exist"},
                                     {"dangling/", "no-entry"},
                                     {"loop/", "loop"},
                                     {"missing/", "no-entry"},
                                     {"out/", "not-permitted"}}) {
    EXPECT_EQ(outcome(symlink_at(call, context, *root, "target", name)), wanted) << name;
    EXPECT_EQ(outcome(link_at(call, context, *root, kKeep, "other", *root, name)), wanted) << name;
  }
  EXPECT_FALSE(exists("nowhere"));
  EXPECT_FALSE(exists("missing"));
}

TEST_P(TypesTest, TheSourceOfALinkIsLookedAtFirst) {
  make_file("file");
  make_directory("empty");
  make_link("empty", "to_empty");
  make_link("/", "out");
  const auto link = [&](const char* from, const char* to) {
    return outcome(link_at(call, context, *root, kKeep, from, *root, to));
  };
  for (const char* directory : {"empty", "empty/", "empty/.", "to_empty/", "."}) {
    EXPECT_EQ(link(directory, "file"), "exist") << directory;
    EXPECT_EQ(link(directory, "new"), "not-permitted") << directory;
    EXPECT_EQ(link(directory, "file/x"), "not-directory") << directory;
  }
  for (const char* missing : {"missing", "missing/", "missing/.", "empty/x"}) {
    EXPECT_EQ(link(missing, "file"), "no-entry") << missing;
    EXPECT_EQ(link(missing, "file/x"), "no-entry") << missing;
    EXPECT_EQ(link(missing, ""), "no-entry") << missing;
  }
  EXPECT_EQ(link("file/", "missing/x"), "not-directory");
  EXPECT_EQ(link("out/", "file"), "not-permitted");
  EXPECT_EQ(link("to_empty", "new"), "ok");  // the link itself
}

TEST_P(TypesTest, EntriesComeOnceWithoutTheDots) {
  make_file("file");
  make_directory("dir");
  make_link("file", "link");
  for (int i = 0; i < 500; i++) make_file("many_" + std::to_string(i));
  auto first = std::move(read_directory(call, context, *root).value());
  auto second = std::move(read_directory(call, context, *root).value());
  std::map<std::string, DescriptorType> types;
  auto collect = [&](DirectoryEntryStream& stream) {
    std::multiset<std::string> names;
    for (;;) {
      auto entry = read_directory_entry(call, context, stream);
      EXPECT_EQ(outcome(entry), "ok");
      if (!entry.value()) return names;
      types[entry.value()->name] = entry.value()->type;
      names.insert(entry.value()->name);
    }
  };
  const auto names = collect(*first);
  EXPECT_EQ(types["dir"], DescriptorType::kDirectory);
  EXPECT_EQ(types["link"], DescriptorType::kSymbolicLink);
  EXPECT_EQ(types["file"], DescriptorType::kRegularFile);
  EXPECT_EQ(names.size(), 503u);
  EXPECT_EQ(names.count("."), 0u);
  EXPECT_EQ(names.count("many_499"), 1u);
  EXPECT_EQ(collect(*second), names);
  EXPECT_FALSE(read_directory_entry(call, context, *first).value().has_value());
  EXPECT_EQ(outcome(read_directory(call, context, *must_open("file"))), "not-directory");
}

TEST_P(TypesTest, ANameThatIsNotUtf8IsAnErrorOfThatEntry) {
  make_file("bad\xFFname");
  auto stream = std::move(read_directory(call, context, *root).value());
  EXPECT_EQ(outcome(read_directory_entry(call, context, *stream)), "illegal-byte-sequence");
  EXPECT_FALSE(read_directory_entry(call, context, *stream).value().has_value());
}

TEST_P(TypesTest, SameObjectAndHashFollowTheInode) {
  make_file("file");
  make_file("other");
  ASSERT_EQ(::link(in_base("file").c_str(), in_base("hard").c_str()), 0);
  auto file = must_open("file"), hard = must_open("hard"), other = must_open("other");
  EXPECT_TRUE(is_same_object(call, context, *file, *hard));
  EXPECT_FALSE(is_same_object(call, context, *file, *other));
  EXPECT_TRUE(is_same_object(call, context, *root, *read_only));
  auto hash = [&](Descriptor& descriptor) {
    auto value = metadata_hash(call, context, descriptor).value();
    return std::pair(value.lower, value.upper);
  };
  const auto before = hash(*file);
  EXPECT_EQ(before, hash(*hard));
  EXPECT_NE(before, hash(*other));
  EXPECT_NE(before.first, before.second);
  ASSERT_TRUE(write(call, context, *file, bytes_of("changed"), 0).ok());
  EXPECT_EQ(before, hash(*file));
  auto at_path = metadata_hash_at(call, context, *root, kKeep, "hard").value();
  EXPECT_EQ(before, std::pair(at_path.lower, at_path.upper));
  EXPECT_EQ(outcome(metadata_hash_at(call, context, *root, kKeep, "absent")), "no-entry");
}

TEST_P(TypesTest, PreopensAreFreshEachTime) {
  auto first = preopens::get_directories(call, context);
  auto second = preopens::get_directories(call, context);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_NE(std::get<0>(first[0]).get(), std::get<0>(second[0]).get());
  EXPECT_EQ(std::get<1>(first[0]), "/");
  EXPECT_EQ(std::get<1>(first[1]), "/ro");
  first.clear();
  EXPECT_EQ(outcome(stat(call, context, *std::get<0>(second[0]))), "ok");
}

// The way around EAGAIN: the loop carries the transfer out, on either backend.
TEST_P(TypesTest, ForcedEagainSendsTransfersThroughTheLoop) {
  make_file("file", "0123456789");
  auto file = must_open("file");
  for (IoChoice choice : {IoChoice::kUring, IoChoice::kEpoll}) {
    if (choice == IoChoice::kUring && !make_io_uring_backend().has_value()) continue;
    EventLoop own_loop(choice);
    WasiContext own_context(own_loop);
    IoFaults faults;
    own_loop.set_faults(&faults);
    faults.again = 1;
    EXPECT_EQ(text_of(std::get<0>(read(call, own_context, *file, 4, 2).value())), "2345");
    faults.again = 1;
    EXPECT_EQ(write(call, own_context, *file, bytes_of("2345"), 2).value(), 4u);
    faults.again = 1;
    auto stream = std::move(read_via_stream(call, own_context, *file, 5).value());
    EXPECT_EQ(text_of(streams::read(call, own_context, *stream, 100).value()), "56789");
    EXPECT_EQ(faults.injected, 3u);
    EXPECT_EQ(own_loop.statistics().submissions, 3u);
  }
}

TEST(ErrorCodes, EveryErrnoHasACode) {
  const std::pair<int, ErrorCode> table[] = {
      {EACCES, ErrorCode::kAccess},
      {EPERM, ErrorCode::kNotPermitted},
      {ENOENT, ErrorCode::kNoEntry},
      {EEXIST, ErrorCode::kExist},
      {ENOTDIR, ErrorCode::kNotDirectory},
      {EISDIR, ErrorCode::kIsDirectory},
      {ENOTEMPTY, ErrorCode::kNotEmpty},
      {ELOOP, ErrorCode::kLoop},
      {EMLINK, ErrorCode::kTooManyLinks},
      {ENAMETOOLONG, ErrorCode::kNameTooLong},
      {EINVAL, ErrorCode::kInvalid},
      {EBADF, ErrorCode::kBadDescriptor},
      {EBUSY, ErrorCode::kBusy},
      {EFBIG, ErrorCode::kFileTooLarge},
      {ENOSPC, ErrorCode::kInsufficientSpace},
      {ENOMEM, ErrorCode::kInsufficientMemory},
      {EOVERFLOW, ErrorCode::kOverflow},
      {EILSEQ, ErrorCode::kIllegalByteSequence},
      {EOPNOTSUPP, ErrorCode::kUnsupported},
      {ESPIPE, ErrorCode::kInvalidSeek},
      {EPIPE, ErrorCode::kPipe},
      {EINTR, ErrorCode::kInterrupted},
      {EXDEV, ErrorCode::kCrossDevice},
      {EROFS, ErrorCode::kReadOnly},
      {EDQUOT, ErrorCode::kQuota},
      {ETXTBSY, ErrorCode::kTextFileBusy},
      {ENXIO, ErrorCode::kNoSuchDevice},
      {EMFILE, ErrorCode::kInsufficientMemory},
      {ENFILE, ErrorCode::kInsufficientMemory},
  };
  for (auto [number, code] : table) EXPECT_EQ(error_code(number), code) << number;
  size_t known = 0;
  for (int number = 1; number < 200; number++) {
    const ErrorCode code = error_code(number);
    EXPECT_LE(code, ErrorCode::kCrossDevice);
    if (code != ErrorCode::kIo) known++;
  }
  // Each code but `io`; ENOSYS beside EOPNOTSUPP, EMFILE and ENFILE beside ENOMEM.
  EXPECT_EQ(known, 39u);
  EXPECT_EQ(error_code(EIO), ErrorCode::kIo);
  EXPECT_EQ(error_code(0), ErrorCode::kIo);
  EXPECT_EQ(error_code(-1), ErrorCode::kIo);
}

}  // namespace
}  // namespace wisp::wasi::filesystem
