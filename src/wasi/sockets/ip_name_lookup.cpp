#include "wasi/sockets/ip_name_lookup.h"

#include "wasi/trap_stubs.h"

namespace wisp::wasi::sockets::ip_name_lookup {

namespace {

constexpr std::string_view kName = "wasi:sockets/ip-name-lookup";
constexpr std::string_view kResources[] = {
    "resolve-address-stream",
};
constexpr std::string_view kFunctions[] = {
    "[method]resolve-address-stream.resolve-next-address",
    "[method]resolve-address-stream.subscribe",
    "resolve-addresses",
};
constexpr auto kItems = trap_stubs<kName, kResources, kFunctions>();

}  // namespace

const component::HostInterface kInterface{kName, "0.2.12", kItems};

}  // namespace wisp::wasi::sockets::ip_name_lookup
