#include "tests/spec/ratchet.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace wisp::spec {
namespace {

std::string to_string(const Counts& counts) {
  return std::to_string(counts.passed) + " " + std::to_string(counts.failed) + " " +
         std::to_string(counts.skipped);
}

}  // namespace

bool Ratchet::check(const std::filesystem::path& file) const {
  if (std::getenv("WISP_BLESS") != nullptr) {
    std::ofstream out(file);
    out << "# script passed failed skipped; written by WISP_BLESS=1\n";
    for (const auto& [script, counts] : found_) out << script << " " << to_string(counts) << "\n";
    return true;
  }
  std::map<std::string, Counts> expected;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream words(line);
    std::string script;
    Counts counts;
    words >> script >> counts.passed >> counts.failed >> counts.skipped;
    expected[script] = counts;
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
