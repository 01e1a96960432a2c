#include "platform/mapped_file.h"

#include <gtest/gtest.h>

#include <fstream>

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

TEST(MappedFile, SaysWhyNot) {
  auto missing = MappedFile::open("/nonexistent/file");
  ASSERT_FALSE(missing.has_value());
  EXPECT_EQ(missing.error().code(), ErrorCode::kIo);
  EXPECT_EQ(missing.error().message(), "cannot open the file: No such file or directory");
  auto directory = MappedFile::open(testing::TempDir().c_str());
  ASSERT_FALSE(directory.has_value());
  EXPECT_EQ(directory.error().message(), "cannot read the file: not a regular file");
}

}  // namespace
}  // namespace wisp
