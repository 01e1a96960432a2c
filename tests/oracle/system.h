// System: generated modules that import from those before them, with calls of each.
//
// External interface: `generate_system`, `encode`, `shrink_system`.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "tests/oracle/generator.h"
#include "tests/oracle/run.h"

namespace wisp::oracle {

using System = std::vector<GeneratedCase>;

System generate_system(uint64_t seed, uint32_t modules, std::string_view profile);

// What the differential tester takes.
struct EncodedSystem {
  std::vector<std::vector<uint8_t>> modules;
  std::vector<Call> calls;  // those of each module, one module after the other

  std::vector<Bytes> views() const { return {modules.begin(), modules.end()}; }
};
// Nothing: not valid (see the encoder).
std::optional<EncodedSystem> encode(const System& system);

// Shrinks each module, the last one first, while the others stay; whole modules go where they can.
System shrink_system(System system, const std::function<bool(const EncodedSystem&)>& fails);

}  // namespace wisp::oracle
