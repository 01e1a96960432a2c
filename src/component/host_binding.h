// Host functions as plain C++ functions: the C++ type says the component type, checked when a component is linked.
//
// A thunk made from the C++ type lifts the arguments straight from linear memory and lowers the result back: no table
// walk, no boxed values, no heap for scalars, views and handles. Public: everything up to `detail`.
//
// | WIT                | parameter                          | result                                    |
// |--------------------|------------------------------------|-------------------------------------------|
// | bool u8 .. s64 f64 | bool uint8_t .. int64_t double     | the same                                  |
// | char               | char32_t                           | char32_t                                  |
// | string             | std::string_view (valid for the call) | std::string, std::string_view          |
// | list<u8..f64>      | std::span<const T> (likewise)      | std::vector<T>, std::span<const T>        |
// | list<borrow<R>>    | std::span<R* const>                |                                           |
// | list<T>            | std::vector<T>                     | std::vector<T>, std::span<const T>        |
// | option<T>          | std::optional<T>                   | std::optional<T>                          |
// | result<T, E>       | Outcome<T, E>                      | Outcome<T, E>; void and Unit: no payload  |
// | tuple<...>         | std::tuple<...>                    | std::tuple<...>                           |
// | record             | a struct with RecordOf<T>          | the same                                  |
// | variant            | a struct holding std::variant, with VariantOf<T> | the same                    |
// | enum, flags        | enum class with EnumOf<T>, FlagsOf<T> | the same                               |
// | own<R>, borrow<R>  | std::unique_ptr<R>, R&             | std::unique_ptr<R>                        |
//
// Views (string_view, span) point into linear memory and end with the call: a host function that waits may keep using
// them, since the guest cannot run meanwhile and memories do not move, but none may be stored in a resource.
//
// A host function is `Result f(HostCall& call, Context& context, Parameters...)`. It traps with
// `call.trap("text")` and then returns anything: the thunk looks. Example:
//
//   uint64_t now(HostCall&, WasiContext&);
//   Outcome<std::vector<uint8_t>, StreamError> read(HostCall&, WasiContext&, InputStream& self, uint64_t len);
//   constexpr HostItem kStreams[] = {
//       host_resource<InputStream>("input-stream"),
//       host_function<&read>("[method]input-stream.read"),
//   };
//   constexpr HostInterface kStreamsInterface{"wasi:io/streams", "0.2.12", kStreams};
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "jit/runtime/trap.h"

namespace wisp::component {

// Base of every resource that the host defines. Owned by the handle table of a component instance, or by a unique_ptr
// while it is on its way. A child keeps a count in its parent; dropping a parent that has children traps.
class HostResource {
 public:
  HostResource() = default;
  virtual ~HostResource();
  HostResource(const HostResource&) = delete;
  HostResource& operator=(const HostResource&) = delete;

  // Declares this a child of `parent` until it is destroyed.
  void set_parent(HostResource& parent);
  uint32_t child_count() const { return child_count_; }

 private:
  HostResource* parent_ = nullptr;
  uint32_t child_count_ = 0;
};

struct Unit {};  // a payload that is not there

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
  Outcome(T value) : value_(std::in_place_index<0>, std::move(value)) {}               // NOLINT
  Outcome(Failure<E> failure) : value_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT
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
//   template <> struct RecordOf<Datetime> {
//     static constexpr auto fields = std::tuple{Field{"seconds", &Datetime::seconds},
//                                               Field{"nanoseconds", &Datetime::nanoseconds}};
//   };
//   template <> struct EnumOf<Advice> { static constexpr std::string_view names[] = {"normal", ...}; };
//   template <> struct FlagsOf<PathFlags> { static constexpr std::string_view names[] = {"symlink-follow"}; };
//   struct StreamError { std::variant<std::unique_ptr<IoError>, Unit> value; };
//   template <> struct VariantOf<StreamError> {
//     static constexpr std::string_view names[] = {"last-operation-failed", "closed"}; };
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

// One call from a guest into the host.
class HostCall {
 public:
  // Ends the guest with this text. The function returns as soon as it can; what it returns is not looked at.
  void trap(std::string message);
  // Unwinds the guest without a diagnostic (wasi:cli/exit).
  void exit();
  bool unwinding() const { return code_ != jit::TrapCode::kNone; }

 private:
  jit::TrapCode code_ = jit::TrapCode::kNone;
};

}  // namespace wisp::component
