// How the modules of a system are linked: each is instantiated after those before it, and its
// imports come from what they export, by type, or from the host. A seed chooses.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "jit/wasm/module.h"

namespace wisp::oracle {

// An item of an instance, in the index space of its kind.
struct Supplier {
  uint32_t module = 0;
  uint32_t index = 0;
};

// By module and by import; nothing: the host.
using Linking = std::vector<std::vector<std::optional<Supplier>>>;

Linking link_modules(std::span<const jit::Module> modules, uint64_t seed);

}  // namespace wisp::oracle
