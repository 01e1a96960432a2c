// spec_runner [--tier TIER] [--interpreter] [--expected-failures FILE] [--ratchet FILE] PATH...:
// runs conformance scripts, files or folders of them.
//
// Prints a line per failing command, why commands were skipped and, last, "N passed, N failed,
// N skipped". Each script runs in a process of its own. `--tier wasm2`
// runs the scripts that a wasm 2.0 engine must pass (the manifest's tiers wasm1 and wasm2 that have
// assertions there); likewise wasm1, wasm3, component-base. `--expected-failures FILE` lists
// commands that fail today, as `SCRIPT:LINE reason`; one that passes is a failure too. Exit status
// 1 if anything failed; with `--ratchet` instead if the counts of any script are not those of the
// file. `--interpreter` runs core modules on the interpreter of the oracle instead of on Wisp.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "tests/spec/isolation.h"
#include "tests/spec/ratchet.h"
#include "tests/spec/report.h"
#include "tests/spec/script.h"
#include "tests/spec/script_runner.h"

namespace wisp::spec {
namespace {

namespace fs = std::filesystem;

// A tier and those that it includes.
std::set<std::string> tiers_up_to(const std::string& tier) {
  const std::vector<std::string> core = {"wasm1", "wasm2", "wasm3"};
  const auto found = std::find(core.begin(), core.end(), tier);
  if (found == core.end()) return {tier};
  return {core.begin(), found + 1};
}

std::vector<fs::path> scripts_below(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  std::vector<fs::path> scripts;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(path)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".json" && file.filename() != "manifest.json") scripts.push_back(file);
  }
  std::sort(scripts.begin(), scripts.end());
  return scripts;
}

bool is_selected(const ManifestEntry* entry, const std::set<std::string>& tiers) {
  if (tiers.empty()) return true;
  if (entry == nullptr) return false;
  return std::any_of(tiers.begin(), tiers.end(), [entry](const std::string& tier) {
    return entry->tier == tier || entry->assertions_by_tier.contains(tier);
  });
}

Counts counts_of(const Report& report) {
  return {report.passed(), report.failed(), report.skipped()};
}

// What core modules run on.
enum class CoreChoice : uint8_t { kWisp, kInterpreter };

void run_path(const jit::EngineOptions& options, CoreChoice choice, const fs::path& path,
              const std::set<std::string>& tiers, Report& report, Ratchet& ratchet) {
  const Manifest manifest = Manifest::find(path);
  for (const fs::path& file : scripts_below(path)) {
    if (!is_selected(manifest.entry(file), tiers)) continue;
    const Script script = read_script(file);
    const Counts before = counts_of(report);
    run_isolated(script, report, [&](Verdicts& verdicts) {
      const auto engine = jit::Engine::create(options).value();
      auto core =
          choice == CoreChoice::kWisp ? make_wisp_engine(engine) : make_interpreter_engine();
      run_script(engine, std::move(core), script, verdicts);
    });
    const Counts after = counts_of(report);
    ratchet.add(script.source, {after.passed - before.passed, after.failed - before.failed,
                                after.skipped - before.skipped});
  }
}

int main(int argc, char** argv) {
  std::set<std::string> tiers;
  std::string ratchet_file;
  Report report;
  jit::EngineOptions options;
  CoreChoice choice = CoreChoice::kWisp;
  Ratchet ratchet;
  int paths = 0;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--tier") == 0 && i + 1 < argc) {
      tiers = tiers_up_to(argv[++i]);
      continue;
    }
    if (std::strcmp(argv[i], "--jit-disable") == 0 && i + 1 < argc) {
      options.disabled = argv[++i];
      continue;
    }
    if (std::strcmp(argv[i], "--jit-checks") == 0 && i + 1 < argc) {
      options.checks_seed = std::strtoull(argv[++i], nullptr, 10);
      continue;
    }
    if (std::strcmp(argv[i], "--interpreter") == 0) {
      choice = CoreChoice::kInterpreter;
      continue;
    }
    if (std::strcmp(argv[i], "--expected-failures") == 0 && i + 1 < argc) {
      report.read_expected_failures(argv[++i]);
      continue;
    }
    if (std::strcmp(argv[i], "--ratchet") == 0 && i + 1 < argc) {
      ratchet_file = argv[++i];
      continue;
    }
    if (!fs::exists(argv[i])) {
      std::fprintf(stderr, "%s: is not there\n", argv[i]);
      return 2;
    }
    ++paths;
    run_path(options, choice, argv[i], tiers, report, ratchet);
  }
  if (paths == 0) {
    std::fprintf(stderr,
                 "usage: spec_runner [--tier TIER] [--jit-disable PARTS] [--jit-checks SEED] "
                 "[--interpreter] [--expected-failures FILE] [--ratchet FILE] PATH...\n");
    return 2;
  }
  report.finish();
  if (!ratchet_file.empty()) return ratchet.check(ratchet_file) ? 0 : 1;
  return report.failed() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace wisp::spec

int main(int argc, char** argv) { return wisp::spec::main(argc, argv); }
