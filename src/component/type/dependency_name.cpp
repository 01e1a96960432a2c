#include "component/type/dependency_name.h"

#include "component/type/names.h"

namespace wisp::component {

namespace {

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view part = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(part.size());
  return part;
}

// "wasi:cli", or with nested namespaces and packages "a:b:c/d/e".
const char* take_package(std::string_view& text) {
  std::string_view path = take_until(text, "@>");
  bool has_namespace = false;
  while (true) {
    const std::string_view word = take_until(path, ":/");
    if (!is_lower_kebab_case(word)) return "a part of the package name is not in kebab case";
    if (path.empty()) break;
    // After the first slash no more namespaces.
    if (path[0] == '/' && !has_namespace) return "the package has no namespace";
    has_namespace = true;
    path.remove_prefix(1);
  }
  return has_namespace ? nullptr : "the package has no namespace";
}

const char* take_version(std::string_view& text, std::string_view ends) {
  Version version;
  return parse_version(take_until(text, ends), version) ? nullptr
                                                        : "the version is not a semantic version";
}

// >=1.2.3 or <2.0.0 or >=1.2.3 <2.0.0
const char* take_range(std::string_view& text) {
  if (!take(text, "{")) return "expected `{` and a range of versions";
  const bool has_lower = take(text, ">=");
  if (has_lower) {
    if (const char* why = take_version(text, " }")) return why;
  }
  if (!has_lower || take(text, " ")) {
    if (!take(text, "<")) return "expected `>=` or `<` in the range of versions";
    if (const char* why = take_version(text, "}")) return why;
  }
  return take(text, "}") ? nullptr : "expected `}` after the range of versions";
}

bool is_base64(std::string_view text) {
  const size_t end = text.find('=');
  const std::string_view padding = end == std::string_view::npos ? "" : text.substr(end);
  if (padding.size() > 2 || padding.find_first_not_of('=') != std::string_view::npos) return false;
  const std::string_view digits = text.substr(0, end);
  if (digits.empty()) return false;
  for (const char c : digits) {
    const bool is_digit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!is_digit) return false;
  }
  return true;
}

// sha256-BASE64?options ..., separated by spaces; after "integrity=<".
const char* take_hashes(std::string_view& text) {
  std::string_view hashes = take_until(text, ">");
  bool has_one = false;
  while (true) {
    while (take(hashes, " ")) {
    }
    if (hashes.empty()) break;
    has_one = true;
    std::string_view hash = take_until(hashes, " ");
    if (!take(hash, "sha256") && !take(hash, "sha384") && !take(hash, "sha512")) {
      return "unrecognized hash algorithm";
    }
    if (!take(hash, "-")) return "expected `-` after the hash algorithm";
    if (!is_base64(take_until(hash, "?"))) return "the hash is not valid base64";
  }
  return has_one ? nullptr : "the integrity hash cannot be empty";
}

const char* take_source(std::string_view& text) {
  if (take(text, "url=<")) {
    const std::string_view url = take_until(text, ">");
    return url.find('<') == std::string_view::npos ? nullptr : "a url cannot contain `<`";
  }
  if (take(text, "locked-dep=<")) {
    if (const char* why = take_package(text)) return why;
    return take(text, "@") ? take_version(text, ">") : nullptr;
  }
  if (take(text, "unlocked-dep=<")) {
    if (const char* why = take_package(text)) return why;
    return !take(text, "@") || take(text, "*") ? nullptr : take_range(text);
  }
  return "it is not in kebab case, nor an interface name";
}

}  // namespace

const char* why_no_dependency_name(std::string_view text) {
  const bool may_have_integrity = !text.starts_with("unlocked-dep=");
  bool has_integrity = take(text, "integrity=<");
  if (!has_integrity) {
    if (const char* why = take_source(text)) return why;
    if (!take(text, ">")) return "expected `>`";
    if (text.empty()) return nullptr;
    if (!may_have_integrity || !take(text, ",integrity=<")) return "trailing characters";
  }
  if (const char* why = take_hashes(text)) return why;
  if (!take(text, ">")) return "expected `>`";
  return text.empty() ? nullptr : "trailing characters";
}

}  // namespace wisp::component
