#include "component/type/interface_name.h"

#include <algorithm>
#include <charconv>

namespace wisp::component {
namespace {

// "1.2.3" and nothing else; build metadata does not count.
bool parse_release(std::string_view version, uint32_t (&numbers)[3]) {
  version = version.substr(0, version.find('+'));
  const char* at = version.data();
  const char* end = at + version.size();
  for (int i = 0; i < 3; i++) {
    if (i > 0) {
      if (at == end || *at != '.') return false;
      at++;
    }
    const auto [next, error] = std::from_chars(at, end, numbers[i]);
    if (error != std::errc() || next == at) return false;
    at = next;
  }
  return at == end;
}

}  // namespace

InterfaceName InterfaceName::of(std::string_view base, std::string_view version) {
  InterfaceName name;
  name.base = base;
  name.version = version;
  const bool is_release = parse_release(version, name.numbers);
  name.has_track = is_release && (name.numbers[0] != 0 || name.numbers[1] != 0);
  return name;
}

InterfaceName InterfaceName::parse(std::string_view name) {
  const size_t at = name.find('@');
  if (at == std::string_view::npos) return of(name, {});
  return of(name.substr(0, at), name.substr(at + 1));
}

bool InterfaceName::is_answered_by(const InterfaceName& provided) const {
  if (base != provided.base) return false;
  if (version.empty() || version == provided.version) return true;
  if (!has_track || !provided.has_track || numbers[0] != provided.numbers[0]) return false;
  return numbers[0] != 0 || numbers[1] == provided.numbers[1];
}

bool InterfaceName::is_older_than(const InterfaceName& other) const {
  return std::lexicographical_compare(numbers, numbers + 3, other.numbers, other.numbers + 3);
}

}  // namespace wisp::component
