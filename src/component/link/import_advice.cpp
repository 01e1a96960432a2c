#include "component/link/import_advice.h"

#include <algorithm>
#include <vector>

namespace wisp::component {
namespace {

// Levenshtein.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); j++) row[j] = j;
  for (size_t i = 1; i <= a.size(); i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      const size_t substituted = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substituted});
    }
  }
  return row[b.size()];
}

// What a user can do about a package that is not there.
struct Advice {
  std::string_view prefix;
  const char* text;
};
constexpr Advice kAdvice[] = {
    {"wasi:config/", "; Wisp has no wasi:config"},
    {"wasi:keyvalue/", "; Wisp has no wasi:keyvalue"},
    {"wasi:nn/", "; Wisp has no wasi:nn"},
    {"wasi:tls/", "; Wisp has no wasi:tls"},
};

}  // namespace

std::string missing_interface_advice(std::string_view name,
                                     std::span<const InterfaceName> provided) {
  const InterfaceName wanted = InterfaceName::parse(name);
  if (wanted.is_release_candidate()) {
    return ": release candidates have another ABI; rebuild with a current toolchain, for "
           "example for wasm32-wasip2";
  }
  std::vector<std::string_view> names;
  for (const InterfaceName& each : provided) names.push_back(each.base);
  const std::string_view nearest = nearest_name(wanted.base, names);
  for (const InterfaceName& each : provided) {
    if (nearest.empty() || each.base != nearest) continue;
    std::string text = "; the nearest is `" + std::string(each.base);
    if (!each.version.empty()) text += "@" + std::string(each.version);
    text += "`";
    const bool is_other_wasi = each.base == wanted.base && name.starts_with("wasi:");
    return is_other_wasi ? text + ": rebuild the component for that version of WASI" : text;
  }
  for (const Advice& advice : kAdvice) {
    if (name.starts_with(advice.prefix)) return advice.text;
  }
  return name.starts_with("wasi:") ? "" : "; --plug FILE takes it from a component that exports it";
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> provided) {
  std::string_view nearest;
  size_t least = name.size() / 3 + 1;
  for (const std::string_view each : provided) {
    const size_t distance = edit_distance(name, each);
    if (distance >= least) continue;
    least = distance;
    nearest = each;
  }
  return nearest;
}

std::string compare_types(const std::string& expected, const std::string& provided) {
  const size_t shorter = std::min(expected.size(), provided.size());
  size_t at = 0;
  while (at < shorter && expected[at] == provided[at]) at++;
  // From where the word begins.
  const auto is_in_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
  };
  while (at > 0 && is_in_word(expected[at - 1])) at--;
  constexpr std::string_view kIndent = "\n    ";
  std::string text(kIndent);
  text += "expected: " + expected;
  text += kIndent;
  text += "provided: " + provided;
  text += kIndent;
  return text + std::string(std::string_view("expected: ").size() + at, ' ') + "^";
}

}  // namespace wisp::component
