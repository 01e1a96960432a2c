#include "tests/oracle/outcome.h"

namespace wisp::oracle {

// clang-format off
const char* to_string(Ending ending) {
  switch (ending) {
    case Ending::kReturned: return "returned";
    case Ending::kTrapped: return "trapped";
    case Ending::kOutOfFuel: return "out of fuel";
    case Ending::kTooDeep: return "calls nested too deeply";
    case Ending::kNotDetermined: return "depends on the bits of a NaN";
    case Ending::kLimit: return "above the limits of memories or tables";
  }
  return "?";
}
// clang-format on

}  // namespace wisp::oracle
