// The generator of core modules for the differential tester: valid, seeded, and aimed at what a
// single-pass compiler with homes, deferred operands, folding and fusion may get wrong.
//
// External interface: `generate`. All decisions come from a string of bytes, of a fuzzer or made of
// a seed (`bytes_of_seed`); any bytes do, and the same bytes make the same case. Idea:
// type-directed generation as in Csmith, from a fuzzer's bytes as in Binaryen's translate-to-fuzz.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "tests/oracle/module_tree.h"
#include "tests/oracle/outcome.h"

namespace wisp::oracle {

struct GeneratedCase {
  ModuleTree module;
  std::vector<Call> calls;
};

std::vector<uint8_t> bytes_of_seed(uint64_t seed);

// `profile`: the name of one of kProfiles, or nothing: the bytes choose. `offered`: functions of
// other modules, for which it may ask.
GeneratedCase generate(std::span<const uint8_t> bytes, std::string_view profile = {},
                       std::span<const jit::FuncType> offered = {});

}  // namespace wisp::oracle
