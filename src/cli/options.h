// Command line options: wasmtime's spelling where it has one, as plain data. Pure: reads no file
// and no environment.
//
//   parse_options(arguments)   what the user asked for, or one line that says what is wrong with it
//
// Options stand before FILE; everything after it belongs to the guest. Written by hand instead of
// with CLI11, which costs 0.2 ms of CPU at start-up and 1.9 MB of program (measured), a tenth of
// what hello may cost in all.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wisp/wisp.h"

namespace wisp::cli {

enum class Command : uint8_t { kRun, kValidate, kWit, kInspect, kDoctor, kVersion, kHelp };

struct Directory {
  std::string host_path;
  std::string guest_path;
  wisp_directory_access_t access = WISP_DIRECTORY_READ_WRITE;
};

// A variable for the guest; without a value it is taken from the environment of the program, if it
// is there.
struct Variable {
  std::string name;
  std::optional<std::string> value;
};

// A component that answers imports of FILE: all that it has the names of, or only `import`.
struct PlugFile {
  std::string path;
  std::optional<std::string> import;
};

enum class Inherit : uint8_t { kNothing, kEverything };

struct NetworkOptions {
  bool inherit = false;
  bool tcp = true;
  bool udp = true;
  bool name_lookup = false;
  std::vector<std::string> allow_net;
  std::vector<std::string> allow_listen;
  std::vector<std::string> tcp_listeners;  // addresses
};

struct Options {
  Command command = Command::kHelp;
  std::string file;                    // as it was said; see path_of
  std::vector<std::string> arguments;  // of the guest, without argv[0]
  std::optional<std::string> argv0;
  std::optional<std::string> invoke;  // the export to call, of components with arguments
  std::vector<PlugFile> plugs;
  std::vector<Directory> directories;
  std::vector<Variable> environment;
  Inherit inherit_environment = Inherit::kNothing;
  std::array<Inherit, 3> inherit_stdio = {Inherit::kEverything, Inherit::kEverything,
                                          Inherit::kEverything};  // of 0 to 2
  std::optional<std::string> initial_cwd;
  std::vector<std::string> features;  // of WASI, unstable ones
  NetworkOptions network;
  std::optional<uint64_t> max_random_size;
  // As in wisp_run_options_t: 0 is the default, and WISP_ZERO is 0.
  uint64_t max_memory_bytes = 0;
  uint64_t memory_budget = 0;
  uint64_t max_stack_bytes = 0;
  uint64_t timeout_ns = 0;
  uint64_t max_table_elements = 0;
  uint64_t hostcall_fuel = 0;
  uint64_t max_resources = 0;
  wisp_unknown_imports_t unknown_imports = WISP_UNKNOWN_IMPORTS_REFUSE;
  uint32_t compile_threads = 0;  // 0: as many as there are cores
  wisp_io_t io = WISP_IO_AUTO;
  std::vector<std::string> warnings;  // what was accepted although it means nothing here
};

struct UsageError {
  std::string message;
};

std::variant<Options, UsageError> parse_options(std::span<const std::string_view> arguments);

// Where to find it: `-` is standard input.
std::string path_of(const std::string& file);

}  // namespace wisp::cli
