// Descriptor: an open file or directory, with what the guest may do with it. Permissions travel:
// what is opened below a read-only directory is read-only.
#pragma once

#include <sys/stat.h>

#include <memory>

#include "component/host/host_binding.h"
#include "wasi/context.h"
#include "wasi/filesystem/descriptor_budget.h"
#include "wasi/filesystem/descriptor_flags.h"
#include "wasi/filesystem/path_sandbox.h"

namespace wisp::wasi {

// An open file, shared by a descriptor and the streams made from it.
class OpenFile {
 public:
  // One that belongs to the context.
  explicit OpenFile(int descriptor) : number_(descriptor) {}
  // One that the guest opened, which is of this type: as in stat::st_mode.
  OpenFile(ScopedDescriptor descriptor, CountedDescriptor count, mode_t type)
      : number_(descriptor.get()),
        type_(type & S_IFMT),
        owned_(std::move(descriptor)),
        count_(std::move(count)) {}
  int number() const { return number_; }
  // What never changes: guests ask for it whenever they open something. 0: not known.
  mode_t type() const { return type_; }

 private:
  int number_;
  mode_t type_ = 0;
  ScopedDescriptor owned_;
  CountedDescriptor count_;
};

enum class DescriptorKind : uint8_t { kDirectory, kFile };

class Descriptor final : public component::HostResource {
 public:
  Descriptor(std::shared_ptr<const OpenFile> file, DescriptorKind kind, DescriptorFlags flags,
             DirectoryAccess access)
      : file_(std::move(file)), kind_(kind), flags_(flags), access_(access) {}

  int number() const { return file_->number(); }
  const std::shared_ptr<const OpenFile>& file() const { return file_; }
  bool is_directory() const { return kind_ == DescriptorKind::kDirectory; }
  DescriptorFlags flags() const { return flags_; }
  DirectoryAccess access() const { return access_; }
  bool writable_access() const { return access_ == DirectoryAccess::kReadWrite; }

 private:
  std::shared_ptr<const OpenFile> file_;
  DescriptorKind kind_;
  DescriptorFlags flags_;
  DirectoryAccess access_;  // of the preopened directory that it came from
};

}  // namespace wisp::wasi
