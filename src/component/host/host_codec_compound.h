// Codecs of types made of others: tuples, records, variants, options, results; and enums and flags.
// Internal to host_binding.h; host_codec.h says what a codec is.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "component/host/host_codec.h"
#include "component/type/layout.h"

namespace wisp::component::detail {

// --- Records and tuples

// Layout of fields one after the other.
template <class... T>
struct Sequence {
  static constexpr uint32_t kAlign = [] {
    uint32_t result = 1;
    ((result = Codec<T>::kAlign > result ? Codec<T>::kAlign : result), ...);
    return result;
  }();
  static constexpr auto kOffsets = [] {
    std::array<uint32_t, sizeof...(T) + 1> result{};
    uint32_t offset = 0;
    size_t i = 0;
    ((offset = align_to(offset, Codec<T>::kAlign), result[i++] = offset, offset += Codec<T>::kSize),
     ...);
    result[i] = align_to(offset, kAlign);
    return result;
  }();
  static constexpr auto kSlots = [] {
    std::array<uint32_t, sizeof...(T) + 1> result{};
    uint32_t slot = 0;
    size_t i = 0;
    ((result[i++] = slot, slot += Codec<T>::kFlat), ...);
    result[i] = slot;
    return result;
  }();
  static constexpr uint32_t kSize = kOffsets[sizeof...(T)], kFlat = kSlots[sizeof...(T)];
};

template <class... T>
struct Codec<std::tuple<T...>> {
  using S = Sequence<T...>;
  static constexpr const HostType* kMembers[] = {&Codec<T>::kType...};
  static constexpr HostType kType{TypeKind::kTuple, {}, kMembers};
  static constexpr uint32_t kSize = S::kSize, kAlign = S::kAlign, kFlat = S::kFlat;

  static bool lift_flat(HostCall& call, const uint64_t* slots, std::tuple<T...>& out) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Codec<T>::lift_flat(call, slots + S::kSlots[I], std::get<I>(out)) && ...);
    }
    (std::index_sequence_for<T...>{});
  }
  static bool load(HostCall& call, uint32_t address, std::tuple<T...>& out) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Codec<T>::load(call, address + S::kOffsets[I], std::get<I>(out)) && ...);
    }
    (std::index_sequence_for<T...>{});
  }
  template <class V>
  static bool store(HostCall& call, uint32_t address, V&& value) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (
          Codec<T>::store(call, address + S::kOffsets[I], std::get<I>(std::forward<V>(value))) &&
          ...);
    }
    (std::index_sequence_for<T...>{});
  }
  template <class V>
  static bool lower_flat(HostCall& call, V&& value, uint64_t* slots) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (
          Codec<T>::lower_flat(call, std::get<I>(std::forward<V>(value)), slots + S::kSlots[I]) &&
          ...);
    }
    (std::index_sequence_for<T...>{});
  }
};
template <class A, class B>
struct Codec<std::pair<A, B>> : Codec<std::tuple<A, B>> {
  using Base = Codec<std::tuple<A, B>>;
  static bool lift_flat(HostCall& call, const uint64_t* slots, std::pair<A, B>& out) {
    return Codec<A>::lift_flat(call, slots, out.first) &&
           Codec<B>::lift_flat(call, slots + Base::S::kSlots[1], out.second);
  }
  static bool load(HostCall& call, uint32_t address, std::pair<A, B>& out) {
    return Codec<A>::load(call, address, out.first) &&
           Codec<B>::load(call, address + Base::S::kOffsets[1], out.second);
  }
};

template <HostRecord T>
struct Codec<T> {
  static constexpr const auto& kFields = RecordOf<T>::fields;
  template <class F>
  struct MemberOf;
  template <class C, class M>
  struct MemberOf<Field<C, M>> {
    using type = M;
  };
  template <class Tuple>
  struct Unpack;
  template <class... F>
  struct Unpack<std::tuple<F...>> {
    using S = Sequence<typename MemberOf<F>::type...>;
    static constexpr const HostType* kMembers[] = {&Codec<typename MemberOf<F>::type>::kType...};
    static constexpr auto kNames = std::apply(
        [](const auto&... field) {
          return std::array<std::string_view, sizeof...(F)>{field.name...};
        },
        RecordOf<T>::fields);
    using Indices = std::index_sequence_for<F...>;
  };
  using U = Unpack<std::remove_cvref_t<decltype(RecordOf<T>::fields)>>;
  using S = typename U::S;
  template <size_t I>
  using Member =
      typename MemberOf<std::remove_cvref_t<decltype(std::get<I>(RecordOf<T>::fields))>>::type;

  static constexpr HostType kType{TypeKind::kRecord, U::kNames, U::kMembers};
  static constexpr uint32_t kSize = S::kSize, kAlign = S::kAlign, kFlat = S::kFlat;

  static bool lift_flat(HostCall& call, const uint64_t* slots, T& out) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Codec<Member<I>>::lift_flat(call, slots + S::kSlots[I],
                                          out.*std::get<I>(kFields).member) &&
              ...);
    }
    (typename U::Indices{});
  }
  static bool load(HostCall& call, uint32_t address, T& out) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Codec<Member<I>>::load(call, address + S::kOffsets[I],
                                     out.*std::get<I>(kFields).member) &&
              ...);
    }
    (typename U::Indices{});
  }
  template <class V>
  static bool store(HostCall& call, uint32_t address, V&& value) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Codec<Member<I>>::store(call, address + S::kOffsets[I],
                                      std::forward<V>(value).*std::get<I>(kFields).member) &&
              ...);
    }
    (typename U::Indices{});
  }
  template <class V>
  static bool lower_flat(HostCall& call, V&& value, uint64_t* slots) {
    return [&]<size_t... I>(std::index_sequence<I...>) {
      return (Codec<Member<I>>::lower_flat(call,
                                           std::forward<V>(value).*std::get<I>(kFields).member,
                                           slots + S::kSlots[I]) &&
              ...);
    }
    (typename U::Indices{});
  }
};

// --- Variants

constexpr uint32_t discriminant_size(size_t cases) {
  return cases <= 256 ? 1 : cases <= 65536 ? 2 : 4;
}

template <uint32_t kBytes>
uint32_t load_discriminant(HostCall& call, uint32_t address) {
  if constexpr (kBytes == 1) return load_scalar<uint8_t>(call.memory(), address);
  if constexpr (kBytes == 2) return load_scalar<uint16_t>(call.memory(), address);
  if constexpr (kBytes == 4) return load_scalar<uint32_t>(call.memory(), address);
}
template <uint32_t kBytes>
void store_discriminant(HostCall& call, uint32_t address, uint32_t value) {
  if constexpr (kBytes == 1)
    store_scalar<uint8_t>(call.memory(), address, static_cast<uint8_t>(value));
  if constexpr (kBytes == 2)
    store_scalar<uint16_t>(call.memory(), address, static_cast<uint16_t>(value));
  if constexpr (kBytes == 4) store_scalar<uint32_t>(call.memory(), address, value);
}

// A payload that may be absent.
template <class T>
struct Payload {
  static constexpr const HostType* kType = &Codec<T>::kType;
  static constexpr uint32_t kSize = Codec<T>::kSize, kAlign = Codec<T>::kAlign,
                            kFlat = Codec<T>::kFlat;
  static bool lift_flat(HostCall& call, const uint64_t* slots, T& out) {
    return Codec<T>::lift_flat(call, slots, out);
  }
  static bool load(HostCall& call, uint32_t address, T& out) {
    return Codec<T>::load(call, address, out);
  }
  template <class V>
  static bool store(HostCall& call, uint32_t address, V&& value) {
    return Codec<T>::store(call, address, std::forward<V>(value));
  }
  template <class V>
  static bool lower_flat(HostCall& call, V&& value, uint64_t* slots) {
    return Codec<T>::lower_flat(call, std::forward<V>(value), slots);
  }
};
template <>
struct Payload<Unit> {
  static constexpr const HostType* kType = nullptr;
  static constexpr uint32_t kSize = 0, kAlign = 1, kFlat = 0;
  static bool lift_flat(HostCall&, const uint64_t*, Unit&) { return true; }
  static bool load(HostCall&, uint32_t, Unit&) { return true; }
  static bool store(HostCall&, uint32_t, Unit) { return true; }
  static bool lower_flat(HostCall&, Unit, uint64_t*) { return true; }
};
template <>
struct Payload<void> : Payload<Unit> {};

template <class... T>
struct Cases {
  static constexpr uint32_t kDiscriminant = discriminant_size(sizeof...(T));
  static constexpr uint32_t kPayloadAlign = [] {
    uint32_t result = 1;
    ((result = Payload<T>::kAlign > result ? Payload<T>::kAlign : result), ...);
    return result;
  }();
  static constexpr uint32_t kPayloadSize = [] {
    uint32_t result = 0;
    ((result = Payload<T>::kSize > result ? Payload<T>::kSize : result), ...);
    return result;
  }();
  static constexpr uint32_t kFlat = 1 + [] {
    uint32_t result = 0;
    ((result = Payload<T>::kFlat > result ? Payload<T>::kFlat : result), ...);
    return result;
  }();
  static constexpr uint32_t kAlign = kPayloadAlign > kDiscriminant ? kPayloadAlign : kDiscriminant;
  static constexpr uint32_t kPayload = align_to(kDiscriminant, kPayloadAlign);
  static constexpr uint32_t kSize = align_to(kPayload + kPayloadSize, kAlign);
  static constexpr const HostType* kMembers[] = {Payload<T>::kType...};

  // What the payload leaves over is zero.
  static void lower_discriminant(uint32_t discriminant, uint64_t* slots) {
    slots[0] = discriminant;
    for (uint32_t i = 1; i < kFlat; i++) slots[i] = 0;
  }
};

template <class T>
struct Codec<std::optional<T>> {
  using C = Cases<Unit, T>;
  static constexpr const HostType* kMembers[] = {&Codec<T>::kType};
  static constexpr HostType kType{TypeKind::kOption, {}, kMembers};
  static constexpr uint32_t kSize = C::kSize, kAlign = C::kAlign, kFlat = C::kFlat;

  static bool lift_flat(HostCall& call, const uint64_t* slots, std::optional<T>& out) {
    const auto discriminant = static_cast<uint32_t>(*slots);
    if (discriminant == 0) return true;
    if (discriminant > 1) [[unlikely]]
      return bad_discriminant(call);
    return Codec<T>::lift_flat(call, slots + 1, out.emplace());
  }
  static bool load(HostCall& call, uint32_t address, std::optional<T>& out) {
    const uint32_t discriminant = load_discriminant<1>(call, address);
    if (discriminant == 0) return true;
    if (discriminant > 1) [[unlikely]]
      return bad_discriminant(call);
    return Codec<T>::load(call, address + C::kPayload, out.emplace());
  }
  template <class V>
  static bool store(HostCall& call, uint32_t address, V&& value) {
    store_discriminant<1>(call, address, value.has_value() ? 1 : 0);
    return !value.has_value() ||
           Codec<T>::store(call, address + C::kPayload, *std::forward<V>(value));
  }
  template <class V>
  static bool lower_flat(HostCall& call, V&& value, uint64_t* slots) {
    C::lower_discriminant(value.has_value() ? 1 : 0, slots);
    return !value.has_value() || Codec<T>::lower_flat(call, *std::forward<V>(value), slots + 1);
  }
};

template <class T, class E>
struct Codec<Outcome<T, E>> {
  using Ok = std::conditional_t<std::is_void_v<T>, Unit, T>;
  using C = Cases<Ok, E>;
  static constexpr HostType kType{TypeKind::kResult, {}, C::kMembers};
  static constexpr uint32_t kSize = C::kSize, kAlign = C::kAlign, kFlat = C::kFlat;

  static bool lift_flat(HostCall& call, const uint64_t* slots, Outcome<T, E>& out) {
    const auto discriminant = static_cast<uint32_t>(*slots);
    if (discriminant > 1) [[unlikely]]
      return bad_discriminant(call);
    return lift_payload(discriminant, out, [&]<class P>(P& payload) {
      return Payload<P>::lift_flat(call, slots + 1, payload);
    });
  }
  static bool load(HostCall& call, uint32_t address, Outcome<T, E>& out) {
    const uint32_t discriminant = load_discriminant<1>(call, address);
    if (discriminant > 1) [[unlikely]]
      return bad_discriminant(call);
    return lift_payload(discriminant, out, [&]<class P>(P& payload) {
      return Payload<P>::load(call, address + C::kPayload, payload);
    });
  }
  template <class V>
  static bool store(HostCall& call, uint32_t address, V&& value) {
    store_discriminant<1>(call, address, value.ok() ? 0 : 1);
    if (value.ok())
      return Payload<Ok>::store(call, address + C::kPayload, std::move(value.value()));
    return Payload<E>::store(call, address + C::kPayload, std::move(value.error()));
  }
  template <class V>
  static bool lower_flat(HostCall& call, V&& value, uint64_t* slots) {
    C::lower_discriminant(value.ok() ? 0 : 1, slots);
    if (value.ok()) return Payload<Ok>::lower_flat(call, std::move(value.value()), slots + 1);
    return Payload<E>::lower_flat(call, std::move(value.error()), slots + 1);
  }

 private:
  template <class Lift>
  static bool lift_payload(uint32_t discriminant, Outcome<T, E>& out, Lift lift) {
    if (discriminant == 0) {
      Ok payload{};
      if (!lift(payload)) [[unlikely]]
        return false;
      out = Outcome<T, E>(std::move(payload));
    } else {
      E payload{};
      if (!lift(payload)) [[unlikely]]
        return false;
      out = Outcome<T, E>(Failure<E>{std::move(payload)});
    }
    return true;
  }
};

template <HostVariant T>
struct Codec<T> {
  template <class V>
  struct Unpack;
  template <class... P>
  struct Unpack<std::variant<P...>> {
    using C = Cases<P...>;
    using Indices = std::index_sequence_for<P...>;
  };
  using Alternatives = decltype(T::value);
  using C = typename Unpack<Alternatives>::C;
  using Indices = typename Unpack<Alternatives>::Indices;
  static constexpr size_t kCount = std::variant_size_v<Alternatives>;
  static_assert(std::size(VariantOf<T>::names) == kCount, "one name for each case");

  static constexpr HostType kType{TypeKind::kVariant, VariantOf<T>::names, C::kMembers};
  static constexpr uint32_t kSize = C::kSize, kAlign = C::kAlign, kFlat = C::kFlat;

  static bool lift_flat(HostCall& call, const uint64_t* slots, T& out) {
    return lift_case(call, static_cast<uint32_t>(*slots), out, [&]<class P>(P& payload) {
      return Payload<P>::lift_flat(call, slots + 1, payload);
    });
  }
  static bool load(HostCall& call, uint32_t address, T& out) {
    return lift_case(call, load_discriminant<C::kDiscriminant>(call, address), out,
                     [&]<class P>(P& payload) {
                       return Payload<P>::load(call, address + C::kPayload, payload);
                     });
  }
  template <class V>
  static bool store(HostCall& call, uint32_t address, V&& value) {
    const size_t index = value.value.index();
    store_discriminant<C::kDiscriminant>(call, address, static_cast<uint32_t>(index));
    return [&]<size_t... I>(std::index_sequence<I...>) {
      bool stored = true;
      static_cast<void>(
          ((index == I && (stored = Payload<std::variant_alternative_t<I, Alternatives>>::store(
                               call, address + C::kPayload, std::get<I>(std::move(value.value))),
                           true)) ||
           ...));
      return stored;
    }
    (Indices{});
  }
  template <class V>
  static bool lower_flat(HostCall& call, V&& value, uint64_t* slots) {
    const size_t index = value.value.index();
    C::lower_discriminant(static_cast<uint32_t>(index), slots);
    return [&]<size_t... I>(std::index_sequence<I...>) {
      bool lowered = true;
      static_cast<void>(
          ((index == I &&
            (lowered = Payload<std::variant_alternative_t<I, Alternatives>>::lower_flat(
                 call, std::get<I>(std::forward<V>(value).value), slots + 1),
             true)) ||
           ...));
      return lowered;
    }
    (Indices{});
  }

 private:
  template <class Lift>
  static bool lift_case(HostCall& call, uint32_t discriminant, T& out, Lift lift) {
    if (discriminant >= kCount) [[unlikely]]
      return bad_discriminant(call);
    return [&]<size_t... I>(std::index_sequence<I...>) {
      bool lifted = true;
      static_cast<void>(
          ((discriminant == I && (lifted = lift(out.value.template emplace<I>()), true)) || ...));
      return lifted;
    }
    (Indices{});
  }
};

// --- Enums and flags: both are C++ enumerations

template <HostEnum T>
struct Codec<T> {
  static constexpr size_t kCount = std::size(EnumOf<T>::names);
  static constexpr uint32_t kDiscriminant = discriminant_size(kCount);
  static constexpr HostType kType{TypeKind::kEnum, EnumOf<T>::names};
  static constexpr uint32_t kSize = kDiscriminant, kAlign = kDiscriminant, kFlat = 1;

  static bool check(HostCall& call, uint32_t discriminant, T& out) {
    if (discriminant >= kCount) [[unlikely]]
      return bad_discriminant(call);
    out = static_cast<T>(discriminant);
    return true;
  }
  static bool lift_flat(HostCall& call, const uint64_t* slots, T& out) {
    return check(call, static_cast<uint32_t>(*slots), out);
  }
  static bool load(HostCall& call, uint32_t address, T& out) {
    return check(call, load_discriminant<kDiscriminant>(call, address), out);
  }
  static bool store(HostCall& call, uint32_t address, T value) {
    store_discriminant<kDiscriminant>(call, address, static_cast<uint32_t>(value));
    return true;
  }
  static bool lower_flat(HostCall&, T value, uint64_t* slots) {
    slots[0] = static_cast<uint32_t>(value);
    return true;
  }
};

template <HostFlags T>
struct Codec<T> {
  static constexpr size_t kCount = std::size(FlagsOf<T>::names);
  static_assert(kCount <= 32);
  static constexpr uint32_t kBytes = kCount <= 8 ? 1 : kCount <= 16 ? 2 : 4;
  static constexpr uint32_t kMask = kCount == 32 ? ~0u : (1u << kCount) - 1;
  static constexpr HostType kType{TypeKind::kFlags, FlagsOf<T>::names};
  static constexpr uint32_t kSize = kBytes, kAlign = kBytes, kFlat = 1;

  static bool lift_flat(HostCall&, const uint64_t* slots, T& out) {
    out = static_cast<T>(static_cast<uint32_t>(*slots) & kMask);
    return true;
  }
  static bool load(HostCall& call, uint32_t address, T& out) {
    out = static_cast<T>(load_discriminant<kBytes>(call, address) & kMask);
    return true;
  }
  static bool store(HostCall& call, uint32_t address, T value) {
    store_discriminant<kBytes>(call, address, static_cast<uint32_t>(value) & kMask);
    return true;
  }
  static bool lower_flat(HostCall&, T value, uint64_t* slots) {
    slots[0] = static_cast<uint32_t>(value) & kMask;
    return true;
  }
};

}  // namespace wisp::component::detail
