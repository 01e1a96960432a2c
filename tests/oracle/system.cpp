#include "tests/oracle/system.h"

#include <utility>

#include "tests/oracle/module_encoder.h"
#include "tests/oracle/shrinker.h"

namespace wisp::oracle {

System generate_system(uint64_t seed, uint32_t modules, std::string_view profile) {
  System system;
  std::vector<jit::FuncType> offered;
  for (uint32_t i = 0; i < modules; ++i) {
    // The first one is that of the seed alone.
    const std::vector<uint8_t> bytes = bytes_of_seed(seed + (uint64_t{i} << 48));
    system.push_back(generate(bytes, profile, offered));
    for (const Function& function : system.back().module.functions) {
      offered.push_back(function.type);
    }
  }
  return system;
}

namespace {

void add(EncodedSystem& system, std::vector<uint8_t> bytes, std::span<const Call> calls) {
  const auto module = static_cast<uint32_t>(system.modules.size());
  system.modules.push_back(std::move(bytes));
  for (Call call : calls) {
    call.module = module;
    system.calls.push_back(std::move(call));
  }
}

}  // namespace

std::optional<EncodedSystem> encode(const System& system) {
  EncodedSystem encoded;
  for (const GeneratedCase& module : system) {
    std::optional<std::vector<uint8_t>> bytes = encode(module.module);
    if (!bytes) return std::nullopt;
    add(encoded, *std::move(bytes), module.calls);
  }
  return encoded;
}

System shrink_system(System system, const std::function<bool(const EncodedSystem&)>& fails) {
  const auto fails_as = [&fails](const System& changed) {
    const std::optional<EncodedSystem> encoded = encode(changed);
    return encoded && !changed.empty() && fails(*encoded);
  };
  for (size_t i = system.size(); i-- > 0;) {
    System changed = system;
    changed.erase(changed.begin() + static_cast<ptrdiff_t>(i));
    if (fails_as(changed)) system = std::move(changed);
  }
  for (size_t i = system.size(); i-- > 0;) {
    System changed = system;
    changed[i].calls.clear();
    if (fails_as(changed)) system = std::move(changed);
    system[i] = shrink(system[i], [&](Bytes bytes, std::span<const Call> calls) {
      EncodedSystem encoded;
      for (size_t at = 0; at < system.size(); ++at) {
        if (at == i) {
          add(encoded, {bytes.begin(), bytes.end()}, calls);
        } else {
          add(encoded, encode(system[at].module).value(), system[at].calls);
        }
      }
      return fails(encoded);
    });
  }
  return system;
}

}  // namespace wisp::oracle
