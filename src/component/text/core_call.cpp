#include "component/text/core_call.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "component/text/core_value_text.h"
#include "jit/runtime/instance.h"
#include "jit/wasm/module_outline.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

const jit::FuncRef* find_function(jit::Instance& instance, std::string_view name) {
  const std::optional<jit::Extern> item = instance.find_export(name);
  jit::FuncRef* const* function = item ? std::get_if<jit::FuncRef*>(&*item) : nullptr;
  return function == nullptr ? nullptr : *function;
}

std::string list_functions(const jit::Module& module) {
  constexpr size_t kMaxShown = 20;
  std::string text;
  size_t count = 0;
  for (const jit::Export& each : module.exports) {
    if (each.kind != jit::ExternKind::kFunc) continue;
    if (count++ < kMaxShown) text += (text.empty() ? "" : ", ") + quoted(each.name);
  }
  if (count > kMaxShown) text += " and " + std::to_string(count - kMaxShown) + " more";
  return text.empty() ? "no functions" : text;
}

Result<std::string> call_function(jit::Store& store, const jit::FuncRef& function,
                                  std::string_view name, std::span<const char* const> arguments) {
  const jit::FuncType& type = store.type_of(function);
  if (arguments.size() < type.params.size()) {
    return Error(ErrorCode::kUsage, quoted(name) + " takes " + std::to_string(type.params.size()) +
                                        " arguments, " + std::to_string(arguments.size()) +
                                        " were given");
  }
  arguments = arguments.first(type.params.size());
  std::vector<uint64_t> values(std::max(type.params.size(), type.results.size()));
  for (size_t i = 0; i < arguments.size(); i++) {
    const std::optional<uint64_t> value = parse_core_value(type.params[i], arguments[i]);
    if (!value) {
      return Error(ErrorCode::kUsage, "argument " + std::to_string(i + 1) + " of " + quoted(name) +
                                          ": expected " + jit::to_string(type.params[i]) +
                                          ", found " + quoted(arguments[i]));
    }
    values[i] = *value;
  }
  WISP_TRY(store.call(function, values));
  std::string text;
  for (size_t i = 0; i < type.results.size(); i++) {
    text += (i == 0 ? "" : "\n") + core_value_to_text(type.results[i], values[i]);
  }
  return text;
}

// Items have a module and a name.
template <class Imports>
Result<void> check_imports_nothing(const Imports& imports) {
  if (imports.empty()) return {};
  const auto& import = imports[0];
  const std::string first = quoted(std::string(import.module) + "." + std::string(import.name));
  if (import.module == "wasi_snapshot_preview1" || import.module == "wasi_unstable") {
    return Error(ErrorCode::kUnsupported,
                 "this core module uses WASI preview 1 (" + first +
                     "), which is not supported yet: `wasm-tools component new --adapt` makes a "
                     "component of it");
  }
  return Error(ErrorCode::kUnsupported,
               "this core module imports " + first +
                   "; only modules that import nothing can be called without a component");
}

}  // namespace

Result<std::shared_ptr<const jit::CompiledModule>> compile_without_imports(
    jit::Engine& engine, std::span<const uint8_t> bytes) {
  WISP_TRY(check_imports_nothing(jit::outline_module(bytes).imports));
  auto compiled = WISP_TRY(engine.compile(bytes));
  // An outline ends where it does not understand something.
  WISP_TRY(check_imports_nothing(compiled->module().imports));
  return compiled;
}

Result<std::string> call_core_export(jit::Store& store,
                                     std::shared_ptr<const jit::CompiledModule> module,
                                     std::string_view name,
                                     std::span<const char* const> arguments) {
  jit::Instance* instance = WISP_TRY(store.instantiate(std::move(module), {}));
  const jit::FuncRef* function = find_function(*instance, name);
  if (function == nullptr) {
    return Error(ErrorCode::kLink, "there is no exported function " + quoted(name) +
                                       "; the module exports " +
                                       list_functions(instance->module()));
  }
  const jit::FuncRef* initialize = find_function(*instance, "_initialize");
  if (initialize != nullptr && initialize != function) {
    WISP_TRY(call_function(store, *initialize, "_initialize", {}));
  }
  return call_function(store, *function, name, arguments);
}

}  // namespace wisp::component
