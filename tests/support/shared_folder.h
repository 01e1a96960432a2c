// The folder with conformance suites, guests and peers: the CMake variable WISP_SHARED, or the
// environment's, so that one build can be run as where the folder is missing.
#pragma once

#include <cstdlib>
#include <string>

namespace wisp::test {

inline std::string shared_folder() {
  const char* other = std::getenv("WISP_SHARED");
  return other != nullptr ? other : WISP_SHARED;
}

}  // namespace wisp::test
