#include "wasi/sockets/host_name.h"

#include <arpa/inet.h>
#include <idn2.h>

#include <algorithm>

namespace wisp::wasi::sockets {

namespace {

// RFC 1035, 2.3.4. A character of a Unicode name may be four bytes.
constexpr size_t kMostOfAName = 253;
constexpr size_t kMostOfALabel = 63;
constexpr size_t kMostUnicodeBytes = 4 * kMostOfAName;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label_character(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-' || c == '_';
}

std::string lower_case(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return result;
}

std::string_view last_label(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

// In ASCII; nothing where IDNA has no place for it. What was encoded already is checked by it too.
std::optional<std::string> to_ascii(std::string_view text) {
  std::string lower = lower_case(text);
  const bool is_ascii = std::ranges::all_of(text, [](char c) { return (c & 0x80) == 0; });
  if (is_ascii && lower.find("xn--") == std::string::npos) return lower;
  if (text.size() > kMostUnicodeBytes) return std::nullopt;
  char* encoded = nullptr;
  if (idn2_to_ascii_8z(lower.c_str(), &encoded, IDN2_NONTRANSITIONAL) != IDN2_OK)
    return std::nullopt;
  std::string result = lower_case(encoded);
  idn2_free(encoded);
  return result;
}

bool is_name(std::string_view name) {
  if (name.size() > kMostOfAName) return false;
  for (;;) {
    const std::string_view label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > kMostOfALabel) return false;
    if (!std::ranges::all_of(label, is_label_character)) return false;
    if (label.size() == name.size()) return true;
    name.remove_prefix(label.size() + 1);
  }
}

bool is_number(std::string_view label) {
  if (label.starts_with("0x")) {
    return std::ranges::all_of(label.substr(2),
                               [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  }
  return std::ranges::all_of(label, is_digit);
}

std::optional<HostName> address_of(std::optional<SocketAddress> address) {
  if (!address) return std::nullopt;
  return HostName{address->unmapped(), {}, false};
}

}  // namespace

std::optional<HostName> parse_host_name(std::string_view text) {
  if (text.starts_with('[') && text.ends_with(']')) {
    const auto address = SocketAddress::parse(text.substr(1, text.size() - 2));
    return address && !address->is_ipv4() ? address_of(address) : std::nullopt;
  }
  if (text.find(':') != std::string_view::npos) return address_of(SocketAddress::parse(text));
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::optional<std::string> ascii = to_ascii(text);
  if (!ascii) return std::nullopt;
  HostName host{std::nullopt, *ascii, ascii->ends_with('.')};
  if (host.is_absolute) host.name.pop_back();
  if (!is_name(host.name)) return std::nullopt;
  if (!is_number(last_label(host.name))) return host;
  in_addr number;
  if (inet_aton(host.name.c_str(), &number) == 0) return std::nullopt;
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr = number;
  return address_of(
      SocketAddress::from(reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

}  // namespace wisp::wasi::sockets
