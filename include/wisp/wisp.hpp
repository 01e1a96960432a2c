// wisp.hpp: wisp.h for C++. Header-only, without exceptions and RTTI. UNSTABLE until it says
// otherwise.
//
//   Engine, Component, Module, Wasi, File   own their handle; move-only
//   Error       true means that something failed: `if (wisp::Error error = ...) ...`
//   Result<T>   a T, or why there is none: true means that there is one
//
// Ownership, threads and signals are as in wisp.h. A default-constructed owner holds nothing and is
// there to be assigned to. Everything lies in an inline namespace, so that its names do not meet
// those of the library's own classes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wisp/wisp.h"

namespace wisp {
inline namespace api {

namespace detail {
template <class T, void (*kFree)(T*)>
struct Deleter {
  void operator()(T* object) const { kFree(object); }
};
template <class T, void (*kFree)(T*)>
using Handle = std::unique_ptr<T, Deleter<T, kFree>>;
}  // namespace detail

// Escaped for a terminal, as wisp_printable.
inline std::string printable(const std::string& text) {
  return std::string(detail::Handle<char, wisp_string_free>(wisp_printable(text.c_str())).get());
}

class [[nodiscard]] Error {
 public:
  Error() = default;
  explicit Error(wisp_error_t* error) : handle_(error) {}
  explicit operator bool() const { return handle_ != nullptr; }

  wisp_error_kind_t kind() const { return wisp_error_kind(handle_.get()); }
  std::string_view message() const { return wisp_error_message(handle_.get()); }
  uint64_t offset() const { return wisp_error_offset(handle_.get()); }
  const wisp_error_t* get() const { return handle_.get(); }
  size_t frame_count() const { return wisp_error_frame_count(handle_.get()); }
  wisp_frame_t frame(size_t index) const {
    wisp_frame_t frame = WISP_FRAME_INIT;
    wisp_error_frame(handle_.get(), index, &frame);
    return frame;
  }

 private:
  detail::Handle<wisp_error_t, wisp_error_free> handle_;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}      // NOLINT: implicit, as std::expected
  Result(Error error) : error_(std::move(error)) {}  // NOLINT
  explicit operator bool() const { return !error_; }
  T& operator*() { return value_; }
  T* operator->() { return &value_; }
  Error& error() { return error_; }

 private:
  T value_{};
  Error error_;
};

class Engine {
 public:
  Engine() = default;
  static Result<Engine> create(const wisp_engine_options_t* options = nullptr) {
    wisp_engine_t* engine = nullptr;
    if (Error error{wisp_engine_new(options, &engine)}) return error;
    return Engine(engine);
  }
  wisp_engine_t* get() const { return handle_.get(); }

 private:
  explicit Engine(wisp_engine_t* engine) : handle_(engine) {}
  detail::Handle<wisp_engine_t, wisp_engine_free> handle_;
};

// A file in memory.
class File {
 public:
  File() = default;
  static Result<File> open(const std::string& path) {
    wisp_file_t* file = nullptr;
    if (Error error{wisp_file_open(path.c_str(), &file)}) return error;
    return File(file);
  }
  wisp_file_t* get() const { return handle_.get(); }
  // Live as long as the file.
  std::span<const uint8_t> bytes() const {
    size_t size = 0;
    const uint8_t* data = wisp_file_bytes(handle_.get(), &size);
    return {data, size};
  }

 private:
  explicit File(wisp_file_t* file) : handle_(file) {}
  detail::Handle<wisp_file_t, wisp_file_free> handle_;
};

class Component {
 public:
  Component() = default;
  // `bytes` are copied.
  static Result<Component> from_bytes(const Engine& engine, std::span<const uint8_t> bytes) {
    wisp_component_t* component = nullptr;
    if (Error error{
            wisp_component_from_bytes(engine.get(), bytes.data(), bytes.size(), &component)})
      return error;
    return Component(component);
  }
  static Result<Component> from_file(const Engine& engine, const std::string& path) {
    wisp_component_t* component = nullptr;
    if (Error error{wisp_component_from_file(engine.get(), path.c_str(), &component)}) return error;
    return Component(component);
  }
  // Takes the bytes of the file.
  static Result<Component> from_opened(const Engine& engine, File file) {
    wisp_component_t* component = nullptr;
    if (Error error{wisp_component_from_opened(engine.get(), file.get(), &component)}) return error;
    return Component(component);
  }
  // Views and bytes in the parts are needed as wisp_component_compose says.
  static Result<Component> compose(const Engine& engine, const wisp_part_t& root,
                                   std::span<const wisp_part_t> plugs) {
    wisp_component_t* component = nullptr;
    if (Error error{
            wisp_component_compose(engine.get(), &root, plugs.data(), plugs.size(), &component)})
      return error;
    return Component(component);
  }
  wisp_component_t* get() const { return handle_.get(); }

 private:
  explicit Component(wisp_component_t* component) : handle_(component) {}
  detail::Handle<wisp_component_t, wisp_component_free> handle_;
};

class Module {
 public:
  Module() = default;
  // `bytes` are copied.
  static Result<Module> from_bytes(const Engine& engine, std::span<const uint8_t> bytes) {
    wisp_module_t* module = nullptr;
    if (Error error{wisp_module_from_bytes(engine.get(), bytes.data(), bytes.size(), &module)})
      return error;
    return Module(module);
  }
  static Result<Module> from_file(const Engine& engine, const std::string& path) {
    wisp_module_t* module = nullptr;
    if (Error error{wisp_module_from_file(engine.get(), path.c_str(), &module)}) return error;
    return Module(module);
  }
  // Takes the bytes of the file.
  static Result<Module> from_opened(const Engine& engine, File file) {
    wisp_module_t* module = nullptr;
    if (Error error{wisp_module_from_opened(engine.get(), file.get(), &module)}) return error;
    return Module(module);
  }
  wisp_module_t* get() const { return handle_.get(); }

 private:
  explicit Module(wisp_module_t* module) : handle_(module) {}
  detail::Handle<wisp_module_t, wisp_module_free> handle_;
};

class Wasi {
 public:
  Wasi() : handle_(wisp_wasi_new()) {}
  wisp_wasi_t* get() const { return handle_.get(); }

  Error set_arguments(const std::vector<std::string>& arguments) {
    std::vector<const char*> pointers;
    for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
    return Error(wisp_wasi_set_arguments(get(), pointers.size(), pointers.data()));
  }
  Error set_environment(const std::string& name, const std::string& value) {
    return Error(wisp_wasi_set_environment(get(), name.c_str(), value.c_str()));
  }
  void inherit_environment() { wisp_wasi_inherit_environment(get()); }
  Error preopen_directory(const std::string& host_path, const std::string& guest_path,
                          wisp_directory_access_t access) {
    return Error(wisp_wasi_preopen_directory(get(), host_path.c_str(), guest_path.c_str(), access));
  }
  Error set_initial_cwd(const std::string& path) {
    return Error(wisp_wasi_set_initial_cwd(get(), path.c_str()));
  }
  void set_stdio(int stdin_descriptor, int stdout_descriptor, int stderr_descriptor) {
    wisp_wasi_set_stdio(get(), stdin_descriptor, stdout_descriptor, stderr_descriptor);
  }
  Error set_io(wisp_io_t io) { return Error(wisp_wasi_set_io(get(), io)); }
  void set_max_random_size(uint64_t bytes) { wisp_wasi_set_max_random_size(get(), bytes); }
  void inherit_network() { wisp_wasi_inherit_network(get()); }
  Error listen_tcp(const std::string& address) {
    return Error(wisp_wasi_listen_tcp(get(), address.c_str()));
  }
  Error allow_net(const std::string& rule) {
    return Error(wisp_wasi_allow_net(get(), rule.c_str()));
  }
  Error allow_listen(const std::string& rule) {
    return Error(wisp_wasi_allow_listen(get(), rule.c_str()));
  }
  void allow_ip_name_lookup() { wisp_wasi_allow_ip_name_lookup(get()); }
  void deny_tcp() { wisp_wasi_deny_tcp(get()); }
  void deny_udp() { wisp_wasi_deny_udp(get()); }
  Error enable_feature(const std::string& feature) {
    return Error(wisp_wasi_enable_feature(get(), feature.c_str()));
  }

 private:
  detail::Handle<wisp_wasi_t, wisp_wasi_free> handle_;
};

// The exit status of the guest, or why there is none.
inline Result<int> run_command(const Component& component, const Wasi& wasi,
                               const wisp_run_options_t* options = nullptr) {
  int exit_status = 0;
  if (Error error{wisp_run_command(component.get(), wasi.get(), options, &exit_status)})
    return error;
  return exit_status;
}

struct Invoked {
  bool has_result = false;  // not where the guest has exited
  std::string result;       // in WAVE; of a core module: numbers
  int exit_status = 0;
};

// `call` is a function and its arguments in WAVE: "add(1, 2)".
inline Result<Invoked> invoke(const Component& component, const Wasi& wasi, const std::string& call,
                              const wisp_run_options_t* options = nullptr) {
  char* result = nullptr;
  Invoked invoked;
  if (Error error{wisp_invoke(component.get(), wasi.get(), options, call.c_str(), &result,
                              &invoked.exit_status)})
    return error;
  const detail::Handle<char, wisp_string_free> owned(result);
  invoked.has_result = result != nullptr;
  if (invoked.has_result) invoked.result = result;
  return invoked;
}

// An exported function of a core module, with numbers as arguments; without a name: its command.
// The result has one line for each result of the function.
inline Result<Invoked> invoke(const Module& module, const Wasi& wasi,
                              const std::optional<std::string>& name,
                              const std::vector<std::string>& arguments = {},
                              const wisp_run_options_t* options = nullptr) {
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  char* results = nullptr;
  Invoked invoked;
  if (Error error{wisp_module_invoke(module.get(), wasi.get(), options,
                                     name ? name->c_str() : nullptr, pointers.size(),
                                     pointers.data(), &results, &invoked.exit_status)})
    return error;
  const detail::Handle<char, wisp_string_free> owned(results);
  invoked.has_result = results != nullptr;
  if (invoked.has_result) invoked.result = results;
  return invoked;
}

// The world of a component as WIT, and what a component or core module consists of.
inline Result<std::string> wit_of_file(const std::string& path) {
  char* text = nullptr;
  if (Error error{wisp_wit_file(path.c_str(), &text)}) return error;
  return std::string(detail::Handle<char, wisp_string_free>(text).get());
}
inline Result<std::string> inspect_file(const std::string& path) {
  char* text = nullptr;
  if (Error error{wisp_inspect_file(path.c_str(), &text)}) return error;
  return std::string(detail::Handle<char, wisp_string_free>(text).get());
}

// What bytes say that they are.
inline Result<wisp_binary_kind_t> binary_kind(std::span<const uint8_t> bytes) {
  wisp_binary_kind_t kind = WISP_BINARY_MODULE;
  if (Error error{wisp_binary_kind(bytes.data(), bytes.size(), &kind)}) return error;
  return kind;
}

// What this machine gives, and what Wisp does about it.
inline std::string system_report() {
  return std::string(detail::Handle<char, wisp_string_free>(wisp_system_report()).get());
}

// What kind of binary the file is, if it is valid.
inline Result<wisp_binary_kind_t> validate_file(const std::string& path) {
  wisp_binary_kind_t kind = WISP_BINARY_MODULE;
  if (Error error{wisp_validate_file(path.c_str(), &kind)}) return error;
  return kind;
}

}  // namespace api
}  // namespace wisp
