// parse_options. A table of options and, for the groups -S -W -C -O -D, a table of keys; each entry
// has the function that applies it. An entry returns the text of what is wrong, or nothing.
#include "cli/options.h"

#include <algorithm>

#include "cli/quantity.h"

namespace wisp::cli {

namespace {

using Problem = std::optional<std::string>;

std::string quoted(std::string_view text) { return "'" + std::string(text) + "'"; }

// -- Keys of the groups: -S key[=value],... -------------------------------------------------------

// What `key[=value]` said. A key alone means yes.
struct Setting {
  char group;
  std::string_view key;
  std::optional<std::string_view> value;

  std::string name() const { return std::string("-") + group + " " + std::string(key); }
};

Problem parse_switch(const Setting& setting, bool& on) {
  const std::string_view value = setting.value.value_or("y");
  on = value == "y" || value == "yes" || value == "true";
  if (on || value == "n" || value == "no" || value == "false") return std::nullopt;
  return setting.name() + ": expected y or n, not " + quoted(value);
}

Problem parse_count(const Setting& setting, uint64_t& count) {
  const std::optional<uint64_t> number = parse_number(setting.value.value_or(""));
  if (!number) {
    return setting.name() + ": expected a number, not " + quoted(setting.value.value_or(""));
  }
  count = *number;
  return std::nullopt;
}

// The same as a field of wisp_run_options_t.
Problem parse_limit(const Setting& setting, uint64_t& limit) {
  if (Problem problem = parse_count(setting, limit)) return problem;
  if (limit == 0) limit = WISP_ZERO;
  return std::nullopt;
}

// Always there: saying so is fine, saying otherwise is not.
Problem apply_always(Options&, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  if (!on) return setting.name() + " cannot be switched off";
  return std::nullopt;
}

Problem apply_nothing(Options& options, const Setting& setting) {
  options.warnings.push_back(setting.name() + " has no meaning here and is ignored");
  return std::nullopt;
}

Problem apply_http(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  if (on) options.warnings.push_back(setting.name() + ": HTTP is not there yet; calling it traps");
  return std::nullopt;
}

template <bool NetworkOptions::*kMember>
Problem apply_network(Options& options, const Setting& setting) {
  return parse_switch(setting, options.network.*kMember);
}

Problem apply_inherit_env(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  options.inherit_environment = on ? Inherit::kEverything : Inherit::kNothing;
  return std::nullopt;
}

template <int kDescriptor>
Problem apply_inherit_stdio(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  options.inherit_stdio[kDescriptor] = on ? Inherit::kEverything : Inherit::kNothing;
  return std::nullopt;
}

Problem apply_cwd(Options& options, const Setting& setting) {
  if (!setting.value) return setting.name() + ": expected a path, as in -S cwd=PATH";
  options.initial_cwd = *setting.value;
  return std::nullopt;
}

Problem apply_tcplisten(Options& options, const Setting& setting) {
  if (!setting.value) return setting.name() + ": expected an address, as in 127.0.0.1:8080";
  options.network.tcp_listeners.emplace_back(*setting.value);
  return std::nullopt;
}

Problem apply_feature(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  if (on) options.features.emplace_back(setting.key);
  return std::nullopt;
}

Problem apply_max_random_size(Options& options, const Setting& setting) {
  return parse_count(setting, options.max_random_size.emplace());
}

Problem apply_max_memory_size(Options& options, const Setting& setting) {
  return parse_limit(setting, options.max_memory_bytes);
}

Problem apply_max_wasm_stack(Options& options, const Setting& setting) {
  if (Problem problem = parse_count(setting, options.max_stack_bytes)) return problem;
  if (options.max_stack_bytes == 0) return setting.name() + " cannot be zero";
  return std::nullopt;
}

Problem apply_max_table_elements(Options& options, const Setting& setting) {
  return parse_limit(setting, options.max_table_elements);
}

Problem apply_max_resources(Options& options, const Setting& setting) {
  return parse_limit(setting, options.max_resources);
}

Problem apply_hostcall_fuel(Options& options, const Setting& setting) {
  return parse_limit(setting, options.hostcall_fuel);
}

template <wisp_unknown_imports_t kPolicy>
Problem apply_unknown_imports(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  if (on) options.unknown_imports = kPolicy;
  return std::nullopt;
}

// Not there: switching it off is fine.
Problem apply_absent(Options&, const Setting& setting) {
  bool on = true;
  const bool is_switch = !parse_switch(setting, on).has_value();
  if (is_switch && !on) return std::nullopt;
  return setting.name() + " is not there in Wisp";
}

// A feature that is not there: asking for it is fine, what needs it is refused when it is loaded.
Problem apply_feature_to_come(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  if (!on) return std::nullopt;
  options.warnings.push_back(setting.name() + " is not there in Wisp; what needs it is refused");
  return std::nullopt;
}

Problem apply_fuel(Options&, const Setting& setting) {
  return setting.name() + " is not there in Wisp; -W timeout=DURATION bounds a run";
}

Problem apply_timeout(Options& options, const Setting& setting) {
  const std::optional<uint64_t> timeout_ns = parse_duration_ns(setting.value.value_or(""));
  if (!timeout_ns) {
    return "-W timeout: expected a duration such as 30, 300ms or 2s, not " +
           quoted(setting.value.value_or(""));
  }
  options.timeout_ns = *timeout_ns == 0 ? WISP_ZERO : *timeout_ns;
  return std::nullopt;
}

Problem apply_parallel_compilation(Options& options, const Setting& setting) {
  bool on = true;
  if (Problem problem = parse_switch(setting, on)) return problem;
  options.compile_threads = on ? 0 : 1;
  return std::nullopt;
}

struct Key {
  char group;
  std::string_view name;
  Problem (*apply)(Options&, const Setting&);
};

constexpr Key kKeys[] = {
    {'S', "cli", apply_always},
    {'S', "common", apply_always},
    {'S', "preview2", apply_always},
    {'S', "cli-exit-with-code", apply_always},
    {'S', "inherit-env", apply_inherit_env},
    {'S', "inherit-stdin", apply_inherit_stdio<0>},
    {'S', "inherit-stdout", apply_inherit_stdio<1>},
    {'S', "inherit-stderr", apply_inherit_stdio<2>},
    {'S', "max-random-size", apply_max_random_size},
    {'S', "max-resources", apply_max_resources},
    {'S', "max-component-handles", apply_max_resources},
    {'S', "hostcall-fuel", apply_hostcall_fuel},
    {'S', "max-http-fields-size", apply_nothing},
    {'S', "http-outgoing-body-buffer-chunks", apply_nothing},
    {'S', "http-outgoing-body-chunk-size", apply_nothing},
    {'S', "nn", apply_feature_to_come},
    {'S', "nn-graph", apply_absent},
    {'S', "threads", apply_feature_to_come},
    {'S', "config", apply_feature_to_come},
    {'S', "config-var", apply_absent},
    {'S', "keyvalue", apply_feature_to_come},
    {'S', "keyvalue-in-memory-data", apply_absent},
    {'S', "tls", apply_feature_to_come},
    {'S', "p3", apply_feature_to_come},
    {'S', "preview0", apply_absent},
    {'S', "listenfd", apply_absent},
    {'S', "tcplisten", apply_tcplisten},
    {'S', "cwd", apply_cwd},
    {'S', "clocks-timezone", apply_feature},
    {'S', "network-error-code", apply_feature},
    {'S', "inherit-network", apply_network<&NetworkOptions::inherit>},
    {'S', "allow-ip-name-lookup", apply_network<&NetworkOptions::name_lookup>},
    {'S', "tcp", apply_network<&NetworkOptions::tcp>},
    {'S', "udp", apply_network<&NetworkOptions::udp>},
    {'S', "http", apply_http},
    {'W', "component-model", apply_always},
    {'W', "component-model-map", apply_always},
    {'W', "component-model-fixed-length-lists", apply_always},
    {'W', "component-model-implements", apply_always},
    {'W', "bulk-memory", apply_always},
    {'W', "multi-value", apply_always},
    {'W', "reference-types", apply_always},
    {'W', "extended-const", apply_always},
    {'W', "simd", apply_feature_to_come},
    {'W', "relaxed-simd", apply_feature_to_come},
    {'W', "threads", apply_feature_to_come},
    {'W', "tail-call", apply_feature_to_come},
    {'W', "memory64", apply_feature_to_come},
    {'W', "multi-memory", apply_feature_to_come},
    {'W', "exceptions", apply_feature_to_come},
    {'W', "gc", apply_feature_to_come},
    {'W', "function-references", apply_feature_to_come},
    {'W', "custom-page-sizes", apply_feature_to_come},
    {'W', "wide-arithmetic", apply_feature_to_come},
    {'W', "stack-switching", apply_feature_to_come},
    {'W', "shared-memory", apply_feature_to_come},
    {'W', "shared-everything-threads", apply_feature_to_come},
    {'W', "relaxed-simd-deterministic", apply_absent},
    {'W', "branch-hinting", apply_always},
    {'W', "all-proposals", apply_feature_to_come},
    {'W', "gc-support", apply_feature_to_come},
    {'W', "concurrency-support", apply_feature_to_come},
    {'W', "wmemcheck", apply_absent},
    {'W', "max-instances", apply_absent},
    {'W', "max-tables", apply_absent},
    {'W', "max-memories", apply_absent},
    {'W', "component-model-async", apply_feature_to_come},
    {'W', "component-model-more-async-builtins", apply_feature_to_come},
    {'W', "component-model-async-stackful", apply_feature_to_come},
    {'W', "component-model-threading", apply_feature_to_come},
    {'W', "component-model-error-context", apply_feature_to_come},
    {'W', "component-model-gc", apply_feature_to_come},
    {'W', "component-model-memory64", apply_feature_to_come},
    {'W', "nan-canonicalization", apply_absent},
    {'W', "trap-on-grow-failure", apply_absent},
    {'W', "fuel", apply_fuel},
    {'W', "epoch-interruption", apply_nothing},
    {'W', "async-stack-size", apply_nothing},
    {'W', "async-stack-zeroing", apply_nothing},
    {'W', "unknown-exports-allow", apply_always},
    {'W', "unknown-imports-trap", apply_unknown_imports<WISP_UNKNOWN_IMPORTS_TRAP>},
    {'W', "unknown-imports-default", apply_unknown_imports<WISP_UNKNOWN_IMPORTS_DEFAULT>},
    {'W', "max-memory-size", apply_max_memory_size},
    {'W', "max-table-elements", apply_max_table_elements},
    {'W', "max-wasm-stack", apply_max_wasm_stack},
    {'W', "timeout", apply_timeout},
    {'C', "parallel-compilation", apply_parallel_compilation},
    {'C', "cache", apply_nothing},
    {'C', "cache-config", apply_nothing},
    {'C', "compiler", apply_nothing},
    {'C', "collector", apply_nothing},
    {'C', "inlining", apply_nothing},
    {'C', "native-unwind-info", apply_nothing},
    {'D', "debug-info", apply_nothing},
    {'D', "address-map", apply_nothing},
    {'D', "symbols", apply_nothing},
    {'D', "logging", apply_nothing},
    {'D', "log-to-files", apply_nothing},
    {'D', "max-backtrace", apply_nothing},
    {'D', "guest-debug", apply_absent},
    {'D', "debugger", apply_absent},
    {'D', "coredump", apply_absent},
    {'D', "arg", apply_absent},  // these four: of the debugger
    {'D', "inherit-stdin", apply_absent},
    {'D', "inherit-stdout", apply_absent},
    {'D', "inherit-stderr", apply_absent},
};

// How other engines allocate and optimise: nothing that a guest can see.
bool is_about_allocation_or_code(const Setting& setting) {
  constexpr std::string_view kCodePrefixes[] = {"cranelift-", "metadata-for-"};
  constexpr std::string_view kPrefixes[] = {"pooling-", "memory-", "gc-", "static-memory-",
                                            "dynamic-memory-"};
  constexpr std::string_view kNames[] = {"opt-level", "regalloc-algorithm", "table-lazy-init",
                                         "guard-before-linear-memory", "signals-based-traps"};
  const auto begins = [&setting](std::string_view prefix) {
    return setting.key.starts_with(prefix);
  };
  if (setting.group == 'C') return std::ranges::any_of(kCodePrefixes, begins);
  return setting.group == 'O' && (std::ranges::any_of(kPrefixes, begins) ||
                                  std::ranges::find(kNames, setting.key) != std::end(kNames));
}

Problem apply_setting(Options& options, char group, std::string_view text) {
  const size_t equals = text.find('=');
  Setting setting{group, text.substr(0, equals), std::nullopt};
  if (equals != std::string_view::npos) setting.value = text.substr(equals + 1);
  for (const Key& key : kKeys) {
    if (key.group == group && key.name == setting.key) return key.apply(options, setting);
  }
  if (setting.key == "help" || setting.key == "help-long") {
    options.command = Command::kHelp;
    return std::nullopt;
  }
  if (is_about_allocation_or_code(setting)) return apply_nothing(options, setting);
  return "unknown option " + quoted(setting.name());
}

Problem apply_group(Options& options, char group, std::string_view list) {
  while (true) {
    const size_t comma = list.find(',');
    if (Problem problem = apply_setting(options, group, list.substr(0, comma))) return problem;
    if (comma == std::string_view::npos) return std::nullopt;
    list.remove_prefix(comma + 1);
  }
}

// -- Options with a value of their own ------------------------------------------------------------

Problem add_directory(Options& options, std::string_view value, wisp_directory_access_t access) {
  const size_t colons = value.find("::");
  const std::string_view host = value.substr(0, colons);
  const std::string_view guest = colons == std::string_view::npos ? host : value.substr(colons + 2);
  if (host.empty()) return "expected HOST[::GUEST], not " + quoted(value);
  options.directories.push_back({std::string(host), std::string(guest), access});
  return std::nullopt;
}

Problem apply_dir(Options& options, std::string_view value) {
  return add_directory(options, value, WISP_DIRECTORY_READ_WRITE);
}

Problem apply_dir_ro(Options& options, std::string_view value) {
  return add_directory(options, value, WISP_DIRECTORY_READ_ONLY);
}

Problem apply_env(Options& options, std::string_view value) {
  const size_t equals = value.find('=');
  if (equals == 0 || value.empty()) return "expected NAME[=VALUE], not " + quoted(value);
  Variable variable{std::string(value.substr(0, equals)), std::nullopt};
  if (equals != std::string_view::npos) variable.value = value.substr(equals + 1);
  options.environment.push_back(std::move(variable));
  return std::nullopt;
}

// A name of an import has no dot before a slash, and paths seldom have an equals sign.
Problem apply_plug(Options& options, std::string_view value) {
  const size_t equals = value.find('=');
  const bool is_named = equals != std::string_view::npos && value[0] != '.' && value[0] != '/';
  const std::string_view path = is_named ? value.substr(equals + 1) : value;
  if (path.empty() || (is_named && equals == 0)) {
    return "expected [IMPORT=]FILE, not " + quoted(value);
  }
  PlugFile& plug = options.plugs.emplace_back();
  plug.path = path;
  if (is_named) plug.import.emplace(value.substr(0, equals));
  return std::nullopt;
}

// What a rule means, and whether it means anything, is for the policy to say.
template <std::vector<std::string> NetworkOptions::*kRules>
Problem apply_network_rule(Options& options, std::string_view value) {
  (options.network.*kRules).emplace_back(value);
  return std::nullopt;
}

Problem apply_argv0(Options& options, std::string_view value) {
  options.argv0 = value;
  return std::nullopt;
}

Problem apply_invoke(Options& options, std::string_view value) {
  if (value.empty()) return std::string("expected the name of a function, or a call");
  options.invoke = value;
  return std::nullopt;
}

Problem apply_io(Options& options, std::string_view value) {
  if (value == "auto") {
    options.io = WISP_IO_AUTO;
  } else if (value == "uring") {
    options.io = WISP_IO_URING;
  } else if (value == "epoll") {
    options.io = WISP_IO_EPOLL;
  } else {
    return "expected auto, uring or epoll, not " + quoted(value);
  }
  return std::nullopt;
}

Problem apply_memory_budget(Options& options, std::string_view value) {
  constexpr std::string_view kUnits = "KMG";
  const size_t unit = value.empty() ? std::string_view::npos : kUnits.find(value.back());
  const bool has_unit = unit != std::string_view::npos;
  const std::optional<uint64_t> number = parse_number(value.substr(0, value.size() - has_unit));
  const uint64_t scale = has_unit ? uint64_t{1} << (10 * (unit + 1)) : 1;
  if (!number || *number == 0 || __builtin_mul_overflow(*number, scale, &options.memory_budget)) {
    return "expected a number of bytes, or one with K, M or G, not " + quoted(value);
  }
  return std::nullopt;
}

Problem apply_other_program(Options&, std::string_view) {
  return std::string("is an option of wasmtime that is not there in Wisp");
}

template <char kGroup>
Problem apply_group_option(Options& options, std::string_view value) {
  return apply_group(options, kGroup, value);
}

struct Option {
  std::string_view name;
  Problem (*apply)(Options&, std::string_view value);
};

constexpr Option kOptions[] = {
    {"--dir", apply_dir},
    {"--dir-ro", apply_dir_ro},
    {"--env", apply_env},
    {"--plug", apply_plug},
    {"--allow-net", apply_network_rule<&NetworkOptions::allow_net>},
    {"--allow-listen", apply_network_rule<&NetworkOptions::allow_listen>},
    {"--argv0", apply_argv0},
    {"--invoke", apply_invoke},
    {"--io", apply_io},
    {"--memory-budget", apply_memory_budget},
    {"-S", apply_group_option<'S'>},
    {"--wasi", apply_group_option<'S'>},
    {"-W", apply_group_option<'W'>},
    {"--wasm", apply_group_option<'W'>},
    {"-C", apply_group_option<'C'>},
    {"--codegen", apply_group_option<'C'>},
    {"-O", apply_group_option<'O'>},
    {"--optimize", apply_group_option<'O'>},
    {"-D", apply_group_option<'D'>},
    {"--debug", apply_group_option<'D'>},
    {"--preload", apply_other_program},
    {"--config", apply_other_program},
    {"--profile", apply_other_program},
    {"--target", apply_other_program},
    {"--record", apply_other_program},
    {"--allow-precompiled", apply_other_program},
    {"-R", apply_other_program},
};

// An option as it stands in an argument: `--name`, `--name=value`, `-Xvalue`, `-X=value`.
struct Spelled {
  std::string_view name;
  std::optional<std::string_view> value;
};

Spelled spell(std::string_view argument) {
  const bool is_long = argument.starts_with("--");
  const size_t end = is_long ? argument.find('=') : 2;
  Spelled spelled{argument.substr(0, end), std::nullopt};
  if (end >= argument.size()) return spelled;
  spelled.value = argument.substr(argument[end] == '=' ? end + 1 : end);
  return spelled;
}

const Option* find_option(std::string_view name) {
  for (const Option& option : kOptions) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

constexpr std::pair<std::string_view, Command> kCommands[] = {
    {"run", Command::kRun},         {"validate", Command::kValidate}, {"wit", Command::kWit},
    {"inspect", Command::kInspect}, {"doctor", Command::kDoctor},     {"help", Command::kHelp},
};
// What wasmtime has besides.
constexpr std::string_view kOtherCommands[] = {
    "serve", "compile",    "explore", "config",     "settings",
    "wast",  "completion", "objdump", "hot-blocks", "wizer",
};

// Takes the options that stand at the front of `arguments` away from it.
Problem take_options(Options& options, std::span<const std::string_view>& arguments) {
  while (!arguments.empty() && arguments[0].size() > 1 && arguments[0][0] == '-') {
    const Spelled spelled = spell(arguments[0]);
    arguments = arguments.subspan(1);
    if (spelled.name == "--" && !spelled.value) return std::nullopt;
    if (spelled.name == "--help" || spelled.name == "-h") {
      options.command = Command::kHelp;
      return std::nullopt;
    }
    if (spelled.name == "--version" || spelled.name == "-V") {
      options.command = Command::kVersion;
      return std::nullopt;
    }
    const Option* option = find_option(spelled.name);
    if (option == nullptr || options.command != Command::kRun) {
      return "unknown option " + quoted(spelled.name);
    }
    std::optional<std::string_view> value = spelled.value;
    if (!value) {
      if (arguments.empty()) return "option " + quoted(spelled.name) + " needs a value";
      value = arguments[0];
      arguments = arguments.subspan(1);
    }
    if (Problem problem = option->apply(options, *value)) {
      if (spelled.name.starts_with("--") && spelled.name != "--wasm")
        return std::string(spelled.name) + ": " + *problem;
      return problem;
    }
    if (options.command == Command::kHelp) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string path_of(const std::string& file) { return file == "-" ? "/dev/stdin" : file; }

std::variant<Options, UsageError> parse_options(std::span<const std::string_view> arguments) {
  Options options;
  options.command = Command::kRun;
  std::string_view command;  // as written; empty: left out, which is `run`
  for (const auto& [name, value] : kCommands) {
    if (arguments.empty() || arguments[0] != name) continue;
    options.command = value;
    command = name;
    arguments = arguments.subspan(1);
    break;
  }
  if (command.empty() && !arguments.empty() &&
      std::ranges::find(kOtherCommands, arguments[0]) != std::end(kOtherCommands)) {
    const std::string other = quoted(arguments[0]);
    return UsageError{"the command " + other + " of wasmtime is not there in Wisp; `wisp run` " +
                      "takes a file of that name"};
  }
  if (Problem problem = take_options(options, arguments)) return UsageError{*problem};
  if (options.command == Command::kHelp || options.command == Command::kVersion) return options;
  if (options.command == Command::kDoctor) {
    if (!arguments.empty()) return UsageError{"doctor takes no arguments"};
    return options;
  }
  if (arguments.empty()) return UsageError{"which FILE?"};
  options.file = arguments[0];
  options.arguments.assign(arguments.begin() + 1, arguments.end());
  if (options.command != Command::kRun && !options.arguments.empty()) {
    return UsageError{std::string(command) + " takes one FILE"};
  }
  return options;
}

}  // namespace wisp::cli
