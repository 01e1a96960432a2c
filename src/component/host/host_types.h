// The C++ side of component types: what host functions take and return. See host_binding.h for the
// table of correspondences; this header alone is enough for declaring resources, records, enums,
// flags and variants.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "component/abi/host_resource.h"

namespace wisp::component {

struct Unit {};  // a payload that is not there

// A list<u8> as a result, that is written straight into the guest's memory.
struct ByteProducer {
  uint64_t size = 0;
  void (*produce)(std::span<uint8_t> to) = nullptr;
};

template <class E>
struct Failure {
  E error;
};
template <class E>
Failure(E) -> Failure<E>;

// The component model's result<T, E>: not a Result, which is for errors of the host.
template <class T, class E>
class Outcome {
 public:
  using value_type = T;
  using error_type = E;

  Outcome() = default;
  Outcome(T value)
      : value_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit, as std::expected
  template <class U>
  requires std::convertible_to<U, E> Outcome(Failure<U> failure)
      : value_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT
  bool ok() const { return value_.index() == 0; }
  T& value() { return std::get<0>(value_); }
  const T& value() const { return std::get<0>(value_); }
  E& error() { return std::get<1>(value_); }
  const E& error() const { return std::get<1>(value_); }

 private:
  std::variant<T, E> value_;
};
template <class E>
class Outcome<void, E> : public Outcome<Unit, E> {
 public:
  using Outcome<Unit, E>::Outcome;
  Outcome() : Outcome<Unit, E>(Unit{}) {}
};

// Specialise these for the types of an interface. Names are those of the WIT, in its order.
//
//   template <> struct RecordOf<Datetime> {
//     static constexpr auto fields = std::tuple{Field{"seconds", &Datetime::seconds},
//                                               Field{"nanoseconds", &Datetime::nanoseconds}};
//   };
//   template <> struct EnumOf<Advice> {
//     static constexpr std::string_view names[] = {"normal", ...};
//   };
//   template <> struct FlagsOf<PathFlags> {
//     static constexpr std::string_view names[] = {"symlink-follow"};
//   };
//   struct StreamError { std::variant<std::unique_ptr<IoError>, Unit> value; };
//   template <> struct VariantOf<StreamError> {
//     static constexpr std::string_view names[] = {"last-operation-failed", "closed"};
//   };
template <class T>
struct RecordOf;
template <class T>
struct EnumOf;
template <class T>
struct FlagsOf;
template <class T>
struct VariantOf;

template <class Class, class Member>
struct Field {
  std::string_view name;
  Member Class::*member;
};
template <class Class, class Member>
Field(const char*, Member Class::*) -> Field<Class, Member>;

template <class T>
concept HostRecord = requires {
  RecordOf<T>::fields;
};
template <class T>
concept HostEnum = requires {
  EnumOf<T>::names;
};
template <class T>
concept HostFlags = requires {
  FlagsOf<T>::names;
};
template <class T>
concept HostVariant = requires {
  VariantOf<T>::names;
};
template <class T>
concept HostResourceClass = std::derived_from<T, HostResource>;

}  // namespace wisp::component
