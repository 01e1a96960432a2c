#include "cli/run_command.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

#include "cli/report.h"
#include "wisp/wisp.hpp"

namespace wisp::cli {

namespace {

// "dir/hello.wasm" -> "hello.wasm", as wasmtime does.
std::string base_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

Error grant_network(const NetworkOptions& options, Wasi& wasi) {
  if (options.inherit) wasi.inherit_network();
  if (!options.tcp) wasi.deny_tcp();
  if (!options.udp) wasi.deny_udp();
  if (options.name_lookup) wasi.allow_ip_name_lookup();
  for (const std::string& rule : options.allow_net) {
    if (Error error = wasi.allow_net(rule)) return error;
  }
  for (const std::string& address : options.tcp_listeners) {
    if (Error error = wasi.listen_tcp(address)) return error;
  }
  for (const std::string& rule : options.allow_listen) {
    if (Error error = wasi.allow_listen(rule)) return error;
  }
  return Error();
}

// Everything that options say.
Error grant_options(const Options& options, Wasi& wasi) {
  if (options.argv0) {
    if (Error error = wasi.set_arguments({*options.argv0})) return error;
  }
  if (options.initial_cwd) {
    if (Error error = wasi.set_initial_cwd(*options.initial_cwd)) return error;
  }
  if (Error error = wasi.set_io(options.io)) return error;
  if (options.max_random_size) wasi.set_max_random_size(*options.max_random_size);
  if (options.inherit_environment == Inherit::kEverything) wasi.inherit_environment();
  for (const Variable& variable : options.environment) {
    const char* inherited = std::getenv(variable.name.c_str());
    if (!variable.value && inherited == nullptr) continue;
    if (Error error =
            wasi.set_environment(variable.name, variable.value ? *variable.value : inherited))
      return error;
  }
  for (const Directory& directory : options.directories) {
    Error error =
        wasi.preopen_directory(directory.host_path, directory.guest_path, directory.access);
    if (error) return error;
  }
  for (const std::string& feature : options.features) {
    if (Error error = wasi.enable_feature(feature)) return error;
  }
  return grant_network(options.network, wasi);
}

// A stream that the guest does not get is a device that has nothing to read and drops what is
// written; it stays open until the process ends. False: there is no such device.
bool grant_stdio(const Options& options, Wasi& wasi) {
  std::array<int, 3> descriptors = {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO};
  for (size_t i = 0; i < descriptors.size(); i++) {
    if (options.inherit_stdio[i] == Inherit::kEverything) continue;
    descriptors[i] = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (descriptors[i] < 0) return false;
  }
  wasi.set_stdio(descriptors[0], descriptors[1], descriptors[2]);
  return true;
}

// The name of FILE, and what stands behind it.
Error grant_arguments(const Options& options, Wasi& wasi) {
  std::vector<std::string> arguments{options.argv0.value_or(base_name(options.file))};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  return wasi.set_arguments(arguments);
}

wisp_run_options_t run_options(const Options& options) {
  wisp_run_options_t run_options = WISP_RUN_OPTIONS_INIT;
  run_options.max_memory_bytes = options.max_memory_bytes;
  run_options.memory_budget = options.memory_budget;
  run_options.max_stack_bytes = options.max_stack_bytes;
  run_options.timeout_ns = options.timeout_ns;
  run_options.max_table_elements = options.max_table_elements;
  run_options.hostcall_fuel = options.hostcall_fuel;
  run_options.max_resources = options.max_resources;
  run_options.unknown_imports = options.unknown_imports;
  return run_options;
}

Result<Engine> make_engine(const Options& options) {
  wisp_engine_options_t engine_options = WISP_ENGINE_OPTIONS_INIT;
  engine_options.compile_threads = options.compile_threads;
  engine_options.compile_at_first_run = 1;
  return Engine::create(&engine_options);
}

// FILE with its plugs.
Result<Component> compose(const Options& options, const Engine& engine) {
  const std::string path = path_of(options.file);
  wisp_part_t root = WISP_PART_INIT;
  root.name = path.c_str();
  std::vector<wisp_part_t> plugs;
  for (const PlugFile& file : options.plugs) {
    wisp_part_t& plug = plugs.emplace_back(wisp_part_t WISP_PART_INIT);
    plug.name = file.path.c_str();
    if (file.import) plug.import_name = file.import->c_str();
  }
  return Component::compose(engine, root, plugs);
}

// What was called returned `text`. False: nobody reads it.
bool print_result(const std::string& text) {
  return std::printf("%s\n", text.c_str()) >= 0 && std::fflush(stdout) == 0;
}

// Its command, or the function that was asked for.
Result<int> run_module(const Options& options, const Wasi& wasi, Result<Module> module) {
  if (!module) return std::move(module.error());
  const wisp_run_options_t limits = run_options(options);
  Result<Invoked> invoked = wisp::invoke(*module, wasi, options.invoke, options.arguments, &limits);
  if (!invoked) return std::move(invoked.error());
  if (!invoked->result.empty() && !print_result(invoked->result)) return kExitFailure;
  return invoked->exit_status;
}

Result<int> run_component(const Options& options, const Wasi& wasi, Result<Component> component) {
  if (!component) return std::move(component.error());
  const wisp_run_options_t limits = run_options(options);
  if (!options.invoke) return wisp::run_command(*component, wasi, &limits);
  Result<Invoked> invoked = wisp::invoke(*component, wasi, *options.invoke, &limits);
  if (!invoked) return std::move(invoked.error());
  if (invoked->has_result && !print_result(invoked->result)) return kExitFailure;
  return invoked->exit_status;
}

Result<int> run(const Options& options, const Wasi& wasi) {
  Result<Engine> engine = make_engine(options);
  if (!engine) return std::move(engine.error());
  if (!options.plugs.empty()) return run_component(options, wasi, compose(options, *engine));
  Result<File> file = File::open(path_of(options.file));
  if (!file) return std::move(file.error());
  Result<wisp_binary_kind_t> kind = binary_kind(file->bytes());
  if (!kind) return std::move(kind.error());
  if (*kind == WISP_BINARY_MODULE) {
    return run_module(options, wasi, Module::from_opened(*engine, std::move(*file)));
  }
  return run_component(options, wasi, Component::from_opened(*engine, std::move(*file)));
}

}  // namespace

int run_command(const Options& options) {
  for (const std::string& warning : options.warnings) report_warning(warning);
  Wasi wasi;
  if (Error error = grant_options(options, wasi)) {
    if (error.kind() == WISP_ERROR_USAGE) {
      report_usage(error.message());
      return kExitUsage;
    }
    report_error(options.file, error);
    return kExitFailure;
  }
  if (!grant_stdio(options, wasi)) {
    report_usage("cannot open /dev/null, which is to stand for a stream of the guest");
    return kExitFailure;
  }
  Error refused = grant_arguments(options, wasi);
  Result<int> status = refused ? Result<int>(std::move(refused)) : run(options, wasi);
  if (status) return *status;
  report_error(options.file, status.error());
  return status.error().kind() == WISP_ERROR_TRAP ? kExitTrap : kExitFailure;
}

}  // namespace wisp::cli
