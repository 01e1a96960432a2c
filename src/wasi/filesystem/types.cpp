#include "wasi/filesystem/types.h"

namespace wisp::wasi::filesystem {

std::optional<ErrorCode> filesystem_error_code(HostCall&, WasiContext&, IoError& err) {
  if (err.origin() != ErrorOrigin::kFilesystem) return std::nullopt;
  return error_code(err.error_number());
}

namespace {

using component::host_function;
using component::host_resource;

constexpr component::HostItem kItems[] = {
    host_resource<Descriptor>("descriptor"),
    host_resource<DirectoryEntryStream>("directory-entry-stream"),
    host_function<&read_via_stream>("[method]descriptor.read-via-stream"),
    host_function<&write_via_stream>("[method]descriptor.write-via-stream"),
    host_function<&append_via_stream>("[method]descriptor.append-via-stream"),
    host_function<&advise>("[method]descriptor.advise"),
    host_function<&sync_data>("[method]descriptor.sync-data"),
    host_function<&get_flags>("[method]descriptor.get-flags"),
    host_function<&get_type>("[method]descriptor.get-type"),
    host_function<&set_size>("[method]descriptor.set-size"),
    host_function<&set_times>("[method]descriptor.set-times"),
    host_function<&read>("[method]descriptor.read"),
    host_function<&write>("[method]descriptor.write"),
    host_function<&read_directory>("[method]descriptor.read-directory"),
    host_function<&sync>("[method]descriptor.sync"),
    host_function<&create_directory_at>("[method]descriptor.create-directory-at"),
    host_function<&stat>("[method]descriptor.stat"),
    host_function<&stat_at>("[method]descriptor.stat-at"),
    host_function<&set_times_at>("[method]descriptor.set-times-at"),
    host_function<&link_at>("[method]descriptor.link-at"),
    host_function<&open_at>("[method]descriptor.open-at"),
    host_function<&readlink_at>("[method]descriptor.readlink-at"),
    host_function<&remove_directory_at>("[method]descriptor.remove-directory-at"),
    host_function<&rename_at>("[method]descriptor.rename-at"),
    host_function<&symlink_at>("[method]descriptor.symlink-at"),
    host_function<&unlink_file_at>("[method]descriptor.unlink-file-at"),
    host_function<&is_same_object>("[method]descriptor.is-same-object"),
    host_function<&metadata_hash>("[method]descriptor.metadata-hash"),
    host_function<&metadata_hash_at>("[method]descriptor.metadata-hash-at"),
    host_function<&read_directory_entry>("[method]directory-entry-stream.read-directory-entry"),
    host_function<&filesystem_error_code>("filesystem-error-code"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:filesystem/types", "0.2.12", kItems};

}  // namespace wisp::wasi::filesystem
