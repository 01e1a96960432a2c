#include "platform/mapped_file.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

namespace wisp {
namespace {

std::string write_file(const char* name, const std::string& content) {
  const std::string path = testing::TempDir() + name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

TEST(MappedFile, ShowsTheBytes) {
  const std::string content(3'000'000, 'x');
  const std::string path = write_file("mapped_file_big", content);
  auto file = MappedFile::open(path.c_str());
  ASSERT_TRUE(file.has_value());
  const MappedFile moved = std::move(file).value();
  EXPECT_EQ(std::string(moved.bytes().begin(), moved.bytes().end()), content);
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  auto file = MappedFile::open(write_file("mapped_file_empty", "").c_str());
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
}

TEST(MappedFile, APipeIsReadToItsEnd) {
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
  auto file = MappedFile::open(("/proc/self/fd/" + std::to_string(ends[0])).c_str());
  close(ends[0]);
  writer.join();
  ASSERT_TRUE(file.has_value());
  EXPECT_EQ(std::string(file->bytes().begin(), file->bytes().end()), content);
}

TEST(MappedFile, AnEmptyPipeHasNoBytes) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  close(ends[1]);
  auto file = MappedFile::open(("/proc/self/fd/" + std::to_string(ends[0])).c_str());
  close(ends[0]);
  ASSERT_TRUE(file.has_value());
  EXPECT_TRUE(file->bytes().empty());
}

TEST(MappedFile, SaysWhyNot) {
  auto missing = MappedFile::open("/nonexistent/file");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::kIo);
  EXPECT_EQ(missing.error().message(), "cannot open the file: No such file or directory");
  auto directory = MappedFile::open(testing::TempDir().c_str());
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().message(), "cannot read the file: it is a directory");
  auto device = MappedFile::open("/dev/zero");
  ASSERT_FALSE(device.has_value());
  EXPECT_EQ(device.error().message(), "cannot read the file: not a regular file");
}

}  // namespace
}  // namespace wisp
