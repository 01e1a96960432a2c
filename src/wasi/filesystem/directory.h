// directory-entry-stream: the entries of a directory, from its start, without `.` and `..`.
#pragma once

#include <dirent.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "component/host/host_binding.h"
#include "wasi/context.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/filesystem/descriptor_budget.h"

namespace wisp::wasi {

// wasi:filesystem/types.descriptor-type
enum class DescriptorType : uint8_t {
  kUnknown,
  kBlockDevice,
  kCharacterDevice,
  kDirectory,
  kFifo,
  kSymbolicLink,
  kRegularFile,
  kSocket,
};

struct DirectoryEntry {
  DescriptorType type = DescriptorType::kUnknown;
  std::string name;
};

class DirectoryEntryStream final : public component::HostResource {
 public:
  // Takes an open directory of its own.
  DirectoryEntryStream(DIR* directory, CountedDescriptor count)
      : HostResource(kBufferBytes), directory_(directory), count_(std::move(count)) {}
  ~DirectoryEntryStream() override { ::closedir(directory_); }

  DIR* directory() const { return directory_; }

 private:
  // What glibc reads at once, with all around it.
  static constexpr uint32_t kBufferBytes = 33 << 10;

  DIR* directory_;
  CountedDescriptor count_;
};

namespace files {

// Opens the directory anew: a position of its own, from the start. 0, or a negated errno.
int open_entries(WasiContext& context, const Descriptor& self,
                 std::unique_ptr<DirectoryEntryStream>& entries);

}  // namespace files
}  // namespace wisp::wasi

template <>
struct wisp::component::EnumOf<wisp::wasi::DescriptorType> {
  static constexpr std::string_view names[] = {"unknown",      "block-device", "character-device",
                                               "directory",    "fifo",         "symbolic-link",
                                               "regular-file", "socket"};
};
template <>
struct wisp::component::RecordOf<wisp::wasi::DirectoryEntry> {
  static constexpr auto fields = std::tuple{Field{"type", &wisp::wasi::DirectoryEntry::type},
                                            Field{"name", &wisp::wasi::DirectoryEntry::name}};
};
