// What `wisp --help` prints.
#pragma once

namespace wisp::cli {

extern const char kHelpText[];

}  // namespace wisp::cli
