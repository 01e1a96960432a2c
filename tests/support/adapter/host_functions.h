// The host functions of host_case.h: one C++ template, instantiated for types that between them
// take each way of host_codec.h. Each notes what it is called with and returns what it is told to.
#pragma once

#include "component/host/host_binding.h"
#include "tests/support/adapter/host_values.h"

namespace wisp::test {

struct HostScript {
  std::vector<ReferenceValue> arguments;  // what it was called with
  ReferenceValue result;                  // what it returns
  bool traps = false;                     // instead
  ReferenceDrops drops;
};

template <class Return, class... P>
Return answer(component::HostCall& call, HostScript& script, P... arguments) {
  (script.arguments.push_back(to_reference(arguments)), ...);
  if (script.traps) call.trap("the host refuses");
  if constexpr (!std::is_void_v<Return>) {
    return FromReference<Return>::make(script.result, script.drops);
  }
}

inline OwnResource make_resource(component::HostCall&, HostScript& script, uint32_t number) {
  return std::make_unique<NumberedResource>(number, script.drops);
}

using Text = std::string_view;
using Borrowed = NumberedResource&;
template <class... T>
using List = std::vector<T...>;
template <class... T>
using Tuple = std::tuple<T...>;

inline constexpr component::HostItem kHostFunctions[] = {
    component::host_function<&answer<List<std::string>, List<Text>, Text>>("f"),
    component::host_function<
        &answer<std::optional<Tuple<std::string, uint8_t>>, List<Tuple<Text, uint16_t>>, bool>>(
        "f"),
    component::host_function<&answer<component::Outcome<List<OwnResource>, std::string>, Borrowed,
                                     std::span<NumberedResource* const>>>("f"),
    component::host_function<&answer<OwnResource, OwnResource, Text>>("f"),
    component::host_function<&answer<List<Tuple<uint64_t, std::optional<std::string>>>, Borrowed,
                                     OwnResource, List<OwnResource>>>("f"),
    component::host_function<
        &answer<List<List<std::string>>, std::optional<List<Text>>, double, int8_t>>("f"),
    component::host_function<
        &answer<component::Outcome<Tuple<char32_t, float, bool>, List<uint8_t>>,
                std::span<const uint8_t>, std::span<const uint32_t>, int16_t, char32_t>>("f"),
    // More flat values than there are parameters for.
    component::host_function<
        &answer<Tuple<std::string, OwnResource, int64_t>, Text, List<Text>, Tuple<Text, Text, Text>,
                uint64_t, std::optional<OwnResource>, List<Tuple<OwnResource, Text>>, Borrowed>>(
        "f"),
    component::host_function<
        &answer<component::Outcome<void, List<std::string>>, List<std::optional<Text>>>>("f"),
    component::host_function<&answer<void, List<List<OwnResource>>, float>>("f"),
};

}  // namespace wisp::test
