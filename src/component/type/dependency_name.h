// Names of imports that say where a dependency comes from: forms of earlier drafts, which tools
// still write. Nothing can satisfy them, but what they say must be well-formed.
//
//   url=<URL>  locked-dep=<PACKAGE@VERSION>  unlocked-dep=<PACKAGE@{RANGE}>  integrity=<HASHES>
//
// The first two may be followed by `,integrity=<HASHES>`.
#pragma once

#include <string_view>

namespace wisp::component {

// Null where `text` is such a name, otherwise what is wrong with it.
const char* why_no_dependency_name(std::string_view text);

}  // namespace wisp::component
