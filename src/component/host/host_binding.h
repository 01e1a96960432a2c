// Host functions as plain C++ functions: the C++ type says the component type, checked when a
// component is linked.
//
// A thunk made from the C++ type lifts the arguments straight from linear memory and lowers the
// result back: no table walk, no boxed values, no heap for scalars, views and handles. Public:
// everything outside `detail`; the parts are in host_types.h (resources, Outcome, names of records
// and variants) and host_call.h (HostCall).
//
// | WIT                | parameter                            | result                            |
// |--------------------|--------------------------------------|-----------------------------------|
// | bool u8 .. s64 f64 | bool uint8_t .. int64_t double       | the same                          |
// | char               | char32_t                             | char32_t                          |
// | string             | std::string_view (during the call)   | std::string, std::string_view     |
// | list<u8 .. f64>    | std::span<const T> (likewise)        | std::vector<T>, std::span<const T>|
// | list<borrow<R>>    | std::span<R* const>, BorrowedList<R> |                                   |
// | list<T>            | std::vector<T>                       | std::vector<T>, std::span<const T>|
// | list<u8>           |                                      | ByteProducer: made in the guest   |
// | option<T>          | std::optional<T>                     | std::optional<T>                  |
// | result<T, E>       | Outcome<T, E>                        | Outcome<T, E>; void, Unit: none   |
// | tuple<...>         | std::tuple<...>                      | std::tuple<...>                   |
// | record             | a struct with RecordOf<T>            | the same                          |
// | variant            | a struct with VariantOf<T>: a std::variant `value`  | the same |
// | enum, flags        | enum class with EnumOf<T>, FlagsOf<T>| the same                          |
// | own<R>, borrow<R>  | std::unique_ptr<R>, R& (inside: R*)  | std::unique_ptr<R>                |
//
// Views (string_view, span) point into linear memory and end with the call: a host function that
// waits may keep using them, since the guest cannot run meanwhile and memories do not move, but
// none may be stored in a resource.
//
// A host function is `Result f(HostCall& call, Context& context, Parameters...)`. It traps with
// `call.trap("text")` and then returns anything: the thunk looks. Example:
//
//   uint64_t now(HostCall&, WasiContext&);
//   Outcome<std::vector<uint8_t>, StreamError> read(HostCall&, WasiContext&, InputStream& self,
//                                                   uint64_t len);
//   constexpr HostItem kStreams[] = {
//       host_resource<InputStream>("input-stream"),
//       host_function<&read>("[method]input-stream.read"),
//   };
//   constexpr HostInterface kStreamsInterface{"wasi:io/streams", "0.2.12", kStreams};
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "component/host/borrowed_list.h"
#include "component/host/host_call.h"
#include "component/host/host_codec.h"
#include "component/host/host_codec_compound.h"
#include "component/host/host_signature.h"
#include "component/host/host_types.h"
#include "component/type/layout.h"

namespace wisp::component {

// Whether the type of an import must be that of the host function. kNone is for functions that only
// trap: their code looks at no argument.
enum class SignatureCheck : uint8_t { kExact, kNone };

struct HostInterface;

// An item of an interface: a function (with code), a resource type, or an instance in it.
struct HostItem {
  std::string_view name;
  jit::HostCode code = nullptr;  // expects a HostFunctionEnvironment
  HostSignature signature = {};
  const RuntimeResourceType* resource = nullptr;
  SignatureCheck check = SignatureCheck::kExact;
  const HostInterface* instance = nullptr;
};

// An interface that the host provides. `version` may be empty; an empty name stands for the imports
// of the root.
struct HostInterface {
  std::string_view name;
  std::string_view version;
  std::span<const HostItem> items;
};

namespace detail {

// What a parameter is kept in while its function runs, and how it is handed over.
template <class P>
struct Parameter {
  using Held = std::remove_cvref_t<P>;
  using Code = Codec<Held>;
  static Held& pass(Held& held) { return held; }
};
template <HostResourceClass R>
struct Parameter<R&> {
  using Held = R*;
  using Code = Codec<R*>;
  static R& pass(R* held) { return *held; }
};
template <HostResourceClass R>
struct Parameter<const R&> {
  using Held = R*;
  using Code = Codec<R*>;
  static const R& pass(R* held) { return *held; }
};

template <class P>
constexpr bool kByValue = !std::is_reference_v<P>;

// Whether the thunk must watch for a handle that is lent and given away in one call.
constexpr bool holds_kind(const HostType* type, TypeKind kind) {
  if (type == nullptr) return false;
  if (type->kind == kind) return true;
  for (const HostType* member : type->members) {
    if (holds_kind(member, kind)) return true;
  }
  return false;
}

template <auto kFunction, class F = decltype(kFunction)>
struct Thunk;

template <auto kFunction, class Return, class Context, class... P>
struct Thunk<kFunction, Return (*)(HostCall&, Context&, P...)> {
  using S = Sequence<typename Parameter<P>::Held...>;
  // One entry more than there are, since an array cannot be empty.
  static constexpr const HostType* kParams[] = {&Parameter<P>::Code::kType..., nullptr};
  static constexpr const HostType* result_type() {
    if constexpr (std::is_void_v<Return>) {
      return nullptr;
    } else {
      return &Codec<Return>::kType;
    }
  }
  static constexpr HostSignature kSignature{{kParams, sizeof...(P)}, result_type()};
  static constexpr bool kInMemory = S::kFlat > kMaxFlatParams;
  static constexpr uint32_t kSlots = kInMemory ? 1 : S::kFlat;
  // A lent handle must not be given away in the same call; only functions that take both kinds have
  // to watch.
  // Not constexpr: a sanitizer build of g++ does not compare an address with null before run time.
  static inline const bool kMixesHandles =
      (holds_kind(&Parameter<P>::Code::kType, TypeKind::kOwn) || ... || false) &&
      (holds_kind(&Parameter<P>::Code::kType, TypeKind::kBorrow) || ... || false);

  static jit::TrapCode enter(void* environment, uint64_t* values) {
    HostCall call(static_cast<HostFunctionEnvironment*>(environment));
    if (call.enter()) [[likely]]
      run(call, values);
    return call.finish();
  }
  static void run(HostCall& call, uint64_t* values) {
    run(call, values, std::index_sequence_for<P...>{});
  }

 private:
  template <size_t... I>
  static void run(HostCall& call, uint64_t* values, std::index_sequence<I...>) {
    std::tuple<typename Parameter<P>::Held...> held{};
    if (kMixesHandles) call.watch_lends();
    if constexpr (kInMemory) {
      const auto address = static_cast<uint32_t>(values[0]);
      if (!check_area(call, call.options(), address, S::kSize, S::kAlign)) [[unlikely]]
        return;
      if (!(Parameter<P>::Code::load(call, address + S::kOffsets[I], std::get<I>(held)) && ...))
          [[unlikely]]
        return;
    } else {
      if (!(Parameter<P>::Code::lift_flat(call, values + S::kSlots[I], std::get<I>(held)) && ...))
          [[unlikely]]
        return;
    }
    auto& context = *static_cast<Context*>(call.environment().context);
    if constexpr (std::is_void_v<Return>) {
      kFunction(call, context, static_cast<P>(hand_over<P>(std::get<I>(held)))...);
    } else {
      lower(call, values,
            kFunction(call, context, static_cast<P>(hand_over<P>(std::get<I>(held)))...));
    }
  }

  template <class Q, class Held>
  static decltype(auto) hand_over(Held& held) {
    if constexpr (kByValue<Q>) {
      return std::move(held);
    } else {
      return Parameter<Q>::pass(held);
    }
  }

  template <class R>
  static void lower(HostCall& call, uint64_t* values, R result) {
    using C = Codec<R>;
    if (call.unwinding()) [[unlikely]]
      return;
    if constexpr (C::kFlat <= kMaxFlatResults) {
      static_cast<void>(C::lower_flat(call, std::move(result), values));
    } else {
      const auto address = static_cast<uint32_t>(values[kSlots]);
      if (!check_area(call, call.options(), address, C::kSize, C::kAlign)) [[unlikely]]
        return;
      static_cast<void>(C::store(call, address, std::move(result)));
    }
  }
};

}  // namespace detail

// A function of an interface, by its WIT name: "now", "[method]input-stream.read".
template <auto kFunction>
constexpr HostItem host_function(std::string_view name) {
  using T = detail::Thunk<kFunction>;
  return {name, &T::enter, T::kSignature, nullptr, SignatureCheck::kExact};
}

// A resource type that the interface defines.
template <HostResourceClass R>
constexpr HostItem host_resource(std::string_view name) {
  return {name, nullptr, {}, &kHostResourceType<R>, SignatureCheck::kExact};
}

// An instance inside the interface: the name and version of `interface` do not count. Its functions
// get the same context.
constexpr HostItem host_instance(std::string_view name, const HostInterface& interface) {
  return {name, nullptr, {}, nullptr, SignatureCheck::kExact, &interface};
}

}  // namespace wisp::component
