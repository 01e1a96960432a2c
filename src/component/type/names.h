// Names of imports, exports and labels: their grammar, versions, and what it means that two of them
// collide.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Explainer.md, "Import and
// Export Definitions" and "Name Uniqueness". Everything here works on views and allocates only for
// errors and for the keys of uniqueness.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "platform/result.h"

namespace wisp::component {

// "a", "a-b1", "A-b": words of all lower or all upper case, the first begins with a letter.
bool is_kebab_case(std::string_view label);
// The same without upper case.
bool is_lower_kebab_case(std::string_view text);

// https://semver.org, with numbers of at most 64 bits.
struct Version {
  uint64_t major = 0;
  uint64_t minor = 0;
  uint64_t patch = 0;
  std::string_view pre_release;
  std::string_view build;
};
// False: not a semantic version.
bool parse_version(std::string_view text, Version& version);
// Whether `prefix` + `suffix` is a version that was cut at its track: 0.2 and .6-rc.1.
bool is_canonical_version(std::string_view prefix, std::string_view suffix);
// By major, minor, patch, then pre-release (one that has none is higher), as semver.org orders.
int compare_versions(const Version& a, const Version& b);

enum class NameKind : uint8_t {
  kLabel,
  kConstructor,  // [constructor]resource
  kMethod,       // [method]resource.label
  kStatic,       // [static]resource.label
  kInterface,    // namespace:package/interface@version
  kDependency,   // see dependency_name.h
};

struct ExternName {
  NameKind kind = NameKind::kLabel;
  std::string_view text;
  std::string_view resource;  // kConstructor, kMethod, kStatic
  std::string_view label;     // kLabel, kMethod, kStatic; the interface's own label: kInterface
  std::string_view package;   // kInterface: "wasi:cli"
  std::string_view version;   // kInterface: without the @; empty: none
};

enum class VersionForm : uint8_t { kFull, kCanonical };
// kCanonical: there is a `versionsuffix`, so that the version is only its track ("0.2").
// Errors are kInvalid, without an offset.
Result<ExternName> parse_extern_name(std::string_view text, VersionForm form = VersionForm::kFull);

// Two names of one scope must have different keys.
std::string uniqueness_key(const ExternName& name);
// The same for labels: equal but for case.
bool labels_collide(std::string_view a, std::string_view b);

// The compatibility track of an interface name: the name with its version cut ("1.2.3" to "1",
// "0.2.6" to "0.2"); empty where there is none (0.0.x, pre-releases, no version).
std::string compatibility_track(std::string_view interface_name);

}  // namespace wisp::component
