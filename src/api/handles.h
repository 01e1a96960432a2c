// What stands behind the opaque handles of wisp.h, for the files that implement it. They only
// translate.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "component/model/component.h"
#include "jit/engine.h"
#include "platform/event_loop.h"
#include "platform/file_contents.h"
#include "platform/result.h"
#include "wasi/command_world.h"
#include "wasi/context.h"
#include "wisp/wisp.h"

struct wisp_error {
  wisp_error_kind_t kind = WISP_ERROR_USAGE;
  std::string message;
  uint64_t offset = WISP_NO_OFFSET;
  std::vector<wisp::jit::Frame> frames;
};

struct wisp_file {
  wisp::FileContents contents;
};

struct wisp_engine {
  std::shared_ptr<wisp::jit::Engine> engine;
  bool compiles_at_first_run = false;
};

struct wisp_component {
  std::shared_ptr<wisp::jit::Engine> engine;
  std::vector<wisp::FileContents> contents;  // of its parts; outlive what was made of them
  std::shared_ptr<wisp::component::Component> component;
};

struct wisp_module {
  std::shared_ptr<wisp::jit::Engine> engine;
  wisp::FileContents contents;  // outlives what was made of it
  std::shared_ptr<const wisp::jit::Module> module;
  std::mutex making_code = {};
  std::shared_ptr<const wisp::jit::CompiledModule> code = nullptr;  // null: not made yet
};

// What a WasiContext is made of for each run.
struct wisp_wasi {
  wisp::IoChoice io = wisp::IoChoice::kAuto;
  std::vector<std::string> arguments;
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<wisp::wasi::Preopen> preopens;  // descriptors are closed with the handle
  std::optional<std::string> initial_cwd;
  std::vector<std::string> features;
  wisp::wasi::sockets::NetworkPolicy network;
  std::vector<int> tcp_listeners;  // closed with the handle
  int stdin_descriptor = 0;
  int stdout_descriptor = 1;
  int stderr_descriptor = 2;
  uint64_t max_random_size = 64u << 20;
};

namespace wisp {

wisp_error_t* make_error(const Error& error);
// With the trap's message and backtrace, where the error is one.
wisp_error_t* make_error(const Error& error, jit::Trap trap);
// For wisp_string_free.
char* copy_string(const std::string& text);

// The first eight bytes say what a binary is: magic, version, layer.
// https://github.com/WebAssembly/component-model, Binary.md, "Component Definitions"
bool is_core_module(std::span<const uint8_t> bytes);

// Reads `size` bytes of a struct of wisp.h into `to`, `known` bytes, all 0 so far. The caller may
// have been built against another header: what an older one gives ends earlier, and what a newer
// one gives beyond is refused where it says anything. (So new fields never go where padding was.)
Result<void> read_struct(const char* name, const void* from, size_t size, void* to, size_t known);

template <class Struct>
Result<Struct> read_struct(const char* name, const Struct& from) {
  Struct to = {};
  WISP_TRY(read_struct(name, &from, from.size, &to, sizeof to));
  return to;
}

Result<wasi::CommandOptions> translate(const wisp_run_options_t* options);

// All that `from` grants, to the guest of one run.
void grant(const wisp_wasi& from, wasi::WasiContext& context);

}  // namespace wisp
