// Ratchet: counts per script, compared with those of a table in a committed page.
//
// A count that got worse fails, and so does one that got better: the table is then written anew
// with WISP_BLESS=1, and the change reviewed as a diff.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace wisp::spec {

struct Counts {
  int passed = 0;
  int failed = 0;
  int skipped = 0;
  bool operator==(const Counts&) const = default;
};

class Ratchet {
 public:
  void add(const std::string& script, const Counts& counts) { found_[script] = counts; }
  // Whether every script counts what the file says; prints what differs. Rewrites the file if
  // WISP_BLESS is set.
  bool check(const std::filesystem::path& file) const;

 private:
  std::map<std::string, Counts> found_;
};

}  // namespace wisp::spec
