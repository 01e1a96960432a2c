// A piece of work in a process of its own, so that a fault in it is a result.
#pragma once

#include <cstdio>
#include <functional>
#include <string>

namespace wisp::oracle {

struct ChildResult {
  std::string output;   // what it wrote to its file
  std::string failure;  // a signal, or another exit status than 0; empty: it ended well
};

// `work` writes its results to the file. It is ended after that many seconds.
ChildResult run_in_child(unsigned max_seconds, const std::function<void(std::FILE*)>& work);

}  // namespace wisp::oracle
