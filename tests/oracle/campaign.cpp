// Batches, and reports of what fails; see campaign.h.
#include "tests/oracle/campaign.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/oracle/child.h"
#include "tests/oracle/module_text.h"
#include "tests/oracle/system.h"

namespace wisp::oracle {

namespace {

constexpr uint64_t kBatch = 100;
constexpr unsigned kMaxBatchSeconds = 300;

using Clock = std::chrono::steady_clock;

class Campaign {
 public:
  explicit Campaign(const CampaignOptions& options)
      : options_(options), begin_(Clock::now()), shrinking_(short_deadline()) {}

  CampaignResult run() {
    uint64_t done = 0;
    while (result_.findings < options_.max_findings) {
      const uint64_t left = options_.seconds.has_value() ? kBatch : options_.count - done;
      if (left == 0 || is_late()) break;
      done += batch(options_.seed + done, std::min(left, kBatch));
    }
    return result_;
  }

 private:
  static DifferentialOptions short_deadline() {
    DifferentialOptions options;
    options.deadline_ns = 2'000'000'000;
    return options;
  }
  double elapsed_seconds() const {
    return std::chrono::duration<double>(Clock::now() - begin_).count();
  }
  bool is_late() const {
    return options_.seconds.has_value() && elapsed_seconds() > *options_.seconds;
  }

  // How many systems have had their turn.
  uint64_t batch(uint64_t first, uint64_t count) {
    const ChildResult child = run_in_child(kMaxBatchSeconds, [&](std::FILE* out) {
      for (uint64_t seed = first; seed < first + count && !is_late(); ++seed) {
        // Known before it runs, whatever becomes of the process.
        std::fprintf(out, "%llu", static_cast<unsigned long long>(seed));
        std::fflush(out);
        const Finding finding = check(seed);
        std::fprintf(out, " %d %llu\n", static_cast<int>(finding.verdict),
                     static_cast<unsigned long long>(finding.conclusive));
      }
    });
    uint64_t turns = 0;
    std::istringstream lines(child.output);
    for (std::string line; std::getline(lines, line); ++turns) {
      std::istringstream words(line);
      uint64_t seed = 0;
      uint64_t calls = 0;
      int verdict = static_cast<int>(Verdict::kCrashed);
      words >> seed >> verdict >> calls;
      ++result_.systems;
      result_.calls += calls;
      if (words.fail()) verdict = static_cast<int>(Verdict::kCrashed);
      if (verdict == static_cast<int>(Verdict::kNotCompared)) ++result_.not_compared;
      if (verdict >= static_cast<int>(Verdict::kDifferent)) count_finding(seed);
    }
    if (turns == 0) std::printf("a batch made nothing: %s\n", child.failure.c_str());
    return std::max(turns, uint64_t{1});
  }

  System generated(uint64_t seed) const {
    return generate_system(seed, options_.modules, options_.profile);
  }
  Finding check(uint64_t seed) {
    const EncodedSystem made = encode(generated(seed)).value();
    return differential_.check_system(made.views(), made.calls);
  }

  bool ends_as(Verdict verdict, const EncodedSystem& system) {
    // Without calls the tester would make its own.
    if (system.calls.empty()) return false;
    const Finding found = shrinking_.check_system_isolated(system.views(), system.calls);
    return found.verdict == verdict;
  }

  // Shrinking takes seconds: a fault that is everywhere must not cost an hour.
  void count_finding(uint64_t seed) {
    ++result_.findings;
    if (result_.findings == 1 || (result_.findings <= options_.max_findings && !is_late()))
      return report(seed);
    std::printf("seed %llu fails, too\n", static_cast<unsigned long long>(seed));
  }

  void report(uint64_t seed) {
    char after[32];
    std::snprintf(after, sizeof after, ", after %.1f s", elapsed_seconds());
    const System made = generated(seed);
    const EncodedSystem original = encode(made).value();
    const Finding found = differential_.check_system_isolated(original.views(), original.calls);
    std::string text = "seed " + std::to_string(seed);
    if (options_.modules != 1) text += " --modules " + std::to_string(options_.modules);
    if (!options_.profile.empty()) text += " --profile " + options_.profile;
    text += after + describe(found) + "\n";
    print(text);
    if (found.verdict >= Verdict::kDifferent) {
      const auto still_fails = [&](const EncodedSystem& system) {
        return ends_as(found.verdict, system);
      };
      const System small = shrink_system(made, still_fails);
      const EncodedSystem encoded = encode(small).value();
      std::string shrunk =
          "shrunk" + describe(shrinking_.check_system_isolated(encoded.views(), encoded.calls));
      for (const GeneratedCase& module : small) shrunk += "\n" + to_text(module.module);
      print(shrunk + "\n");
      text += shrunk;
    }
    if (!options_.keep.empty()) keep(seed, text, original);
  }
  // At once: shrinking takes its time.
  static void print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    std::fflush(stdout);
  }
  void keep(uint64_t seed, const std::string& text, const EncodedSystem& system) const {
    const std::string path = options_.keep + "/" + std::to_string(seed);
    std::ofstream(path + ".txt") << text << "\n";
    for (size_t i = 0; i < system.modules.size(); ++i) {
      const std::vector<uint8_t>& bytes = system.modules[i];
      std::ofstream(path + "-" + std::to_string(i) + ".wasm", std::ios::binary)
          .write(reinterpret_cast<const char*>(bytes.data()),
                 static_cast<std::streamsize>(bytes.size()));
    }
  }
  static std::string describe(const Finding& finding) {
    const std::string off = finding.disabled.empty() ? "" : " without " + finding.disabled;
    return off + ": " + finding.text;
  }

  const CampaignOptions& options_;
  const Clock::time_point begin_;
  Differential differential_;
  Differential shrinking_;
  CampaignResult result_;
};

}  // namespace

CampaignResult run_campaign(const CampaignOptions& options) { return Campaign(options).run(); }

}  // namespace wisp::oracle
