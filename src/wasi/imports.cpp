#include "wasi/imports.h"

#include <algorithm>

#include "wasi/cli/environment.h"
#include "wasi/cli/exit.h"
#include "wasi/cli/stdio.h"
#include "wasi/cli/terminal.h"
#include "wasi/clocks/monotonic_clock.h"
#include "wasi/clocks/timezone.h"
#include "wasi/clocks/wall_clock.h"
#include "wasi/filesystem/preopens.h"
#include "wasi/filesystem/types.h"
#include "wasi/http/types.h"
#include "wasi/io/error.h"
#include "wasi/io/poll.h"
#include "wasi/io/streams.h"
#include "wasi/random/random.h"
#include "wasi/sockets/ip_name_lookup.h"
#include "wasi/sockets/network.h"
#include "wasi/sockets/tcp.h"
#include "wasi/sockets/udp.h"

namespace wisp::wasi {

namespace {

struct Registration {
  const component::HostInterface* interface;
  std::string_view feature = {};  // of an @unstable interface
};

constexpr Registration kRegistrations[] = {
    {&environment::kInterface},
    {&exit::kInterface},
    {&monotonic_clock::kInterface},
    {&wall_clock::kInterface},
    {&timezone::kInterface, "clocks-timezone"},
    {&random::kRandomInterface},
    {&random::kInsecureInterface},
    {&random::kInsecureSeedInterface},
    {&error::kInterface},
    {&poll::kInterface},
    {&streams::kInterface},
    {&stdio::kStdinInterface},
    {&stdio::kStdoutInterface},
    {&stdio::kStderrInterface},
    {&terminal::kInputInterface},
    {&terminal::kOutputInterface},
    {&terminal::kStdinInterface},
    {&terminal::kStdoutInterface},
    {&terminal::kStderrInterface},
    {&filesystem::kInterface},
    {&preopens::kInterface},
    {&sockets::kNetworkInterface},
    {&sockets::kInstanceNetworkInterface},
    {&sockets::tcp::kInterface},
    {&sockets::tcp::kCreateSocketInterface},
    {&sockets::udp::kInterface},
    {&sockets::udp::kCreateSocketInterface},
    {&sockets::ip_name_lookup::kInterface},
};

// Features of single functions, which are linked always.
constexpr std::string_view kAlwaysLinked[] = {"network-error-code"};

}  // namespace

void add_imports(component::ComponentLinker& linker, WasiContext& context) {
  for (const Registration& registration : kRegistrations) {
    const auto& features = context.features;
    const bool enabled =
        registration.feature.empty() ||
        std::find(features.begin(), features.end(), registration.feature) != features.end();
    if (enabled) linker.add(*registration.interface, &context);
  }
  for (const component::HostInterface& interface : http::kInterfaces)
    linker.add(interface, &context);
}

bool is_known_feature(std::string_view feature) {
  if (std::ranges::find(kAlwaysLinked, feature) != std::end(kAlwaysLinked)) return true;
  return std::any_of(std::begin(kRegistrations), std::end(kRegistrations),
                     [&](const Registration& registration) {
                       return !feature.empty() && registration.feature == feature;
                     });
}

std::string with_feature_hints(std::string link_error) {
  for (const Registration& registration : kRegistrations) {
    if (registration.feature.empty()) continue;
    const size_t name = link_error.find("`" + std::string(registration.interface->name) + "@");
    const size_t line_end = std::min(link_error.find('\n', name), link_error.size());
    if (name == std::string::npos) continue;
    link_error.insert(line_end, ": it is not stable yet, -S " + std::string(registration.feature) +
                                    " provides it");
  }
  return link_error;
}

}  // namespace wisp::wasi
