#include "wasi/random/random.h"

#include <string>

#include "platform/entropy.h"

namespace wisp::wasi::random {

component::ByteProducer get_random_bytes(component::HostCall& call, WasiContext& context,
                                         uint64_t len) {
  if (len > context.max_random_size) {
    call.trap("requested " + std::to_string(len) + " random bytes, the limit is " +
              std::to_string(context.max_random_size) + " (-S max-random-size=N)");
    return {};
  }
  return {len, &fill_random};
}

uint64_t get_random_u64(component::HostCall&, WasiContext&) { return wisp::random_u64(); }

// "Intended to be called once": programs compare what two calls give.
std::tuple<uint64_t, uint64_t> insecure_seed(component::HostCall&, WasiContext& context) {
  if (!context.insecure_seed) context.insecure_seed.emplace(wisp::random_u64(), wisp::random_u64());
  return *context.insecure_seed;
}

namespace {

constexpr component::HostItem kRandom[] = {
    component::host_function<&get_random_bytes>("get-random-bytes"),
    component::host_function<&get_random_u64>("get-random-u64"),
};
constexpr component::HostItem kInsecure[] = {
    component::host_function<&get_random_bytes>("get-insecure-random-bytes"),
    component::host_function<&get_random_u64>("get-insecure-random-u64"),
};
constexpr component::HostItem kInsecureSeed[] = {
    component::host_function<&insecure_seed>("insecure-seed"),
};

}  // namespace

const component::HostInterface kRandomInterface{"wasi:random/random", "0.2.12", kRandom};
const component::HostInterface kInsecureInterface{"wasi:random/insecure", "0.2.12", kInsecure};
const component::HostInterface kInsecureSeedInterface{"wasi:random/insecure-seed", "0.2.12",
                                                      kInsecureSeed};

}  // namespace wisp::wasi::random
