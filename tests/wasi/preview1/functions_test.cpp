// The table of preview 1, and what of each function the cases of the guest show
// (cases.txt): that it works, and what it says of a descriptor that is not
// there. That its pointers are checked is shown by tests/cli/guest_test.cpp.
#include "wasi/preview1/functions.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/support/guest_cases.h"

namespace wisp::wasi::preview1 {
namespace {

const std::string kModule = "wasi_snapshot_preview1";

std::set<std::string> shown_cells() {
  std::set<std::string> shown;
  for (const test::GuestCase& guest_case : test::read_all_guest_cases()) {
    if (guest_case.guest != "preview1") continue;
    for (const test::CoveredCell& cell : guest_case.covers) {
      EXPECT_EQ(cell.interface, kModule);
      shown.insert(cell.function + " " + cell.outcome);
    }
  }
  return shown;
}

// Those that refuse whatever they are asked, as in Wasmtime; and sockets, for which
// tests/cli/module_test.cpp plays the peer.
const std::set<std::string> kNeverSucceed = {
    "fd_allocate", "fd_fdstat_set_rights", "proc_raise", "sock_accept", "sock_recv",
    "sock_send",   "sock_shutdown"};

TEST(Preview1Functions, AreAllThere) {
  EXPECT_EQ(functions().size(), 46u);
  std::set<std::string_view> names;
  for (const Function& function : functions()) names.insert(function.name);
  EXPECT_EQ(names.size(), 46u);
}

TEST(Preview1Functions, AreAllCovered) {
  const std::set<std::string> shown = shown_cells();
  std::set<std::string> names;
  for (const Function& function : functions()) {
    const std::string name(function.name);
    names.insert(name);
    EXPECT_TRUE(shown.contains(name + " ok") || kNeverSucceed.contains(name)) << name << " ok";
    const bool takes_descriptor =
        name.starts_with("fd_") || name.starts_with("path_") || name.starts_with("sock_");
    EXPECT_TRUE(!takes_descriptor || shown.contains(name + " badf")) << name << " badf";
  }
  for (const std::string& cell : shown) {
    EXPECT_TRUE(names.contains(cell.substr(0, cell.find(' ')))) << cell;
  }
}

}  // namespace
}  // namespace wisp::wasi::preview1
