// wasi:random: random, insecure, insecure-seed. All three are fed by the same generator, which is
// good enough for the first and fast enough for the others.
#pragma once

#include <cstdint>
#include <tuple>

#include "component/host/host_binding.h"
#include "wasi/context.h"

namespace wisp::wasi::random {

// Traps beyond WasiContext::max_random_size.
component::ByteProducer get_random_bytes(component::HostCall& call, WasiContext& context,
                                         uint64_t len);
uint64_t get_random_u64(component::HostCall& call, WasiContext& context);
std::tuple<uint64_t, uint64_t> insecure_seed(component::HostCall& call, WasiContext& context);

extern const component::HostInterface kRandomInterface;
extern const component::HostInterface kInsecureInterface;
extern const component::HostInterface kInsecureSeedInterface;

}  // namespace wisp::wasi::random
