// Runs of a system of modules in the engines that are compared: instantiation and calls of exports,
// with the world of world.h for what the host gives.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <unordered_map>

#include "jit/engine.h"
#include "tests/oracle/interpreter.h"
#include "tests/oracle/linking.h"
#include "tests/oracle/outcome.h"

namespace wisp::oracle {

struct Plan {
  std::span<const Call> calls;  // of exported functions, with arguments of their types
  Linking linking;
  uint64_t seed = 0;
  Limits limits;
  uint64_t deadline_ns = 0;  // of Wisp, for each call
};

// The modules were validated with all their functions.
Outcome run_in_interpreter(std::span<const jit::Module> modules, const Plan& plan);

// Error: a module could not be compiled or instantiated for another reason than a trap.
using Bytes = std::span<const uint8_t>;
Result<Outcome> run_in_wisp(const std::shared_ptr<jit::Engine>& engine,
                            std::span<const Bytes> modules, const Plan& plan);

// The index of the exported function; nothing: there is none of this name.
std::optional<uint32_t> exported_function(const jit::Module& module, const std::string& name);

// The numbers of functions in an Outcome: the first place in which it stands, counted over the
// function index spaces of all instances, plus 1.
class FunctionNumbers {
 public:
  // The engine's references, in order.
  void add(uint64_t reference) { numbers_.emplace(reference, ++count_); }
  // Another reference to the function that `known` stands for.
  void add_alias(uint64_t reference, uint64_t known) { numbers_.emplace(reference, of(known)); }
  // A function of an instance that could not be made has none.
  uint64_t of(uint64_t reference) const {
    const auto found = numbers_.find(reference);
    return found == numbers_.end() ? ~uint64_t{0} : found->second;
  }

 private:
  std::unordered_map<uint64_t, uint64_t> numbers_;
  uint64_t count_ = 0;
};

// Replaces the engine's references by them, in all values of the outcome.
void number_functions(Outcome& outcome, const FunctionNumbers& numbers);

}  // namespace wisp::oracle
