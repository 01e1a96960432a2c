// wisp doctor
#pragma once

namespace wisp::cli {

// The exit status.
int doctor_command();

}  // namespace wisp::cli
