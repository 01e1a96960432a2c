// tests/wasi/cases.txt, read: how each case of the probe guest is run, how it must end, and what of
// WASI it covers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/program.h"

namespace wisp::test {

// One function of an interface, and the outcome that a case shows: "ok", an error's name, or
// "trap".
struct CoveredCell {
  std::string interface;
  std::string function;
  std::string outcome;
};

enum class Preopens : uint8_t { kWorkAndReadOnly, kAliased, kNone };

struct GuestCase {
  std::string name;
  std::vector<std::string> arguments;  // after the name
  std::vector<std::string> options;
  std::vector<std::pair<std::string, std::string>> environment;
  Input input_kind = Input::kNull;
  std::string input;
  Output output_kind = Output::kPipe;
  std::optional<size_t> output_size;
  std::optional<std::string> output = "ok\n";  // nothing: whatever it is
  std::string errors;                          // part of stderr
  std::string trap;                            // likewise, with exit status 134
  int status = 0;
  Preopens preopens = Preopens::kWorkAndReadOnly;
  std::vector<CoveredCell> covers;
};

// Throws std::runtime_error with the line that it does not understand.
std::vector<GuestCase> read_guest_cases(const std::string& path);

}  // namespace wisp::test
