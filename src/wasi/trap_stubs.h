// Host items of interfaces that are not there yet: any type matches, and a call traps with the name
// of the function.
//
//   constexpr std::string_view kName = "wasi:sockets/tcp";
//   constexpr std::string_view kResources[] = {...}, kFunctions[] = {...};
//   constexpr auto kItems = trap_stubs<kName, kResources, kFunctions>();
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <utility>

#include "component/host/host_binding.h"

namespace wisp::wasi {

constexpr std::span<const std::string_view> kNoNames;

// "wasi:sockets/tcp: [method]tcp-socket.start-bind is not there yet"
void trap_not_there_yet(component::HostCall& call, std::string_view interface,
                        std::string_view function);

namespace detail {

// No object of it is ever made; the type exists because functions mention it.
template <const std::string_view& kInterface, size_t kIndex>
class StubResource : public component::HostResource {};

template <const std::string_view& kInterface, const auto& kFunctions, size_t kIndex>
jit::TrapCode trap_stub(void* environment, uint64_t*) {
  component::HostCall call(static_cast<component::HostFunctionEnvironment*>(environment));
  if (call.enter()) trap_not_there_yet(call, kInterface, kFunctions[kIndex]);
  return call.finish();
}

template <const std::string_view& kInterface, const auto& kResources, const auto& kFunctions,
          size_t... kR, size_t... kF>
constexpr auto make_trap_stubs(std::index_sequence<kR...>, std::index_sequence<kF...>) {
  return std::array<component::HostItem, sizeof...(kR) + sizeof...(kF)>{
      component::host_resource<StubResource<kInterface, kR>>(kResources[kR])...,
      component::HostItem{kFunctions[kF],
                          &trap_stub<kInterface, kFunctions, kF>,
                          {},
                          nullptr,
                          component::SignatureCheck::kNone}...};
}

}  // namespace detail

template <const std::string_view& kInterface, const auto& kResources, const auto& kFunctions>
constexpr auto trap_stubs() {
  return detail::make_trap_stubs<kInterface, kResources, kFunctions>(
      std::make_index_sequence<std::size(kResources)>{},
      std::make_index_sequence<std::size(kFunctions)>{});
}

}  // namespace wisp::wasi
