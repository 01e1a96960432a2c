// A guest's view of a temporary directory, with each of the sandbox's resolvers.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <string_view>

#include "tests/support/temporary_directory.h"
#include "wasi/filesystem/preopens.h"
#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

inline std::ostream& operator<<(std::ostream& out, ErrorCode code) {
  return out << component::EnumOf<ErrorCode>::names[static_cast<size_t>(code)];
}

inline std::span<const uint8_t> bytes_of(std::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}
inline std::string text_of(std::span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

constexpr PathFlags kKeep = PathFlags::kNone;
constexpr PathFlags kFollow = PathFlags::kSymlinkFollow;
constexpr DescriptorFlags kReadWriteFlags = DescriptorFlags::kRead | DescriptorFlags::kWrite;

// "ok", or the name of the error code.
template <class T>
std::string outcome(const FileResult<T>& result) {
  if (result.ok()) return "ok";
  return std::string(component::EnumOf<ErrorCode>::names[static_cast<size_t>(result.error())]);
}

class FilesystemTest : public ::testing::TestWithParam<PathSandbox::Resolver> {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mkdir((host / "base").c_str(), 0755), 0);
    base_descriptor_ = ::open((host / "base").c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    ASSERT_GE(base_descriptor_, 0);
    context.sandbox = PathSandbox(GetParam());
    context.preopens = {{base_descriptor_, "/", DirectoryAccess::kReadWrite},
                        {base_descriptor_, "/ro", DirectoryAccess::kReadOnly}};
    auto directories = preopens::get_directories(call, context);
    root = std::move(std::get<0>(directories[0]));
    read_only = std::move(std::get<0>(directories[1]));
  }
  void TearDown() override {
    EXPECT_FALSE(call.unwinding());
    ::close(base_descriptor_);
  }

  // Paths on the host; everything a guest may see is below "base".
  std::string in_base(std::string_view name) const { return host / ("base/" + std::string(name)); }
  void make_file(std::string_view name, std::string_view content = "content") {
    host.write("base/" + std::string(name), content);
  }
  void make_directory(std::string_view name) {
    ASSERT_EQ(::mkdir(in_base(name).c_str(), 0755), 0) << name;
  }
  void make_link(std::string_view target, std::string_view name) {
    ASSERT_EQ(::symlink(std::string(target).c_str(), in_base(name).c_str()), 0) << name;
  }
  bool exists(std::string_view name) const {
    struct stat status;
    return ::lstat(in_base(name).c_str(), &status) == 0;
  }

  FileResult<std::unique_ptr<Descriptor>> open(std::string_view path,
                                               OpenFlags open_flags = OpenFlags::kNone,
                                               DescriptorFlags flags = DescriptorFlags::kRead,
                                               PathFlags path_flags = kKeep) {
    return open_at(call, context, *root, path_flags, path, open_flags, flags);
  }
  std::unique_ptr<Descriptor> must_open(std::string_view path,
                                        DescriptorFlags flags = kReadWriteFlags) {
    auto result = open(path, OpenFlags::kNone, flags);
    EXPECT_EQ(outcome(result), "ok") << path;
    return result.ok() ? std::move(result.value()) : nullptr;
  }
  // What a file holds, through the guest's eyes.
  std::string content(Descriptor& file) {
    auto bytes = read(call, context, file, 1 << 16, 0);
    return bytes.ok() ? text_of(std::get<0>(bytes.value())) : outcome(bytes);
  }

  wisp::testing::TemporaryDirectory host;
  EventLoop loop{IoChoice::kAuto};
  WasiContext context{loop};
  component::HostCall call;
  std::unique_ptr<Descriptor> root;
  std::unique_ptr<Descriptor> read_only;

 private:
  int base_descriptor_ = -1;
};

#define WISP_WITH_BOTH_RESOLVERS(suite)                                                 \
  INSTANTIATE_TEST_SUITE_P(                                                             \
      Resolvers, suite,                                                                 \
      ::testing::Values(PathSandbox::Resolver::kOpenat2, PathSandbox::Resolver::kWalk), \
      [](const auto& param_info) {                                                      \
        return param_info.param == PathSandbox::Resolver::kWalk ? "walk" : "openat2";   \
      })

}  // namespace wisp::wasi::filesystem
