// Codec<T>: how a C++ type lies in linear memory and in flat slots. Internal to host_binding.h; the
// table there says which component type each one is.
//
// Every codec has
//
//   kType                          the component type
//   kSize, kAlign, kFlat           layout in memory; number of flat slots
//   lift_flat(call, slots, out)    from 64-bit slots (i32 and f32 in the low half: joined variants
//                                  need no conversion)
//   load(call, address, out)       from checked memory
//   store(call, address, value)    to checked memory
//   lower_flat(call, value, slots) to kFlat slots
//
// and those that can fail return false with the trap latched in the call.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "component/host/borrowed_list.h"
#include "component/host/host_call.h"
#include "component/host/host_signature.h"
#include "component/host/host_types.h"

namespace wisp::component::detail {

template <class T>
struct Codec;

// --- Scalars

template <class T, TypeKind kKind>
struct ScalarCodec {
  static constexpr HostType kType{kKind};
  static constexpr uint32_t kSize = sizeof(T), kAlign = sizeof(T), kFlat = 1;

  static bool lift_flat(HostCall&, const uint64_t* slots, T& out) {
    if constexpr (std::is_floating_point_v<T>) {
      std::memcpy(&out, slots, sizeof(T));
    } else {
      out = static_cast<T>(*slots);
    }
    return true;
  }
  static bool load(HostCall& call, uint32_t address, T& out) {
    out = load_scalar<T>(call.memory(), address);
    return true;
  }
  static bool store(HostCall& call, uint32_t address, T value) {
    store_scalar<T>(call.memory(), address, value);
    return true;
  }
  static bool lower_flat(HostCall&, T value, uint64_t* slots) {
    if constexpr (std::is_floating_point_v<T>) {
      slots[0] = 0;
      std::memcpy(slots, &value, sizeof value);
    } else if constexpr (sizeof(T) == 8) {
      slots[0] = static_cast<uint64_t>(value);
    } else {
      slots[0] = static_cast<uint32_t>(
          static_cast<int32_t>(value));  // sign-extended to 32 bits where T is signed
    }
    return true;
  }
};
template <>
struct Codec<int8_t> : ScalarCodec<int8_t, TypeKind::kS8> {};
template <>
struct Codec<uint8_t> : ScalarCodec<uint8_t, TypeKind::kU8> {};
template <>
struct Codec<int16_t> : ScalarCodec<int16_t, TypeKind::kS16> {};
template <>
struct Codec<uint16_t> : ScalarCodec<uint16_t, TypeKind::kU16> {};
template <>
struct Codec<int32_t> : ScalarCodec<int32_t, TypeKind::kS32> {};
template <>
struct Codec<uint32_t> : ScalarCodec<uint32_t, TypeKind::kU32> {};
template <>
struct Codec<int64_t> : ScalarCodec<int64_t, TypeKind::kS64> {};
template <>
struct Codec<uint64_t> : ScalarCodec<uint64_t, TypeKind::kU64> {};
template <>
struct Codec<float> : ScalarCodec<float, TypeKind::kF32> {};
template <>
struct Codec<double> : ScalarCodec<double, TypeKind::kF64> {};

template <>
struct Codec<bool> {
  static constexpr HostType kType{TypeKind::kBool};
  static constexpr uint32_t kSize = 1, kAlign = 1, kFlat = 1;
  static bool lift_flat(HostCall&, const uint64_t* slots, bool& out) {
    out = static_cast<uint32_t>(*slots) != 0;
    return true;
  }
  static bool load(HostCall& call, uint32_t address, bool& out) {
    out = call.memory()->base[address] != 0;
    return true;
  }
  static bool store(HostCall& call, uint32_t address, bool value) {
    call.memory()->base[address] = value ? 1 : 0;
    return true;
  }
  static bool lower_flat(HostCall&, bool value, uint64_t* slots) {
    slots[0] = value ? 1 : 0;
    return true;
  }
};

// Latch the trap and return false where it does not hold.
bool bad_discriminant(HostCall& call);

template <>
struct Codec<char32_t> {
  static constexpr HostType kType{TypeKind::kChar};
  static constexpr uint32_t kSize = 4, kAlign = 4, kFlat = 1;
  static bool lift_flat(HostCall& call, const uint64_t* slots, char32_t& out) {
    out = static_cast<char32_t>(*slots);
    return check_char(call, out);
  }
  static bool load(HostCall& call, uint32_t address, char32_t& out) {
    out = load_scalar<uint32_t>(call.memory(), address);
    return check_char(call, out);
  }
  static bool store(HostCall& call, uint32_t address, char32_t value) {
    store_scalar<uint32_t>(call.memory(), address, value);
    return true;
  }
  static bool lower_flat(HostCall&, char32_t value, uint64_t* slots) {
    slots[0] = value;
    return true;
  }
};

// --- Pairs of pointer and length

// Loading and storing through the flat form, for everything that is (pointer, length).
template <class T, class Self>
struct PairCodec {
  static constexpr uint32_t kSize = 8, kAlign = 4, kFlat = 2;
  static bool load(HostCall& call, uint32_t address, T& out) {
    uint64_t slots[2] = {load_scalar<uint32_t>(call.memory(), address),
                         load_scalar<uint32_t>(call.memory(), address + 4)};
    return Self::lift_flat(call, slots, out);
  }
  template <class U>
  static bool store(HostCall& call, uint32_t address, U&& value) {
    uint32_t pointer, length;
    if (!Self::lower(call, std::forward<U>(value), pointer, length)) [[unlikely]]
      return false;
    store_scalar<uint32_t>(call.memory(), address, pointer);
    store_scalar<uint32_t>(call.memory(), address + 4, length);
    return true;
  }
  template <class U>
  static bool lower_flat(HostCall& call, U&& value, uint64_t* slots) {
    uint32_t pointer, length;
    if (!Self::lower(call, std::forward<U>(value), pointer, length)) [[unlikely]]
      return false;
    slots[0] = pointer;
    slots[1] = length;
    return true;
  }
};

template <>
struct Codec<std::string_view> : PairCodec<std::string_view, Codec<std::string_view>> {
  static constexpr HostType kType{TypeKind::kString};
  static bool lift_flat(HostCall& call, const uint64_t* slots, std::string_view& out) {
    return call.lift_string(static_cast<uint32_t>(slots[0]), static_cast<uint32_t>(slots[1]), out);
  }
  static bool lower(HostCall& call, std::string_view value, uint32_t& address, uint32_t& length) {
    return call.lower_string(value, address, length);
  }
};
template <>
struct Codec<std::string> : PairCodec<std::string, Codec<std::string>> {
  static constexpr HostType kType{TypeKind::kString};
  static bool lift_flat(HostCall& call, const uint64_t* slots, std::string& out) {
    std::string_view view;
    if (!Codec<std::string_view>::lift_flat(call, slots, view)) [[unlikely]]
      return false;
    out.assign(view);
    return true;
  }
  static bool lower(HostCall& call, std::string_view value, uint32_t& address, uint32_t& length) {
    return call.lower_string(value, address, length);
  }
};

template <class T>
constexpr bool kIsPlain =
    std::is_arithmetic_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char32_t>;

template <class T>
struct ListType {
  static constexpr const HostType* kMembers[] = {&Codec<T>::kType};
  static constexpr HostType kType{TypeKind::kList, {}, kMembers};
};

// Allocates a list in the guest and stores the elements.
template <class T, class Range>
bool lower_list(HostCall& call, Range&& elements, uint32_t& address, uint32_t& length) {
  using C = Codec<T>;
  const size_t count = elements.size();
  if (!allocate_list(call, call.options(), count, C::kSize, C::kAlign, address)) [[unlikely]]
    return false;
  length = static_cast<uint32_t>(count);
  if constexpr (kIsPlain<T>) {
    const size_t size = size_t{length} * C::kSize;
    if (size != 0) std::memcpy(call.memory()->base + address, elements.data(), size);
  } else {
    uint32_t at = address;
    for (auto& element : elements) {
      if (!C::store(call, at, std::move(element))) [[unlikely]]
        return false;
      at += C::kSize;
    }
  }
  return true;
}

template <class T>
struct Codec<std::span<const T>> : PairCodec<std::span<const T>, Codec<std::span<const T>>> {
  static constexpr HostType kType = ListType<T>::kType;
  static bool lift_flat(HostCall& call, const uint64_t* slots,
                        std::span<const T>& out) requires kIsPlain<T> {
    const auto address = static_cast<uint32_t>(slots[0]), length = static_cast<uint32_t>(slots[1]);
    if (!check_list(call, call.options(), address, length, sizeof(T), sizeof(T))) [[unlikely]]
      return false;
    if (!call.charge(uint64_t{length} * sizeof(T))) [[unlikely]]
      return false;
    out = {reinterpret_cast<const T*>(call.memory()->base + address), length};
    return true;
  }
  static bool lower(HostCall& call, std::span<const T> value, uint32_t& address, uint32_t& length) {
    return lower_list<T>(call, value, address, length);
  }
};

template <class T>
struct Codec<std::vector<T>> : PairCodec<std::vector<T>, Codec<std::vector<T>>> {
  static constexpr HostType kType = ListType<T>::kType;
  static bool lift_flat(HostCall& call, const uint64_t* slots, std::vector<T>& out) {
    using C = Codec<T>;
    auto address = static_cast<uint32_t>(slots[0]);
    const auto length = static_cast<uint32_t>(slots[1]);
    if (!check_list(call, call.options(), address, length, C::kSize, C::kAlign)) [[unlikely]]
      return false;
    if (!call.charge(uint64_t{length} * sizeof(T))) [[unlikely]]
      return false;
    out.resize(length);
    for (uint32_t i = 0; i < length; i++, address += C::kSize) {
      if (!C::load(call, address, out[i])) [[unlikely]]
        return false;
    }
    return true;
  }
  template <class V>
  static bool lower(HostCall& call, V&& value, uint32_t& address, uint32_t& length) {
    return lower_list<T>(call, value, address, length);
  }
};

template <>
struct Codec<ByteProducer> : PairCodec<ByteProducer, Codec<ByteProducer>> {
  static constexpr HostType kType = ListType<uint8_t>::kType;
  static bool lower(HostCall& call, ByteProducer bytes, uint32_t& address, uint32_t& length) {
    if (!allocate_list(call, call.options(), bytes.size, 1, 1, address)) [[unlikely]]
      return false;
    length = static_cast<uint32_t>(bytes.size);
    if (length != 0) bytes.produce({call.memory()->base + address, length});
    return true;
  }
};

// --- Handles

template <class R>
struct HandleType {
  static constexpr HostType kOwn{TypeKind::kOwn, {}, {}, &kHostResourceType<R>};
  static constexpr HostType kBorrow{TypeKind::kBorrow, {}, {}, &kHostResourceType<R>};
};

template <HostResourceClass R>
struct Codec<std::unique_ptr<R>> {
  static constexpr HostType kType = HandleType<R>::kOwn;
  static constexpr uint32_t kSize = 4, kAlign = 4, kFlat = 1;
  static bool lift_flat(HostCall& call, const uint64_t* slots, std::unique_ptr<R>& out) {
    out.reset(static_cast<R*>(call.take(&kHostResourceType<R>, static_cast<uint32_t>(*slots))));
    return out != nullptr;
  }
  static bool load(HostCall& call, uint32_t address, std::unique_ptr<R>& out) {
    const uint64_t slot = load_scalar<uint32_t>(call.memory(), address);
    return lift_flat(call, &slot, out);
  }
  static bool lower_flat(HostCall& call, std::unique_ptr<R>&& value, uint64_t* slots) {
    slots[0] = call.give(&kHostResourceType<R>, value.get());
    if (slots[0] == 0) [[unlikely]]
      return false;
    static_cast<void>(value.release());
    return true;
  }
  static bool store(HostCall& call, uint32_t address, std::unique_ptr<R>&& value) {
    uint64_t slot;
    if (!lower_flat(call, std::move(value), &slot)) [[unlikely]]
      return false;
    store_scalar<uint32_t>(call.memory(), address, static_cast<uint32_t>(slot));
    return true;
  }
};

// A borrowed handle; parameters only. Written R& at the top level.
template <HostResourceClass R>
struct Codec<R*> {
  static constexpr HostType kType = HandleType<R>::kBorrow;
  static constexpr uint32_t kSize = 4, kAlign = 4, kFlat = 1;
  static bool lift_flat(HostCall& call, const uint64_t* slots, R*& out) {
    out = static_cast<R*>(call.borrow(&kHostResourceType<R>, static_cast<uint32_t>(*slots)));
    return out != nullptr;
  }
  static bool load(HostCall& call, uint32_t address, R*& out) {
    const uint64_t slot = load_scalar<uint32_t>(call.memory(), address);
    return lift_flat(call, &slot, out);
  }
};

template <HostResourceClass R>
struct Codec<std::span<R* const>> {
  static constexpr HostType kType = ListType<R*>::kType;
  static constexpr uint32_t kSize = 8, kAlign = 4, kFlat = 2;
  static bool lift_flat(HostCall& call, const uint64_t* slots, std::span<R* const>& out) {
    const auto address = static_cast<uint32_t>(slots[0]), length = static_cast<uint32_t>(slots[1]);
    if (!check_list(call, call.options(), address, length, 4, 4)) [[unlikely]]
      return false;
    if (!call.charge(uint64_t{length} * sizeof(R*))) [[unlikely]]
      return false;
    R** pointers = static_cast<R**>(call.allocate(length * sizeof(R*)));
    if (pointers == nullptr) [[unlikely]]
      return false;
    for (uint32_t i = 0; i < length; i++) {
      if (!Codec<R*>::load(call, address + 4 * i, pointers[i])) [[unlikely]]
        return false;
    }
    out = {pointers, length};
    return true;
  }
};

template <HostResourceClass R>
struct Codec<BorrowedList<R>> {
  static constexpr HostType kType = ListType<R*>::kType;
  static constexpr uint32_t kSize = 8, kAlign = 4, kFlat = 2;
  static bool lift_flat(HostCall& call, const uint64_t* slots, BorrowedList<R>& out) {
    const auto address = static_cast<uint32_t>(slots[0]), length = static_cast<uint32_t>(slots[1]);
    if (!check_list(call, call.options(), address, length, 4, 4)) [[unlikely]]
      return false;
    if (!call.charge(uint64_t{length} * sizeof(R*))) [[unlikely]]
      return false;
    out = {call, {reinterpret_cast<const uint32_t*>(call.memory()->base + address), length}};
    return true;
  }
};

}  // namespace wisp::component::detail
