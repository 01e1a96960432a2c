// wisp.h: WASI contexts.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>

#include "api/handles.h"
#include "platform/printable.h"
#include "platform/utf8.h"
#include "wasi/imports.h"
#include "wasi/sockets/tcp_listener.h"

namespace wisp {

namespace {

void set_variable(wisp_wasi& wasi, std::string_view name, std::string_view value) {
  for (auto& [known_name, known_value] : wasi.environment) {
    if (known_name == name) {
      known_value = value;
      return;
    }
  }
  wasi.environment.emplace_back(name, value);
}

wisp_error_t* error_of(const char* what, Result<void> outcome) {
  if (outcome.has_value()) return nullptr;
  return make_error(std::move(outcome).error().with_context(what));
}

wisp_error_t* usage_error(std::string message) {
  return make_error(Error(ErrorCode::kUsage, std::move(message)));
}

}  // namespace
}  // namespace wisp

wisp_wasi_t* wisp_wasi_new(void) { return new wisp_wasi; }

void wisp_wasi_free(wisp_wasi_t* wasi) {
  if (wasi == nullptr) return;
  for (const wisp::wasi::Preopen& preopen : wasi->preopens) close(preopen.descriptor);
  for (const int listener : wasi->tcp_listeners) close(listener);
  delete wasi;
}

wisp_error_t* wisp_wasi_set_arguments(wisp_wasi_t* wasi, size_t count,
                                      const char* const* arguments) {
  for (size_t i = 0; i < count; i++) {
    if (!wisp::is_valid_utf8(arguments[i])) {
      return wisp::usage_error("argument " + std::to_string(i) + " of the guest, " +
                               wisp::quoted(arguments[i]) + ", is not UTF-8");
    }
  }
  wasi->arguments.assign(arguments, arguments + count);
  return nullptr;
}

wisp_error_t* wisp_wasi_set_environment(wisp_wasi_t* wasi, const char* name, const char* value) {
  const std::string_view name_view = name;
  if (name_view.empty() || name_view.find('=') != std::string_view::npos) {
    return wisp::usage_error("an environment variable cannot have the name " + wisp::quoted(name));
  }
  if (!wisp::is_valid_utf8(name) || !wisp::is_valid_utf8(value)) {
    return wisp::usage_error("the environment variable " + wisp::quoted(name) + " is not UTF-8");
  }
  wisp::set_variable(*wasi, name, value);
  return nullptr;
}

void wisp_wasi_inherit_environment(wisp_wasi_t* wasi) {
  for (char** entry = environ; *entry != nullptr; entry++) {
    const std::string_view variable = *entry;
    const size_t equals = variable.find('=');
    if (equals == 0 || equals == std::string_view::npos || !wisp::is_valid_utf8(variable)) continue;
    wisp::set_variable(*wasi, variable.substr(0, equals), variable.substr(equals + 1));
  }
}

wisp_error_t* wisp_wasi_preopen_directory(wisp_wasi_t* wasi, const char* host_path,
                                          const char* guest_path, wisp_directory_access_t access) {
  if (!wisp::is_valid_utf8(guest_path)) {
    return wisp::usage_error("the guest's name of the directory, " + wisp::quoted(guest_path) +
                             ", is not UTF-8");
  }
  if (access != WISP_DIRECTORY_READ_ONLY && access != WISP_DIRECTORY_READ_WRITE) {
    return wisp::usage_error("wisp_directory_access_t " + std::to_string(static_cast<int>(access)) +
                             " means nothing");
  }
  const int descriptor = open(host_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return wisp::make_error(wisp::Error(
        wisp::ErrorCode::kIo,
        "cannot open the directory " + wisp::quoted(host_path) + ": " + std::strerror(errno)));
  }
  const auto rights = access == WISP_DIRECTORY_READ_ONLY ? wisp::wasi::DirectoryAccess::kReadOnly
                                                         : wisp::wasi::DirectoryAccess::kReadWrite;
  wasi->preopens.push_back({descriptor, guest_path, rights});
  return nullptr;
}

wisp_error_t* wisp_wasi_listen_tcp(wisp_wasi_t* wasi, const char* address) {
  auto listening = wisp::wasi::sockets::listen_tcp(address);
  if (!listening.has_value()) return wisp::make_error(listening.error());
  wasi->tcp_listeners.push_back(*listening);
  return nullptr;
}

wisp_error_t* wisp_wasi_set_initial_cwd(wisp_wasi_t* wasi, const char* path) {
  if (!wisp::is_valid_utf8(path)) {
    return wisp::usage_error("the directory to start in, " + wisp::quoted(path) + ", is not UTF-8");
  }
  wasi->initial_cwd = path;
  return nullptr;
}

void wisp_wasi_set_stdio(wisp_wasi_t* wasi, int stdin_descriptor, int stdout_descriptor,
                         int stderr_descriptor) {
  wasi->stdin_descriptor = stdin_descriptor;
  wasi->stdout_descriptor = stdout_descriptor;
  wasi->stderr_descriptor = stderr_descriptor;
}

wisp_error_t* wisp_wasi_set_io(wisp_wasi_t* wasi, wisp_io_t io) {
  switch (io) {
    case WISP_IO_AUTO:
      wasi->io = wisp::IoChoice::kAuto;
      return nullptr;
    case WISP_IO_URING:
      wasi->io = wisp::IoChoice::kUring;
      return nullptr;
    case WISP_IO_EPOLL:
      wasi->io = wisp::IoChoice::kEpoll;
      return nullptr;
  }
  return wisp::usage_error("wisp_io_t " + std::to_string(static_cast<int>(io)) + " means nothing");
}

void wisp_wasi_set_max_random_size(wisp_wasi_t* wasi, uint64_t bytes) {
  wasi->max_random_size = bytes;
}

void wisp_wasi_inherit_network(wisp_wasi_t* wasi) { wasi->network.allow_all(); }

wisp_error_t* wisp_wasi_allow_net(wisp_wasi_t* wasi, const char* rule) {
  return wisp::error_of("allow-net", wasi->network.allow_net(rule));
}

wisp_error_t* wisp_wasi_allow_listen(wisp_wasi_t* wasi, const char* rule) {
  return wisp::error_of("allow-listen", wasi->network.allow_listen(rule));
}

void wisp_wasi_allow_ip_name_lookup(wisp_wasi_t* wasi) { wasi->network.allow_name_lookup(); }

void wisp_wasi_deny_tcp(wisp_wasi_t* wasi) { wasi->network.deny_tcp(); }

void wisp_wasi_deny_udp(wisp_wasi_t* wasi) { wasi->network.deny_udp(); }

wisp_error_t* wisp_wasi_enable_feature(wisp_wasi_t* wasi, const char* feature) {
  if (!wisp::wasi::is_known_feature(feature)) {
    return wisp::usage_error("unknown feature of WASI: " + wisp::quoted(feature));
  }
  wasi->features.emplace_back(feature);
  return nullptr;
}
