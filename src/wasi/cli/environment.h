// wasi:cli/environment: arguments, variables and the directory to start in, as the context grants
// them.
#pragma once

#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include "component/host_binding.h"
#include "wasi/context.h"

namespace wisp::wasi::environment {

using Variable = std::tuple<std::string_view, std::string_view>;  // name, value

std::vector<Variable> get_environment(component::HostCall& call, WasiContext& context);
std::vector<std::string_view> get_arguments(component::HostCall& call, WasiContext& context);
std::optional<std::string_view> initial_cwd(component::HostCall& call, WasiContext& context);

extern const component::HostInterface kInterface;

}  // namespace wisp::wasi::environment
