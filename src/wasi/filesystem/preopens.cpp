#include "wasi/filesystem/preopens.h"

#include "wasi/filesystem/types.h"

namespace wisp::wasi::preopens {

std::vector<NamedDirectory> get_directories(component::HostCall&, WasiContext& context) {
  std::vector<NamedDirectory> result;
  result.reserve(context.preopens.size());
  for (const Preopen& preopen : context.preopens) {
    const bool writable = preopen.access == DirectoryAccess::kReadWrite;
    const DescriptorFlags flags =
        DescriptorFlags::kRead |
        (writable ? DescriptorFlags::kMutateDirectory : DescriptorFlags::kNone);
    auto file = std::make_shared<const OpenFile>(preopen.descriptor);
    result.emplace_back(std::make_unique<Descriptor>(std::move(file), DescriptorKind::kDirectory,
                                                     flags, preopen.access),
                        preopen.guest_path);
  }
  return result;
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_function<&get_directories>("get-directories")};

}  // namespace

const component::HostInterface kInterface{"wasi:filesystem/preopens", "0.2.12", kItems};

}  // namespace wisp::wasi::preopens
