// oracle FILE...: runs core modules in the interpreter and in Wisp, and prints where they differ.
//
// `--seed N` chooses arguments and what imports give. A line for each file that differs or crashes,
// then the totals. Exit status 1 if any did, 2 if a file cannot be read.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>

#include "tests/oracle/differential.h"

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

int main(int argc, char** argv) {
  DifferentialOptions options;
  std::vector<const char*> paths;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
      options.seed = std::strtoull(argv[++i], nullptr, 0);
    } else {
      paths.push_back(argv[i]);
    }
  }
  if (paths.empty()) {
    std::fprintf(stderr, "usage: oracle [--seed N] FILE...\n");
    return 2;
  }
  Differential differential(options);
  Totals totals;
  for (const char* path : paths) {
    const auto bytes = read_file(path);
    if (!bytes) {
      std::fprintf(stderr, "oracle: %s cannot be read\n", path);
      return 2;
    }
    report(path, differential.check_isolated(*bytes), totals);
  }
  std::printf("%llu the same in %llu calls, %llu not compared, %llu different\n",
              static_cast<unsigned long long>(totals.same),
              static_cast<unsigned long long>(totals.calls),
              static_cast<unsigned long long>(totals.not_compared),
              static_cast<unsigned long long>(totals.different));
  return totals.different == 0 ? 0 : 1;
}

}  // namespace
}  // namespace wisp::oracle

int main(int argc, char** argv) { return wisp::oracle::main(argc, argv); }
