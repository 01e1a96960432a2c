// Report: counts of a run of scripts; prints one line per failing command.
//
// Failures may be expected: they are listed in a file, one `SCRIPT:LINE reason` a line, and do not
// count. One that does not happen although its script ran is a failure: the list may only shrink.
#pragma once

#include <cstdio>
#include <fstream>
#include <set>
#include <string>

#include "tests/spec/script.h"

namespace wisp::spec {

class Report {
 public:
  void read_expected_failures(const std::filesystem::path& list) {
    std::ifstream file(list);
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      expected_.insert(line.substr(0, line.find(' ')));
    }
  }

  void begin(const Script& script) { sources_.insert(script.source); }
  void pass() { ++passed_; }
  void skip() { ++skipped_; }
  void fail(const Script& script, const Command& command, const std::string& why) {
    const std::string place = script.source + ":" + std::to_string(command.line);
    const bool is_expected = expected_.erase(place) != 0;
    if (!is_expected) ++failed_;
    std::printf("%s: %s: %s%s\n", place.c_str(), command.type.c_str(), why.c_str(),
                is_expected ? " (expected)" : "");
  }
  // To be called last.
  void finish() {
    for (const std::string& place : expected_) {
      if (!sources_.contains(place.substr(0, place.rfind(':')))) continue;
      ++failed_;
      std::printf("%s: listed as an expected failure, but it passes\n", place.c_str());
    }
  }

  int passed() const { return passed_; }
  int failed() const { return failed_; }
  int skipped() const { return skipped_; }

 private:
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
  std::set<std::string> expected_;
  std::set<std::string> sources_;  // scripts that ran
};

}  // namespace wisp::spec
