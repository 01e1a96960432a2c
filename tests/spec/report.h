// Report: counts of a run of scripts; prints one line per failing command.
//
// Verdicts is what the runners see: they say what became of each command. Failures may be expected:
// they are listed in a file, one `SCRIPT:LINE reason` a line, and do not count. One that does not
// happen although its script ran is a failure: the list may only shrink.
#pragma once

#include <cstdio>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "tests/spec/script.h"

namespace wisp::spec {

class Verdicts {
 public:
  virtual ~Verdicts() = default;

  // The command that the next verdicts are about.
  virtual void begin(const Command& command) = 0;
  virtual void pass() = 0;
  // What Wisp refuses by name: `why` says the name.
  virtual void skip(const std::string& why) = 0;
  virtual void fail(const std::string& why) = 0;
};

class Report {
 public:
  void read_expected_failures(const std::filesystem::path& list) {
    std::ifstream file(list);
    for (std::string line; std::getline(file, line);) {
      if (line.empty() || line[0] == '#') continue;
      expected_.insert(line.substr(0, line.find(' ')));
    }
  }

  void begin(const std::string& source) { sources_.insert(source); }
  void pass() { ++passed_; }
  void skip(const std::string& why) {
    ++skipped_;
    ++reasons_[why.substr(0, why.find(" ("))];  // without opcode and function
  }
  // `place` is SCRIPT:LINE.
  void fail(const std::string& place, const std::string& what) {
    const bool is_expected = expected_.erase(place) != 0;
    if (!is_expected) ++failed_;
    std::printf("%s: %s%s\n", place.c_str(), what.c_str(), is_expected ? " (expected)" : "");
  }
  // To be called last. Prints why commands were skipped, and the totals.
  void finish() {
    for (const std::string& place : expected_) {
      if (!sources_.contains(place.substr(0, place.rfind(':')))) continue;
      ++failed_;
      std::printf("%s: listed as an expected failure, but it passes\n", place.c_str());
    }
    for (const auto& [why, count] : reasons_) std::printf("%d skipped: %s\n", count, why.c_str());
    std::printf("%d passed, %d failed, %d skipped\n", passed_, failed_, skipped_);
  }

  int passed() const { return passed_; }
  int failed() const { return failed_; }
  int skipped() const { return skipped_; }

 private:
  int passed_ = 0;
  int failed_ = 0;
  int skipped_ = 0;
  std::map<std::string, int> reasons_;
  std::set<std::string> expected_;
  std::set<std::string> sources_;  // scripts that ran
};

}  // namespace wisp::spec
