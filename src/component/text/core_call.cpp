#include "component/text/core_call.h"

#include <algorithm>

#include "component/text/core_value_text.h"
#include "platform/printable.h"

namespace wisp::component {

std::optional<uint32_t> find_core_function(const jit::Module& module, std::string_view name) {
  for (const jit::Export& each : module.exports) {
    if (each.kind == jit::ExternKind::kFunc && each.name == name) return each.index;
  }
  return std::nullopt;
}

std::string list_core_functions(const jit::Module& module) {
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

Result<std::vector<uint64_t>> parse_core_arguments(const jit::FuncType& type, std::string_view name,
                                                   std::span<const char* const> arguments) {
  if (arguments.size() < type.params.size()) {
    return Error(ErrorCode::kUsage, quoted(name) + " takes " + std::to_string(type.params.size()) +
                                        " arguments, " + std::to_string(arguments.size()) +
                                        " were given");
  }
  std::vector<uint64_t> values(std::max(type.params.size(), type.results.size()));
  for (size_t i = 0; i < type.params.size(); i++) {
    const std::optional<uint64_t> value = parse_core_value(type.params[i], arguments[i]);
    if (!value) {
      return Error(ErrorCode::kUsage, "argument " + std::to_string(i + 1) + " of " + quoted(name) +
                                          ": expected " + jit::to_string(type.params[i]) +
                                          ", found " + quoted(arguments[i]));
    }
    values[i] = *value;
  }
  return values;
}

std::string core_results_to_text(const jit::FuncType& type, std::span<const uint64_t> values) {
  std::string text;
  for (size_t i = 0; i < type.results.size(); i++) {
    text += (i == 0 ? "" : "\n") + core_value_to_text(type.results[i], values[i]);
  }
  return text;
}

}  // namespace wisp::component
