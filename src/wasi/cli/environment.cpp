#include "wasi/cli/environment.h"

namespace wisp::wasi::environment {

std::span<const Variable> get_environment(component::HostCall&, WasiContext& context) {
  return context.environment;
}

std::span<const std::string> get_arguments(component::HostCall&, WasiContext& context) {
  return context.arguments;
}

std::optional<std::string_view> initial_cwd(component::HostCall&, WasiContext& context) {
  return context.initial_cwd;
}

namespace {

constexpr component::HostItem kItems[] = {
    component::host_function<&get_environment>("get-environment"),
    component::host_function<&get_arguments>("get-arguments"),
    component::host_function<&initial_cwd>("initial-cwd"),
};

}  // namespace

const component::HostInterface kInterface{"wasi:cli/environment", "0.2.12", kItems};

}  // namespace wisp::wasi::environment
