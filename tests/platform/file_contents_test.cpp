#include "platform/file_contents.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

namespace wisp {
namespace {

std::string write_file(const char* name, const std::string& content) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(FileContents, ShowsTheBytes) {
  const std::string content(3'000'000, 'x');
  const std::string path = write_file("file_contents_big", content);
  auto file = FileContents::read(path.c_str());
  ASSERT_TRUE(file.has_value());
  const FileContents moved = std::move(file).value();
  EXPECT_EQ(std::string(moved.bytes().begin(), moved.bytes().end()), content);
}

TEST(FileContents, AnEmptyFileHasNoBytes) {
  auto file = FileContents::read(write_file("file_contents_empty", "").c_str());
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
}

TEST(FileContents, APipeIsReadToItsEnd) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string content(200'000, 'y');  // more than a pipe holds
  std::thread writer([&] {
    size_t written = 0;
    while (written < content.size()) {
      const ssize_t count = write(ends[1], content.data() + written, content.size() - written);
      if (count <= 0) break;
      written += static_cast<size_t>(count);
    }
    close(ends[1]);
  });
  auto file = FileContents::read(("/proc/self/fd/" + std::to_string(ends[0])).c_str());
  close(ends[0]);
  writer.join();
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(std::string(file->bytes().begin(), file->bytes().end()), content);
}

TEST(FileContents, AnEmptyPipeHasNoBytes) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[1]);
  auto file = FileContents::read(("/proc/self/fd/" + std::to_string(ends[0])).c_str());
  close(ends[0]);
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
}

// What is validated is what is compiled: see the header.
TEST(FileContents, StayWhenTheFileChanges) {
  for (size_t size : {size_t{5'000}, size_t{5'000'000}}) {
    const std::string content(size, 'x');
    const std::string path = write_file("file_contents_changed", content);
    auto file = FileContents::read(path.c_str());
    ASSERT_TRUE(file.has_value());
    const int descriptor = open(path.c_str(), O_WRONLY);
    ASSERT_EQ(pwrite(descriptor, "yyyy", 4, 4'000), 4);
    EXPECT_EQ(file->bytes()[4'000], 'x');
    ASSERT_EQ(ftruncate(descriptor, 100), 0);
    close(descriptor);
    EXPECT_EQ(std::string(file->bytes().begin(), file->bytes().end()), content);
  }
}

TEST(FileContents, StayWhenTheBytesThatWereCopiedChange) {
  std::vector<uint8_t> bytes(3'000'000, 1);
  auto copy = FileContents::copy(bytes);
  ASSERT_TRUE(copy.has_value());
  bytes.assign(bytes.size(), 2);
  EXPECT_EQ(std::count(copy->bytes().begin(), copy->bytes().end(), 1), 3'000'000);
  EXPECT_TRUE(FileContents::copy({}).value().bytes().empty());
}

TEST(FileContents, HaveALimit) {
  const std::string path = write_file("file_contents_sparse", "");
  ASSERT_EQ(truncate(path.c_str(), (off_t{1} << 30) + 1), 0);
  auto file = FileContents::read(path.c_str());
  unlink(path.c_str());
  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().code(), ErrorCode::kLimit);
  EXPECT_EQ(file.error().message(), "cannot read the file: it has more than 1 GiB");
}

TEST(FileContents, SaysWhyNot) {
  auto missing = FileContents::read("/nonexistent/file");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::kIo);
  EXPECT_EQ(missing.error().message(), "cannot open the file: No such file or directory");
  auto directory = FileContents::read(testing::TempDir().c_str());
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().message(), "cannot read the file: it is a directory");
  auto device = FileContents::read("/dev/zero");
  ASSERT_FALSE(device.has_value());
  EXPECT_EQ(device.error().message(), "cannot read the file: not a regular file");
}

}  // namespace
}  // namespace wisp
