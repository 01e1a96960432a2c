// Batches, and reports of what fails; see campaign.h.
#include "tests/oracle/campaign.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <vector>

#include "tests/oracle/child.h"
#include "tests/oracle/generator.h"
#include "tests/oracle/module_encoder.h"
#include "tests/oracle/module_text.h"
#include "tests/oracle/shrinker.h"

namespace wisp::oracle {

namespace {

constexpr uint64_t kBatch = 500;
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
  bool is_late() const {
    return options_.seconds.has_value() &&
           std::chrono::duration<double>(Clock::now() - begin_).count() > *options_.seconds;
  }

  // How many modules have had their turn.
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
      ++result_.modules;
      result_.calls += calls;
      if (words.fail()) verdict = static_cast<int>(Verdict::kCrashed);
      if (verdict == static_cast<int>(Verdict::kNotCompared)) ++result_.not_compared;
      if (verdict >= static_cast<int>(Verdict::kDifferent)) report(seed);
    }
    if (turns == 0) std::printf("a batch made nothing: %s\n", child.failure.c_str());
    return std::max(turns, uint64_t{1});
  }

  GeneratedCase generated(uint64_t seed) const {
    return generate(bytes_of_seed(seed), options_.profile);
  }
  Finding check(uint64_t seed) {
    const GeneratedCase made = generated(seed);
    return differential_.check(encode(made.module).value(), made.calls);
  }

  void report(uint64_t seed) {
    ++result_.findings;
    const GeneratedCase made = generated(seed);
    const std::vector<uint8_t> bytes = encode(made.module).value();
    const Finding found = differential_.check_isolated(bytes, made.calls);
    std::string text = "seed " + std::to_string(seed);
    if (!options_.profile.empty()) text += " --profile " + options_.profile;
    text += describe(found);
    if (found.verdict >= Verdict::kDifferent) {
      const Fails fails = [this](std::span<const uint8_t> module, std::span<const Call> calls) {
        // Without calls the tester would make its own.
        return !calls.empty() &&
               shrinking_.check_isolated(module, calls).verdict >= Verdict::kDifferent;
      };
      const GeneratedCase small = shrink(made, fails);
      const Finding again = shrinking_.check_isolated(encode(small.module).value(), small.calls);
      text += "\nshrunk" + describe(again) + "\n" + to_text(small.module);
    }
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
    if (options_.keep.empty()) return;
    const std::string path = options_.keep + "/" + std::to_string(seed);
    std::ofstream(path + ".txt") << text << "\n";
    std::ofstream(path + ".wasm", std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()),
               static_cast<std::streamsize>(bytes.size()));
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
