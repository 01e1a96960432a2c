// The differential tester: runs a module, or a system of modules that import from each other, in
// the interpreter and in Wisp, with its parts switched off one by one, and compares everything that
// can be observed.
//
// External interface: Differential; the isolated forms are for whoever has many modules and must
// survive each of them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "jit/engine.h"
#include "tests/oracle/interpreter.h"
#include "tests/oracle/outcome.h"
#include "tests/oracle/run.h"

namespace wisp::oracle {

struct DifferentialOptions {
  uint64_t seed = 0;    // of arguments, imported values and what host functions return
  uint32_t rounds = 3;  // calls of each export, where no calls are given
  uint32_t max_calls = 200;
  Limits limits;
  // Wisp runs only what ended in the interpreter within its fuel; what then takes longer than this
  // is a difference.
  uint64_t deadline_ns = 10'000'000'000;
};

enum class Verdict : uint8_t {
  kSame,
  kNotCompared,  // refused by the decoder, or nothing in it was conclusive; the text says why
  kDifferent,
  kCrashed,  // check_isolated only: a signal ended it
};

struct Finding {
  Verdict verdict = Verdict::kSame;
  std::string text;         // the first difference, or why it was not compared
  std::string disabled;     // parts of the compiler that were off when it differed; empty: none
  uint64_t conclusive = 0;  // calls that were compared
};

// The calls that are made where none are given: each exported function `rounds` times, with
// arguments that mix edge values and random ones.
std::vector<Call> default_calls(std::span<const jit::Module> modules,
                                const DifferentialOptions& options);

class Differential {
 public:
  explicit Differential(const DifferentialOptions& options = {});

  // `calls` empty: default_calls. A fault of Wisp that ends the process does so here too.
  Finding check(Bytes module, std::span<const Call> calls = {});
  Finding check_system(std::span<const Bytes> modules, std::span<const Call> calls = {});
  // The same in a child process: a signal or a process that does not end is a finding.
  Finding check_isolated(Bytes module, std::span<const Call> calls = {});
  Finding check_system_isolated(std::span<const Bytes> modules, std::span<const Call> calls = {});

 private:
  // Hears which parts are off, before each run of Wisp.
  using Begin = std::function<void(const std::string& disabled)>;
  Finding check_system(std::span<const Bytes> modules, std::span<const Call> calls,
                       const Begin& begin);
  // What the interpreter made of the modules is what Wisp must make of them.
  Finding compare(std::span<const Bytes> modules, const Plan& plan, const Outcome& expected,
                  const Begin& begin);

  struct Configuration {
    std::string disabled;
    std::shared_ptr<jit::Engine> engine;
  };

  DifferentialOptions options_;
  std::vector<Configuration> configurations_;
};

}  // namespace wisp::oracle
