// wasi:filesystem/preopens: the directories that the context grants.
#pragma once

#include <memory>
#include <string_view>
#include <tuple>
#include <vector>

#include "component/host/host_binding.h"
#include "wasi/context.h"
#include "wasi/filesystem/descriptor.h"

namespace wisp::wasi::preopens {

using NamedDirectory = std::tuple<std::unique_ptr<Descriptor>, std::string_view>;

// Fresh descriptors with each call.
std::vector<NamedDirectory> get_directories(component::HostCall& call, WasiContext& context);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::preopens
