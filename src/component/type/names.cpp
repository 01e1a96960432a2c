#include "component/type/names.h"

#include <algorithm>

#include "component/type/dependency_name.h"

namespace wisp::component {

namespace {

constexpr bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr char to_lower(char c) { return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

enum class Words : uint8_t { kLowerOnly, kAnyCase };

bool is_words(std::string_view text, Words words) {
  if (text.empty() || is_digit(text[0])) return false;
  bool in_upper = false, in_lower = false, at_start = true;
  for (char c : text) {
    if (c == '-') {
      if (at_start) return false;
      at_start = true;
      in_upper = in_lower = false;
      continue;
    }
    at_start = false;
    if (is_digit(c)) continue;
    in_lower |= is_lower(c);
    in_upper |= is_upper(c);
    if ((!is_lower(c) && !is_upper(c)) || (in_lower && in_upper)) return false;
    if (in_upper && words == Words::kLowerOnly) return false;
  }
  return !at_start;
}

bool take_number(std::string_view& text, uint64_t& number) {
  if (text.empty() || !is_digit(text[0])) return false;
  if (text[0] == '0' && text.size() > 1 && is_digit(text[1])) return false;
  number = 0;
  while (!text.empty() && is_digit(text[0])) {
    uint64_t digit = static_cast<uint64_t>(text[0] - '0');
    if (__builtin_mul_overflow(number, uint64_t{10}, &number)) return false;
    if (__builtin_add_overflow(number, digit, &number)) return false;
    text.remove_prefix(1);
  }
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

enum class Identifiers : uint8_t { kPreRelease, kBuild };

// Dot-separated, none empty; numeric ones of a pre-release have no leading zero.
bool are_identifiers(std::string_view text, Identifiers identifiers) {
  while (true) {
    size_t dot = text.find('.');
    std::string_view part = text.substr(0, dot);
    if (part.empty()) return false;
    bool numeric = true;
    for (char c : part) {
      if (!is_digit(c)) numeric = false;
      if (!is_digit(c) && !is_lower(c) && !is_upper(c) && c != '-') return false;
    }
    bool leading_zero = numeric && part.size() > 1 && part[0] == '0';
    if (leading_zero && identifiers == Identifiers::kPreRelease) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Error invalid(std::string_view name, const char* why) {
  std::string message = "`";
  message += name;
  message += "` is not a valid extern name: ";
  message += why;
  return Error(ErrorCode::kInvalid, std::move(message));
}

Result<ExternName> parse_annotated(ExternName name, std::string_view rest) {
  name.resource = rest;
  if (name.kind != NameKind::kConstructor) {
    size_t dot = rest.find('.');
    if (dot == std::string_view::npos) return invalid(name.text, "failed to find `.` character");
    name.resource = rest.substr(0, dot);
    name.label = rest.substr(dot + 1);
    if (!is_kebab_case(name.label)) return invalid(name.text, "it is not in kebab case");
  }
  if (!is_kebab_case(name.resource)) return invalid(name.text, "it is not in kebab case");
  return name;
}

// Whether `path` is a:b:c/d or a:b/c/d, and otherwise well-formed.
bool is_nested(std::string_view path) {
  size_t colons = 0, slashes = 0;
  while (true) {
    const size_t end = path.find_first_of(":/");
    if (!is_words(path.substr(0, end), slashes == 0 ? Words::kLowerOnly : Words::kAnyCase)) {
      return false;
    }
    if (end == std::string_view::npos) return colons != 0 && slashes != 0 && colons + slashes > 2;
    if (path[end] == ':' && slashes != 0) return false;
    ++(path[end] == ':' ? colons : slashes);
    path.remove_prefix(end + 1);
  }
}

Result<ExternName> parse_interface(std::string_view text, VersionForm form) {
  ExternName name{NameKind::kInterface, text, {}, {}, {}, {}};
  size_t colon = text.find(':');
  if (!is_words(text.substr(0, colon), Words::kLowerOnly)) {
    return invalid(text, "the namespace is not in kebab case of lower-case words");
  }
  size_t at = text.find('@');
  std::string_view path = text.substr(0, at);
  size_t slash = path.find('/');
  if (slash == std::string_view::npos || slash < colon) {
    return invalid(text, "expected `/` after the package name");
  }
  std::string_view package = path.substr(colon + 1, slash - colon - 1);
  if (is_nested(path)) {
    return invalid(text, "nested namespaces and packages are a gated feature, not in this version");
  }
  if (!is_words(package, Words::kLowerOnly)) {
    return invalid(text, "the package is not in kebab case of lower-case words");
  }
  name.package = path.substr(0, slash);
  name.label = path.substr(slash + 1);
  if (!is_kebab_case(name.label)) return invalid(text, "the interface is not in kebab case");
  if (at == std::string_view::npos) return name;
  name.version = text.substr(at + 1);
  Version version;
  if (form == VersionForm::kFull && !parse_version(name.version, version)) {
    return invalid(text, "the version is not a semantic version");
  }
  return name;
}

int compare_identifiers(std::string_view a, std::string_view b) {
  bool a_numeric = std::all_of(a.begin(), a.end(), is_digit);
  bool b_numeric = std::all_of(b.begin(), b.end(), is_digit);
  if (a_numeric != b_numeric) return a_numeric ? -1 : 1;
  if (a_numeric && a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  int order = a.compare(b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int compare_pre_releases(std::string_view a, std::string_view b) {
  if (a.empty() || b.empty()) return a.empty() == b.empty() ? 0 : a.empty() ? 1 : -1;
  while (true) {
    size_t a_dot = a.find('.'), b_dot = b.find('.');
    int order = compare_identifiers(a.substr(0, a_dot), b.substr(0, b_dot));
    if (order != 0) return order;
    if (a_dot == std::string_view::npos || b_dot == std::string_view::npos) {
      return a_dot == b_dot ? 0 : a_dot == std::string_view::npos ? -1 : 1;
    }
    a.remove_prefix(a_dot + 1);
    b.remove_prefix(b_dot + 1);
  }
}

}  // namespace

bool is_kebab_case(std::string_view label) { return is_words(label, Words::kAnyCase); }

bool is_lower_kebab_case(std::string_view text) { return is_words(text, Words::kLowerOnly); }

bool parse_version(std::string_view text, Version& version) {
  version = Version{};
  if (!take_number(text, version.major) || !take(text, '.')) return false;
  if (!take_number(text, version.minor) || !take(text, '.')) return false;
  if (!take_number(text, version.patch)) return false;
  size_t plus = text.find('+');
  if (plus != std::string_view::npos) {
    version.build = text.substr(plus + 1);
    if (!are_identifiers(version.build, Identifiers::kBuild)) return false;
    text = text.substr(0, plus);
  }
  if (text.empty()) return true;
  if (!take(text, '-')) return false;
  version.pre_release = text;
  return are_identifiers(text, Identifiers::kPreRelease);
}

bool is_canonical_version(std::string_view prefix, std::string_view suffix) {
  std::string whole(prefix);
  whole += suffix;
  Version version;
  if (!parse_version(whole, version)) return false;
  std::string track = std::to_string(version.major);
  if (version.major == 0) track += '.' + std::to_string(version.minor);
  if (version.major == 0 && version.minor == 0) track += '.' + std::to_string(version.patch);
  return track == prefix;
}

int compare_versions(const Version& a, const Version& b) {
  if (a.major != b.major) return a.major < b.major ? -1 : 1;
  if (a.minor != b.minor) return a.minor < b.minor ? -1 : 1;
  if (a.patch != b.patch) return a.patch < b.patch ? -1 : 1;
  return compare_pre_releases(a.pre_release, b.pre_release);
}

Result<ExternName> parse_extern_name(std::string_view text, VersionForm form) {
  ExternName name{NameKind::kLabel, text, {}, {}, {}, {}};
  struct Annotation {
    NameKind kind;
    std::string_view prefix;
  };
  static constexpr Annotation kAnnotations[] = {{NameKind::kConstructor, "[constructor]"},
                                                {NameKind::kMethod, "[method]"},
                                                {NameKind::kStatic, "[static]"}};
  if (!text.empty() && text[0] == '[') {
    for (const Annotation& annotation : kAnnotations) {
      if (!text.starts_with(annotation.prefix)) continue;
      name.kind = annotation.kind;
      return parse_annotated(name, text.substr(annotation.prefix.size()));
    }
    return invalid(text, "the annotation is none of [constructor], [method] and [static]");
  }
  if (text.find('=') != std::string_view::npos && text.find('<') != std::string_view::npos) {
    if (const char* why = why_no_dependency_name(text)) return invalid(text, why);
    name.kind = NameKind::kDependency;
    return name;
  }
  if (text.find(':') != std::string_view::npos) return parse_interface(text, form);
  name.label = text;
  if (!is_kebab_case(text)) {
    return invalid(text, text.empty() ? "it is empty" : "it is not in kebab case");
  }
  return name;
}

std::string uniqueness_key(const ExternName& name) {
  std::string_view text = name.text;
  if (name.kind == NameKind::kMethod || name.kind == NameKind::kStatic) {
    text.remove_prefix(text.find(']') + 1);
    if (labels_collide(name.resource, name.label)) text = name.label;
  }
  std::string key(text);
  if (name.kind == NameKind::kDependency) return key;
  size_t end = name.kind == NameKind::kInterface ? key.find('@') : key.size();
  end = std::min(end, key.size());
  std::transform(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(end), key.begin(),
                 to_lower);
  return key;
}

bool labels_collide(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return to_lower(x) == to_lower(y); });
}

std::string compatibility_track(std::string_view interface_name) {
  size_t at = interface_name.rfind('@');
  Version version;
  if (at == std::string_view::npos) return {};
  if (!parse_version(interface_name.substr(at + 1), version)) return {};
  if (!version.pre_release.empty()) return {};
  if (version.major == 0 && version.minor == 0) return {};
  std::string track(interface_name.substr(0, at + 1));
  track += std::to_string(version.major);
  if (version.major == 0) track += '.' + std::to_string(version.minor);
  return track;
}

}  // namespace wisp::component
