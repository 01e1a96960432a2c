// Values of host functions, as C++ has them and as the reference has them: each into the other.
#pragma once

#include <bit>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "component/host/host_types.h"
#include "tests/support/adapter/reference_values.h"

namespace wisp::test {

// The resource of the host functions, which stands for a number.
class NumberedResource : public component::HostResource {
 public:
  NumberedResource(uint32_t number, ReferenceDrops& drops) : number_(number), drops_(drops) {}
  ~NumberedResource() override { drops_.note(number_); }
  uint32_t number() const { return number_; }

 private:
  uint32_t number_;
  ReferenceDrops& drops_;
};
using OwnResource = std::unique_ptr<NumberedResource>;

// --- From C++. Owned resources end here.

template <class T>
requires std::is_arithmetic_v<T> ReferenceValue to_reference(T& value) {
  ReferenceValue made;
  if constexpr (std::is_same_v<T, bool>) {
    made.bits = value ? 1 : 0;
  } else {
    std::memcpy(&made.bits, &value, sizeof value);
  }
  return made;
}
inline ReferenceValue to_reference(std::string_view& text) {
  ReferenceValue made;
  made.string.text = decode_utf8(reinterpret_cast<const uint8_t*>(text.data()), text.size());
  return made;
}
inline ReferenceValue to_reference(OwnResource& resource) {
  ReferenceValue made;
  made.bits = resource->number();
  resource.reset();
  return made;
}
inline ReferenceValue to_reference(NumberedResource& resource) {
  ReferenceValue made;
  made.bits = resource.number();
  return made;
}
inline ReferenceValue to_reference(NumberedResource* const& resource) {
  return to_reference(*resource);
}

template <class T>
ReferenceValue to_reference(std::span<const T>& list);
template <class T>
ReferenceValue to_reference(std::vector<T>& list);
template <class... T>
ReferenceValue to_reference(std::tuple<T...>& tuple);
template <class T>
ReferenceValue to_reference(std::optional<T>& option);

inline ReferenceValue to_reference(std::span<NumberedResource* const>& list) {
  ReferenceValue made;
  for (NumberedResource* const& each : list) made.parts.push_back(to_reference(each));
  return made;
}
template <class T>
ReferenceValue to_reference(std::span<const T>& list) {
  ReferenceValue made;
  for (T each : list) made.parts.push_back(to_reference(each));
  return made;
}
template <class T>
ReferenceValue to_reference(std::vector<T>& list) {
  ReferenceValue made;
  for (T& each : list) made.parts.push_back(to_reference(each));
  return made;
}
template <class... T>
ReferenceValue to_reference(std::tuple<T...>& tuple) {
  ReferenceValue made;
  std::apply([&made](T&... each) { (made.parts.push_back(to_reference(each)), ...); }, tuple);
  return made;
}
template <class T>
ReferenceValue to_reference(std::optional<T>& option) {
  ReferenceValue made;
  made.bits = option ? 1 : 0;
  if (option) made.parts.push_back(to_reference(*option));
  return made;
}

// --- To C++

template <class T>
struct FromReference {
  static T make(const ReferenceValue& value, ReferenceDrops&) {
    T made{};
    std::memcpy(&made, &value.bits, sizeof made);
    return made;
  }
};
template <>
struct FromReference<std::string> {
  static std::string make(const ReferenceValue& value, ReferenceDrops&) {
    const std::vector<uint8_t> bytes = encode_utf8(value.string.text);
    return {bytes.begin(), bytes.end()};
  }
};
template <>
struct FromReference<OwnResource> {
  static OwnResource make(const ReferenceValue& value, ReferenceDrops& drops) {
    return std::make_unique<NumberedResource>(static_cast<uint32_t>(value.bits), drops);
  }
};
template <class T>
struct FromReference<std::vector<T>> {
  static std::vector<T> make(const ReferenceValue& value, ReferenceDrops& drops) {
    std::vector<T> made;
    for (const ReferenceValue& each : value.parts) {
      made.push_back(FromReference<T>::make(each, drops));
    }
    return made;
  }
};
template <class... T>
struct FromReference<std::tuple<T...>> {
  static std::tuple<T...> make(const ReferenceValue& value, ReferenceDrops& drops) {
    return make(value, drops, std::index_sequence_for<T...>{});
  }
  template <size_t... I>
  static std::tuple<T...> make(const ReferenceValue& value, ReferenceDrops& drops,
                               std::index_sequence<I...>) {
    return {FromReference<T>::make(value.parts[I], drops)...};
  }
};
template <class T>
struct FromReference<std::optional<T>> {
  static std::optional<T> make(const ReferenceValue& value, ReferenceDrops& drops) {
    if (value.bits == 0) return std::nullopt;
    return FromReference<T>::make(value.parts[0], drops);
  }
};
template <class T, class E>
struct FromReference<component::Outcome<T, E>> {
  static component::Outcome<T, E> make(const ReferenceValue& value, ReferenceDrops& drops) {
    if (value.bits != 0) {
      return component::Failure<E>{FromReference<E>::make(value.parts[0], drops)};
    }
    if constexpr (std::is_void_v<T>) {
      return {};
    } else {
      return FromReference<T>::make(value.parts[0], drops);
    }
  }
};

// Without the strings' sources, which a host function does not see.
inline bool same(const ReferenceValue& left, const ReferenceValue& right) {
  return left.bits == right.bits && left.string.text == right.string.text &&
         std::equal(left.parts.begin(), left.parts.end(), right.parts.begin(), right.parts.end(),
                    [](const auto& one, const auto& other) { return same(one, other); });
}

}  // namespace wisp::test
