// Report: counts of a run of scripts; prints one line per failing command.
#pragma once

#include <cstdio>
#include <string>

#include "tests/spec/script.h"

namespace wisp::spec {

class Report {
 public:
  void pass() { ++passed_; }
  void skip() { ++skipped_; }
  void fail(const Script& script, const Command& command, const std::string& why) {
    ++failed_;
    std::printf("%s:%d: %s: %s\n", script.source.c_str(), command.line, command.type.c_str(),
                why.c_str());
  }

  int passed() const { return passed_; }
  int failed() const { return failed_; }
  int skipped() const { return skipped_; }

 private:
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
};

}  // namespace wisp::spec
