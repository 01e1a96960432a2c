// wasi:cli/environment: arguments, variables and the directory to start in, as the context grants
// them.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "component/host/host_binding.h"
#include "wasi/context.h"

namespace wisp::wasi::environment {

using Variable = std::pair<std::string, std::string>;  // name, value

std::span<const Variable> get_environment(component::HostCall& call, WasiContext& context);
std::span<const std::string> get_arguments(component::HostCall& call, WasiContext& context);
std::optional<std::string_view> initial_cwd(component::HostCall& call, WasiContext& context);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::environment
