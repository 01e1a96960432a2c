// What this machine gives, and what Wisp does about it: for `wisp doctor`.
#pragma once

#include <string>

namespace wisp::wasi {

// A line for each subject and one, with an arrow, for what follows from it.
std::string doctor_report();

}  // namespace wisp::wasi
