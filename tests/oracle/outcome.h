// Outcome: what a run yields, from whichever engine, so that two runs can be compared.
//
// A run instantiates the modules of a system, mostly one, in their order, and makes a list of calls
// of their exports. External interface: Call, Outcome, `difference`. References to functions are
// numbers here (see Value), so that nothing in an Outcome belongs to the engine that made it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "jit/runtime/trap.h"
#include "tests/oracle/value.h"

namespace wisp::oracle {

struct Call {
  std::string name;  // of an exported function
  std::vector<Value> arguments;
  uint32_t module = 0;  // of the system
};

enum class Ending : uint8_t {
  kReturned,
  kTrapped,
  // What follows cannot be compared: nothing is known of what another engine would do.
  kOutOfFuel,      // it took more steps than it was given
  kTooDeep,        // calls nested too deeply
  kNotDetermined,  // control, an address or a trap depended on the bits of a NaN
  kLimit,          // a memory or a table above the limits of the run
};
const char* to_string(Ending ending);
constexpr bool is_conclusive(Ending ending) {
  return ending == Ending::kReturned || ending == Ending::kTrapped;
}

// A guest frame of a trap, innermost first.
struct TrapFrame {
  uint32_t function = 0;
  uint64_t wasm_offset = 0;  // of the opcode, in the module
  bool operator==(const TrapFrame&) const = default;
};

// How a call, or the instantiation, ended.
struct Completion {
  Ending ending = Ending::kReturned;
  std::vector<Value> results;
  jit::TrapCode trap = jit::TrapCode::kNone;
  std::vector<TrapFrame> frames;  // of a trap; empty where a segment trapped
};

// A call that a guest made of a function of the host.
struct HostCall {
  uint32_t import = 0;  // which imported function, counted over the modules
  std::vector<Value> arguments;
};

struct MemoryContent {
  std::vector<uint8_t> bytes;
  std::unordered_set<uint64_t> unknown;  // addresses of bytes whose value is not determined
};

// All items of an instance, imported ones too, in the order of their index spaces.
struct State {
  std::vector<MemoryContent> memories;
  std::vector<Value> globals;
  std::vector<std::vector<Value>> tables;
};

struct Outcome {
  std::vector<Completion> instantiations;  // none after one that did not return
  // None after one that is not conclusive. Those of a module that is not there return nothing.
  std::vector<Completion> calls;
  std::vector<HostCall> host_calls;
  std::vector<State> states;  // after the last call, of each instance that was made
};

// The first difference in words, or nothing. `expected` is the interpreter's: only it has values
// that are not exact.
std::optional<std::string> difference(const Outcome& expected, const Outcome& actual);

}  // namespace wisp::oracle
