// What io_uring is on this machine, for people to read.
#pragma once

#include <string>
#include <vector>

namespace wisp {

struct IoUringReport {
  std::string refusal;  // why there is no ring; empty: there is one
  // Of what Wisp uses or would use.
  std::vector<std::string> operations;
  std::vector<std::string> missing;
  std::vector<std::string> flags;  // that the ring was made with
};

// Makes a ring as a loop does, and asks it.
IoUringReport io_uring_report();

}  // namespace wisp
