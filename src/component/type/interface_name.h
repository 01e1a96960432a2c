// InterfaceName: "wasi:io/streams@0.2.6" taken apart, and which versions answer which.
//
// component.md, 6.2: an exact name first; otherwise the highest version on the same track, which is
// the first number of the version that is not 0 (1.2.3: 1; 0.2.6: 0.2). 0.0.x and pre-releases have
// no track.
#pragma once

#include <cstdint>
#include <string_view>

namespace wisp::component {

struct InterfaceName {
  std::string_view base;     // "wasi:io/streams"; the whole name where it has no version
  std::string_view version;  // "0.2.6"; may be empty
  uint32_t numbers[3] = {};
  bool has_track = false;

  static InterfaceName parse(std::string_view name);
  static InterfaceName of(std::string_view base, std::string_view version);

  // Whether an import of this name may be given `provided`. A name without a version is answered by
  // any.
  bool is_answered_by(const InterfaceName& provided) const;
  // Of two on one track.
  bool is_older_than(const InterfaceName& other) const;
  // A release candidate of WASI 0.2, whose ABI nobody speaks any more.
  bool is_release_candidate() const { return version.find("-rc") != std::string_view::npos; }
};

}  // namespace wisp::component
