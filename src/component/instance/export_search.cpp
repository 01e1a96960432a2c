#include "component/instance/export_search.h"

#include <vector>

#include "component/type/interface_name.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

constexpr size_t kMaxNamesShown = 20;

// A function's name taken apart; `interface` is empty where it was not given. Besides the form of
// wasmtime, "docs:adder/add.add@0.1.0", that of `wisp wit` and of core exports:
// "docs:adder/add@0.1.0#add". The version may be any that the exported one answers.
struct FunctionName {
  std::string interface;
  std::string_view function;

  static FunctionName parse(std::string_view name);
};

FunctionName FunctionName::parse(std::string_view name) {
  if (const size_t hash = name.find('#'); hash != std::string_view::npos) {
    return {std::string(name.substr(0, hash)), name.substr(hash + 1)};
  }
  // The dot of [static]file.open is part of the function's name.
  const size_t at = name.find('@');
  const std::string_view base = name.substr(0, at);
  const size_t dot = base.find('.');
  if (name.starts_with('[') || dot == std::string_view::npos) return {{}, name};
  std::string interface(base.substr(0, dot));
  if (at != std::string_view::npos) interface += name.substr(at);
  return {std::move(interface), base.substr(dot + 1)};
}

// "docs:adder/add.add@0.1.0": what FunctionName::parse takes, in wasmtime's form where it has one.
std::string full_name(std::string_view interface, std::string_view function) {
  if (interface.empty()) return std::string(function);
  if (function.starts_with('[')) return std::string(interface) + "#" + std::string(function);
  const size_t at = interface.find('@');
  std::string name(interface.substr(0, at));
  name += "." + std::string(function);
  if (at != std::string_view::npos) name += interface.substr(at);
  return name;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMaxNamesShown; i++) {
    text += (i == 0 ? "`" : ", `") + names[i] + "`";
  }
  if (names.size() > kMaxNamesShown) {
    text += " and " + std::to_string(names.size() - kMaxNamesShown) + " more";
  }
  return text.empty() ? "nothing" : text;
}

std::vector<std::string> all_functions(std::span<const ExportDefinition> exports) {
  std::vector<std::string> names;
  for (const ExportDefinition& each : exports) {
    if (each.sort == ExternSort::kFunc) names.emplace_back(each.name);
    for (const ExportDefinition& inner : each.exports) {
      if (inner.sort == ExternSort::kFunc) names.push_back(full_name(each.name, inner.name));
    }
  }
  return names;
}

}  // namespace

const ExportDefinition* find_export(std::span<const ExportDefinition> exports, ExternSort sort,
                                    std::string_view name) {
  const ExportDefinition* best = nullptr;
  InterfaceName best_name;
  const InterfaceName wanted = InterfaceName::parse(name);
  for (const ExportDefinition& candidate : exports) {
    if (candidate.sort != sort) continue;
    if (candidate.name == name) return &candidate;
    const InterfaceName found = InterfaceName::parse(candidate.name);
    if (!wanted.is_answered_by(found)) continue;
    if (best != nullptr && !best_name.is_older_than(found)) continue;
    best = &candidate;
    best_name = found;
  }
  return best;
}

Result<ExportedFunction> find_exported_function(const Component& component, std::string_view name) {
  const std::span<const ExportDefinition> exports = component.exports;
  const FunctionName wanted = FunctionName::parse(name);
  std::vector<ExportedFunction> found;
  if (!wanted.interface.empty()) {
    const ExportDefinition* instance =
        find_export(exports, ExternSort::kInstance, wanted.interface);
    const ExportDefinition* function =
        instance == nullptr ? nullptr
                            : find_export(instance->exports, ExternSort::kFunc, wanted.function);
    if (function != nullptr) found.push_back({instance->name, function});
  } else if (const ExportDefinition* at_root = find_export(exports, ExternSort::kFunc, name)) {
    found.push_back({{}, at_root});
  } else {
    for (const ExportDefinition& instance : exports) {
      if (instance.sort != ExternSort::kInstance) continue;
      const ExportDefinition* function = find_export(instance.exports, ExternSort::kFunc, name);
      if (function != nullptr) found.push_back({instance.name, function});
    }
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    return Error(ErrorCode::kLink, "there is no exported function " + quoted(name) +
                                       "; the component exports " + listed(all_functions(exports)));
  }
  std::vector<std::string> candidates;
  for (const ExportedFunction& each : found) {
    candidates.push_back(full_name(each.interface, each.definition->name));
  }
  return Error(ErrorCode::kLink, quoted(name) + " is exported by several instances; say which: " +
                                     listed(candidates));
}

}  // namespace wisp::component
