#include "tests/spec/ratchet.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace wisp::spec {
namespace {

// "| script | passed | failed | skipped |": the rows of a table in a Markdown page.
std::string to_string(const Counts& counts) {
  return std::to_string(counts.passed) + " | " + std::to_string(counts.failed) + " | " +
         std::to_string(counts.skipped);
}

bool parse_row(const std::string& line, std::string& script, Counts& counts) {
  std::istringstream words(line);
  std::string bar;
  words >> bar >> script >> bar >> counts.passed >> bar >> counts.failed >> bar >> counts.skipped;
  return words && script.ends_with(".wast");
}

void rewrite(const std::filesystem::path& file, const std::map<std::string, Counts>& found) {
  std::ostringstream page;
  bool written = false;
  const auto write_rows = [&] {
    if (written) return;
    written = true;
    for (const auto& [script, counts] : found) {
      page << "| " << script << " | " << to_string(counts) << " |\n";
    }
  };
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::string script;
    Counts counts;
    if (parse_row(line, script, counts)) {
      write_rows();
    } else {
      page << line << "\n";
    }
  }
  write_rows();
  std::ofstream(file) << page.str();
}

}  // namespace

bool Ratchet::check(const std::filesystem::path& file) const {
  if (std::getenv("WISP_BLESS") != nullptr) {
    rewrite(file, found_);
    return true;
  }
  std::map<std::string, Counts> expected;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    std::string script;
    Counts counts;
    if (parse_row(line, script, counts)) expected[script] = counts;
  }
  bool same = true;
  for (const auto& [script, counts] : found_) {
    const auto entry = expected.find(script);
    const Counts& wanted = entry == expected.end() ? Counts{} : entry->second;
    if (counts == wanted) continue;
    same = false;
    std::printf("%s: passed, failed, skipped: %s; the ratchet says %s\n", script.c_str(),
                to_string(counts).c_str(), to_string(wanted).c_str());
  }
  for (const auto& [script, counts] : expected) {
    if (found_.contains(script)) continue;
    same = false;
    std::printf("%s: did not run\n", script.c_str());
  }
  return same;
}

}  // namespace wisp::spec
