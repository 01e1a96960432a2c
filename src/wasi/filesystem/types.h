// wasi:filesystem/types: records, flags and the host functions. The functions are in three files by
// what they act on: own_file.cpp (the open file itself), paths.cpp (names below a directory),
// directory.cpp (entries).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

#include "component/host/host_binding.h"
#include "wasi/clocks/wall_clock.h"
#include "wasi/context.h"
#include "wasi/error_code.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/filesystem/directory.h"
#include "wasi/io/streams.h"

namespace wisp::wasi::filesystem {

using component::HostCall;
using component::Unit;

template <class T>
using FileResult = component::Outcome<T, ErrorCode>;

// Of an operation that answers 0, or a negated errno.
inline FileResult<void> result_of(int status) {
  if (status != 0) return component::Failure{error_code(-status)};
  return {};
}

enum class PathFlags : uint8_t { kNone = 0, kSymlinkFollow = 1 };

enum class Advice : uint8_t { kNormal, kSequential, kRandom, kWillNeed, kDontNeed, kNoReuse };

struct DescriptorStat {
  DescriptorType type = DescriptorType::kUnknown;
  uint64_t link_count = 0;
  uint64_t size = 0;
  std::optional<Datetime> data_access_timestamp;
  std::optional<Datetime> data_modification_timestamp;
  std::optional<Datetime> status_change_timestamp;
};

struct NewTimestamp {
  std::variant<Unit, Unit, Datetime> value;  // no-change, now, timestamp
};

struct MetadataHashValue {
  uint64_t lower = 0;
  uint64_t upper = 0;
};

// The open file itself.
FileResult<std::unique_ptr<InputStream>> read_via_stream(HostCall&, WasiContext&, Descriptor& self,
                                                         uint64_t offset);
FileResult<std::unique_ptr<OutputStream>> write_via_stream(HostCall&, WasiContext&,
                                                           Descriptor& self, uint64_t offset);
FileResult<std::unique_ptr<OutputStream>> append_via_stream(HostCall&, WasiContext&,
                                                            Descriptor& self);
FileResult<void> advise(HostCall&, WasiContext&, Descriptor& self, uint64_t offset, uint64_t length,
                        Advice advice);
FileResult<void> sync_data(HostCall&, WasiContext&, Descriptor& self);
FileResult<void> sync(HostCall&, WasiContext&, Descriptor& self);
FileResult<DescriptorFlags> get_flags(HostCall&, WasiContext&, Descriptor& self);
FileResult<DescriptorType> get_type(HostCall&, WasiContext&, Descriptor& self);
FileResult<void> set_size(HostCall&, WasiContext&, Descriptor& self, uint64_t size);
FileResult<void> set_times(HostCall&, WasiContext&, Descriptor& self, NewTimestamp access,
                           NewTimestamp modification);
// The bytes are a view of the context's scratch memory.
FileResult<std::tuple<std::span<const uint8_t>, bool>> read(HostCall&, WasiContext&,
                                                            Descriptor& self, uint64_t length,
                                                            uint64_t offset);
FileResult<uint64_t> write(HostCall&, WasiContext&, Descriptor& self,
                           std::span<const uint8_t> buffer, uint64_t offset);
FileResult<DescriptorStat> stat(HostCall&, WasiContext&, Descriptor& self);
bool is_same_object(HostCall&, WasiContext&, Descriptor& self, Descriptor& other);
FileResult<MetadataHashValue> metadata_hash(HostCall&, WasiContext&, Descriptor& self);

// Names below a directory.
FileResult<void> create_directory_at(HostCall&, WasiContext&, Descriptor& self,
                                     std::string_view path);
FileResult<DescriptorStat> stat_at(HostCall&, WasiContext&, Descriptor& self, PathFlags flags,
                                   std::string_view path);
FileResult<void> set_times_at(HostCall&, WasiContext&, Descriptor& self, PathFlags flags,
                              std::string_view path, NewTimestamp access,
                              NewTimestamp modification);
FileResult<void> link_at(HostCall&, WasiContext&, Descriptor& self, PathFlags old_flags,
                         std::string_view old_path, Descriptor& new_descriptor,
                         std::string_view new_path);
FileResult<std::unique_ptr<Descriptor>> open_at(HostCall&, WasiContext&, Descriptor& self,
                                                PathFlags path_flags, std::string_view path,
                                                OpenFlags open_flags, DescriptorFlags flags);
FileResult<std::string> readlink_at(HostCall&, WasiContext&, Descriptor& self,
                                    std::string_view path);
FileResult<void> remove_directory_at(HostCall&, WasiContext&, Descriptor& self,
                                     std::string_view path);
FileResult<void> rename_at(HostCall&, WasiContext&, Descriptor& self, std::string_view old_path,
                           Descriptor& new_descriptor, std::string_view new_path);
FileResult<void> symlink_at(HostCall&, WasiContext&, Descriptor& self, std::string_view old_path,
                            std::string_view new_path);
FileResult<void> unlink_file_at(HostCall&, WasiContext&, Descriptor& self, std::string_view path);
FileResult<MetadataHashValue> metadata_hash_at(HostCall&, WasiContext&, Descriptor& self,
                                               PathFlags flags, std::string_view path);

// Entries of a directory.
FileResult<std::unique_ptr<DirectoryEntryStream>> read_directory(HostCall&, WasiContext&,
                                                                 Descriptor& self);
FileResult<std::optional<DirectoryEntry>> read_directory_entry(HostCall&, WasiContext&,
                                                               DirectoryEntryStream& self);

std::optional<ErrorCode> filesystem_error_code(HostCall&, WasiContext&, IoError& err);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::filesystem

namespace wisp::component {

template <>
struct FlagsOf<wasi::DescriptorFlags> {
  static constexpr std::string_view names[] = {"read",
                                               "write",
                                               "file-integrity-sync",
                                               "data-integrity-sync",
                                               "requested-write-sync",
                                               "mutate-directory"};
};
template <>
struct FlagsOf<wasi::filesystem::PathFlags> {
  static constexpr std::string_view names[] = {"symlink-follow"};
};
template <>
struct FlagsOf<wasi::OpenFlags> {
  static constexpr std::string_view names[] = {"create", "directory", "exclusive", "truncate"};
};
template <>
struct EnumOf<wasi::filesystem::Advice> {
  static constexpr std::string_view names[] = {"normal",    "sequential", "random",
                                               "will-need", "dont-need",  "no-reuse"};
};
template <>
struct RecordOf<wasi::filesystem::DescriptorStat> {
  using S = wasi::filesystem::DescriptorStat;
  static constexpr auto fields =
      std::tuple{Field{"type", &S::type},
                 Field{"link-count", &S::link_count},
                 Field{"size", &S::size},
                 Field{"data-access-timestamp", &S::data_access_timestamp},
                 Field{"data-modification-timestamp", &S::data_modification_timestamp},
                 Field{"status-change-timestamp", &S::status_change_timestamp}};
};
template <>
struct VariantOf<wasi::filesystem::NewTimestamp> {
  static constexpr std::string_view names[] = {"no-change", "now", "timestamp"};
};
template <>
struct RecordOf<wasi::filesystem::MetadataHashValue> {
  using S = wasi::filesystem::MetadataHashValue;
  static constexpr auto fields = std::tuple{Field{"lower", &S::lower}, Field{"upper", &S::upper}};
};

}  // namespace wisp::component
