#include "component/import_advice.h"

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
    {"wasi:http/", "; -S http provides it"},
    {"wasi:sockets/", "; -S inherit-network provides it"},
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
  const InterfaceName* nearest = nullptr;
  size_t least = wanted.base.size() / 3 + 1;
  for (const InterfaceName& each : provided) {
    const size_t distance = edit_distance(wanted.base, each.base);
    if (distance >= least) continue;
    least = distance;
    nearest = &each;
  }
  if (nearest != nullptr) {
    std::string text = "; the nearest is `" + std::string(nearest->base);
    if (!nearest->version.empty()) text += "@" + std::string(nearest->version);
    return text + "`";
  }
  for (const Advice& advice : kAdvice) {
    if (name.starts_with(advice.prefix)) return advice.text;
  }
  return "";
}

}  // namespace wisp::component
