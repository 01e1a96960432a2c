// Lists of cases, as tests/wasi/cases.txt: how each case of a guest is run, how it must end, and
// what of WASI it covers.
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
  std::string guest;  // of tests/guests
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
  bool needs_resetting_peer = false;  // its port is the last argument
  std::vector<CoveredCell> covers;
};

// A guest, and the list of its cases. Those that begin with `peer-` are run by other tests, which
// play the peer.
struct CaseList {
  const char* guest;
  const char* path;
};
constexpr CaseList kCaseLists[] = {
    {"probe", WISP_SOURCE_DIR "/tests/wasi/cases.txt"},
    {"sockets", WISP_SOURCE_DIR "/tests/wasi/sockets/cases.txt"},
    {"preview1", WISP_SOURCE_DIR "/tests/wasi/preview1/cases.txt"},
};
// Those are run beside a name server, by tests/wasi/sockets/ip_name_lookup_test.cpp.
constexpr CaseList kNameCases = {"names", WISP_SOURCE_DIR "/tests/wasi/sockets/name_cases.txt"};

// Throw std::runtime_error with the line that is not understood.
std::vector<GuestCase> read_guest_cases(const CaseList& list);
std::vector<GuestCase> read_all_guest_cases();

}  // namespace wisp::test
