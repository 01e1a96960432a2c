// What a run meets that is not in the module, chosen by a seed and the same for every engine:
// arguments, initial values of imported globals, and what imported functions return. Random numbers
// are splitmix64: any platform makes the same ones of a seed.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/oracle/value.h"

namespace wisp::oracle {

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}

  uint64_t next();
  // Below `bound`, which is not 0.
  uint64_t below(uint64_t bound) { return next() % bound; }
  bool one_in(uint64_t count) { return below(count) == 0; }

 private:
  uint64_t state_;
};

// A value of that type: edge values, small numbers and arbitrary bits. A funcref is null.
Value arbitrary_value(jit::ValueType type, Random& random);

// What the call number `ordinal` of this run returns, if it is of that function of the host.
std::vector<Value> host_results(const jit::FuncType& type, uint64_t seed, uint32_t function,
                                uint64_t ordinal);
// `global` counts the globals of the host.
Value host_global(const jit::GlobalType& type, uint64_t seed, uint32_t global);

}  // namespace wisp::oracle
