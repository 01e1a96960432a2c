// wisp.h: core modules, and calling their functions with numbers as text.
#include <bit>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

#include "api/handles.h"
#include "component/wave_writer.h"
#include "jit/runtime/compiled_module.h"
#include "jit/runtime/instance.h"

namespace wisp {

namespace {

std::string quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

Result<std::shared_ptr<const jit::CompiledModule>> compile_module(const wisp_engine& engine,
                                                                  std::span<const uint8_t> bytes) {
  if (!is_core_module(bytes)) return Error(ErrorCode::kUsage, "this is not a core module");
  auto compiled = WISP_TRY(engine.engine->compile(bytes));
  const auto& imports = compiled->module().imports;
  if (imports.empty()) return compiled;
  const std::string first =
      quoted(std::string(imports[0].module) + "." + std::string(imports[0].name));
  if (imports[0].module == "wasi_snapshot_preview1" || imports[0].module == "wasi_unstable") {
    return Error(ErrorCode::kUnsupported,
                 "this core module uses WASI preview 1 (" + first +
                     "), which is not supported yet: `wasm-tools component new --adapt` makes a "
                     "component of it");
  }
  return Error(ErrorCode::kUnsupported,
               "this core module imports " + first +
                   "; only modules that import nothing can be called without a component");
}

// Decimal, or hexadecimal with 0x; what an unsigned number of the width can hold is fine as well.
template <class Signed>
std::optional<uint64_t> parse_integer(std::string_view text) {
  using Unsigned = std::make_unsigned_t<Signed>;
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  const bool is_negative = text.starts_with('-');
  if (is_hexadecimal) text.remove_prefix(2);
  const char* const end = text.data() + text.size();
  Signed negative = 0;
  Unsigned number = 0;
  const auto [last, status] =
      is_negative ? std::from_chars(text.data(), end, negative)
                  : std::from_chars(text.data(), end, number, is_hexadecimal ? 16 : 10);
  if (status != std::errc() || last != end) return std::nullopt;
  return is_negative ? static_cast<Unsigned>(negative) : number;
}

template <class Float, class Bits>
std::optional<uint64_t> parse_float(std::string_view text) {
  Float value = 0;
  const auto [last, status] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (status != std::errc() || last != text.data() + text.size()) return std::nullopt;
  return std::bit_cast<Bits>(value);
}

std::optional<uint64_t> parse_argument(jit::ValueType type, std::string_view text) {
  switch (type) {
    case jit::ValueType::kI32:
      return parse_integer<int32_t>(text);
    case jit::ValueType::kI64:
      return parse_integer<int64_t>(text);
    case jit::ValueType::kF32:
      return parse_float<float, uint32_t>(text);
    case jit::ValueType::kF64:
      return parse_float<double, uint64_t>(text);
    default:
      return std::nullopt;
  }
}

std::string print_result(jit::ValueType type, uint64_t bits) {
  switch (type) {
    case jit::ValueType::kI32:
      return std::to_string(static_cast<int32_t>(bits));
    case jit::ValueType::kI64:
      return std::to_string(static_cast<int64_t>(bits));
    case jit::ValueType::kF32:
      return component::to_text(std::bit_cast<float>(static_cast<uint32_t>(bits)), "NaN");
    case jit::ValueType::kF64:
      return component::to_text(std::bit_cast<double>(bits), "NaN");
    case jit::ValueType::kFuncRef:
      return bits == 0 ? "<null funcref>" : "<funcref>";
    default:
      return bits == 0 ? "<null externref>" : "<externref>";
  }
}

const jit::FuncRef* find_function(jit::Instance& instance, std::string_view name) {
  const std::optional<jit::Extern> item = instance.find_export(name);
  jit::FuncRef* const* function = item ? std::get_if<jit::FuncRef*>(&*item) : nullptr;
  return function == nullptr ? nullptr : *function;
}

std::string list_functions(const jit::Instance& instance) {
  constexpr size_t kMaxShown = 20;
  std::string text;
  size_t count = 0;
  for (const jit::Export& each : instance.module().exports) {
    if (each.kind != jit::ExternKind::kFunc) continue;
    if (count++ < kMaxShown) text += (text.empty() ? "" : ", ") + quoted(each.name);
  }
  if (count > kMaxShown) text += " and " + std::to_string(count - kMaxShown) + " more";
  return text.empty() ? "no functions" : text;
}

Result<std::string> call_function(jit::Store& store, const jit::FuncRef& function,
                                  std::string_view name, std::span<const char* const> arguments) {
  const jit::FuncType& type = store.type_of(function);
  if (arguments.size() != type.params.size()) {
    return Error(ErrorCode::kUsage, quoted(name) + " takes " + std::to_string(type.params.size()) +
                                        " arguments, " + std::to_string(arguments.size()) +
                                        " were given");
  }
  std::vector<uint64_t> values(std::max(type.params.size(), type.results.size()));
  for (size_t i = 0; i < arguments.size(); i++) {
    const std::optional<uint64_t> value = parse_argument(type.params[i], arguments[i]);
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
    text += (i == 0 ? "" : "\n") + print_result(type.results[i], values[i]);
  }
  return text;
}

Result<std::string> invoke(const wisp_module& module, const wasi::CommandOptions& options,
                           std::string_view name, std::span<const char* const> arguments,
                           jit::Trap& trap) {
  jit::Store store(module.engine, options.limits);
  if (options.timeout_ns != 0) WISP_TRY(store.set_deadline(options.timeout_ns));
  const auto run = [&]() -> Result<std::string> {
    jit::Instance* instance = WISP_TRY(store.instantiate(module.module, {}));
    const jit::FuncRef* function = find_function(*instance, name);
    if (function == nullptr) {
      return Error(ErrorCode::kLink, "there is no exported function " + quoted(name) +
                                         "; the module exports " + list_functions(*instance));
    }
    const jit::FuncRef* initialize = find_function(*instance, "_initialize");
    if (initialize != nullptr && initialize != function) {
      WISP_TRY(call_function(store, *initialize, "_initialize", {}));
    }
    return call_function(store, *function, name, arguments);
  };
  Result<std::string> outcome = run();
  if (!outcome.has_value() && outcome.error().code() == ErrorCode::kTrap) trap = store.last_trap();
  return outcome;
}

}  // namespace
}  // namespace wisp

wisp_error_t* wisp_module_from_bytes(wisp_engine_t* engine, const uint8_t* bytes, size_t size,
                                     wisp_module_t** module) {
  auto compiled = wisp::compile_module(*engine, {bytes, size});
  if (!compiled.has_value()) return wisp::make_error(compiled.error());
  *module = new wisp_module{engine->engine, nullptr, std::move(compiled).value()};
  return nullptr;
}

wisp_error_t* wisp_module_from_file(wisp_engine_t* engine, const char* path,
                                    wisp_module_t** module) {
  auto file = wisp::MappedFile::open(path);
  if (!file.has_value()) return wisp::make_error(file.error());
  auto compiled = wisp::compile_module(*engine, file->bytes());
  if (!compiled.has_value()) return wisp::make_error(compiled.error());
  *module =
      new wisp_module{engine->engine, std::make_unique<wisp::MappedFile>(std::move(file).value()),
                      std::move(compiled).value()};
  return nullptr;
}

void wisp_module_free(wisp_module_t* module) { delete module; }

wisp_error_t* wisp_module_invoke(wisp_module_t* module, const wisp_run_options_t* options,
                                 const char* name, size_t count, const char* const* arguments,
                                 char** results) {
  wisp::jit::Trap trap;
  auto outcome = wisp::invoke(*module, wisp::translate(options), name, {arguments, count}, trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *results = wisp::copy_string(*outcome);
  return nullptr;
}
