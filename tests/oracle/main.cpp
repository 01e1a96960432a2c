// oracle: runs core modules in the interpreter and in Wisp, and prints where they differ.
//
//   oracle [--seed N] FILE...             modules; the seed chooses arguments and what is imported
//   oracle [--seed N] --count M [...]     M modules of the generator; their seeds are N, N + 1, ...
//   oracle [--seed N] --minutes M [...]   as many as fit
//   ... [--modules K]                     in systems of K that import from those before them
//   ... [--profile P]                     of one kind (profile.h)
//   ... [--findings K] [--keep FOLDER]    ends after K findings; keeps them in the folder
//
// A line for each system that differs or crashes, small modules for each seed; then the totals.
// Exit status 1 if any did, 2 if a file cannot be read or the command is not understood.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>

#include "tests/oracle/campaign.h"
#include "tests/oracle/differential.h"
#include "tests/oracle/profile.h"

namespace wisp::oracle {
namespace {

struct Totals {
  uint64_t same = 0, not_compared = 0, different = 0, calls = 0;
};

std::optional<std::vector<uint8_t>> read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::vector<uint8_t>{std::istreambuf_iterator<char>(file), {}};
}

void report(const char* path, const Finding& finding, Totals& totals) {
  totals.calls += finding.conclusive;
  switch (finding.verdict) {
    case Verdict::kSame:
      ++totals.same;
      return;
    case Verdict::kNotCompared:
      ++totals.not_compared;
      return;
    case Verdict::kDifferent:
    case Verdict::kCrashed:
      ++totals.different;
      const std::string off = finding.disabled.empty() ? "" : " without " + finding.disabled;
      std::printf("%s%s: %s\n", path, off.c_str(), finding.text.c_str());
  }
}

// `system_size` files after the other are a system.
int check_files(const std::vector<const char*>& paths, uint64_t seed, size_t system_size) {
  DifferentialOptions options;
  options.seed = seed;
  Differential differential(options);
  Totals totals;
  std::vector<std::vector<uint8_t>> files;
  for (const char* path : paths) {
    auto bytes = read_file(path);
    if (!bytes) {
      std::fprintf(stderr, "oracle: %s cannot be read\n", path);
      return 2;
    }
    files.push_back(*std::move(bytes));
    if (files.size() < system_size && path != paths.back()) continue;
    const std::vector<Bytes> modules(files.begin(), files.end());
    report(path, differential.check_system_isolated(modules), totals);
    files.clear();
  }
  std::printf("%llu the same in %llu calls, %llu not compared, %llu different\n",
              static_cast<unsigned long long>(totals.same),
              static_cast<unsigned long long>(totals.calls),
              static_cast<unsigned long long>(totals.not_compared),
              static_cast<unsigned long long>(totals.different));
  return totals.different == 0 ? 0 : 1;
}

int check_generated(const CampaignOptions& options) {
  const CampaignResult result = run_campaign(options);
  std::printf("%llu systems with %llu calls, %llu not compared, %u findings\n",
              static_cast<unsigned long long>(result.systems),
              static_cast<unsigned long long>(result.calls),
              static_cast<unsigned long long>(result.not_compared), result.findings);
  return result.findings == 0 ? 0 : 1;
}

bool is_profile(std::string_view name) {
  return std::any_of(kProfiles.begin(), kProfiles.end(),
                     [name](const Profile& profile) { return profile.name == name; });
}

int usage() {
  std::fprintf(stderr,
               "usage: oracle [--seed N] [--modules K] FILE...\n"
               "       oracle [--seed N] --count M|--minutes M [--modules K] [--profile P] "
               "[--findings K] [--keep FOLDER]\nprofiles:");
  for (const Profile& profile : kProfiles)
    std::fprintf(stderr, " %s", std::string(profile.name).c_str());
  std::fprintf(stderr, "\n");
  return 2;
}

int main(int argc, char** argv) {
  CampaignOptions options;
  std::vector<const char*> paths;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.substr(0, 2) != "--") {
      paths.push_back(argv[i]);
      continue;
    }
    if (++i == argc) return usage();
    const char* value = argv[i];
    if (word == "--seed")
      options.seed = std::strtoull(value, nullptr, 0);
    else if (word == "--count")
      options.count = std::strtoull(value, nullptr, 0);
    else if (word == "--minutes")
      options.seconds = 60 * std::strtod(value, nullptr);
    else if (word == "--modules")
      options.modules = static_cast<uint32_t>(std::max(1, std::atoi(value)));
    else if (word == "--profile")
      options.profile = value;
    else if (word == "--findings")
      options.max_findings = static_cast<uint32_t>(std::atoi(value));
    else if (word == "--keep")
      options.keep = value;
    else
      return usage();
  }
  if (!paths.empty()) return check_files(paths, options.seed, options.modules);
  const bool is_campaign = options.count != 0 || options.seconds.has_value();
  if (!is_campaign || (!options.profile.empty() && !is_profile(options.profile))) return usage();
  return check_generated(options);
}

}  // namespace
}  // namespace wisp::oracle

int main(int argc, char** argv) { return wisp::oracle::main(argc, argv); }
