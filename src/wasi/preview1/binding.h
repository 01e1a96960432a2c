// Functions of preview 1 as plain C++ functions: the C++ type says the core type.
//
// | parameter                       | in core WebAssembly                                        |
// |---------------------------------|------------------------------------------------------------|
// | uint32_t, Fd                    | i32                                                        |
// | uint64_t, int64_t               | i64                                                        |
// | an enumeration, flags (types.h) | i32, i64 for Rights; EINVAL or EOVERFLOW where it is no    |
// |                                 | such value, as Wasmtime tells them apart                   |
// | Pointer<T>                      | i32, where a result goes                                   |
// | Array<T>, String                | i32 address and i32 count                                  |
//
// A function is `int f(Call& call, Parameters...)` or, where it does not return, `void`. Its result
// becomes an i32, the errno. Example:
//
//   int fd_tell(Call&, Fd fd, Pointer<Filesize> offset);
//   constexpr Function kFunctions[] = {function<"fd_tell", &fd_tell>()};
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>

#include "jit/runtime/host_function.h"
#include "wasi/preview1/errno.h"
#include "wasi/preview1/process.h"
#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

struct Function {
  std::string_view name;
  jit::HostCode code;  // expects a Process
  std::span<const jit::ValueType> parameters;
  bool returns;
};

namespace detail {

template <size_t kSize>
struct Name {
  consteval Name(const char (&its_text)[kSize]) {  // NOLINT: to be written as a literal
    for (size_t i = 0; i < kSize; i++) text[i] = its_text[i];
  }
  constexpr operator std::string_view() const { return {text, kSize - 1}; }
  char text[kSize] = {};
};

// How many slots a parameter takes, of which type, and what stands in them. read() gives 0 or a
// negated errno.
template <class P>
struct Parameter;

template <class P, jit::ValueType kType>
struct Number {
  static constexpr jit::ValueType kTypes[] = {kType};
  static int read(const uint64_t* slots, P& value) {
    value = static_cast<P>(slots[0]);
    return 0;
  }
};
template <>
struct Parameter<uint32_t> : Number<uint32_t, jit::ValueType::kI32> {};
template <>
struct Parameter<uint64_t> : Number<uint64_t, jit::ValueType::kI64> {};
template <>
struct Parameter<int64_t> : Number<int64_t, jit::ValueType::kI64> {};
template <>
struct Parameter<Fd> : Number<Fd, jit::ValueType::kI32> {};

template <class E>
concept Enumeration = requires {
  E::kLast;
};

template <class E>
requires Enumeration<E> || Flags<E>
struct Parameter<E> {
  using Bits = std::underlying_type_t<E>;
  using Slot = std::conditional_t<sizeof(E) == 8, int64_t, int32_t>;
  static constexpr jit::ValueType kTypes[] = {sizeof(E) == 8 ? jit::ValueType::kI64
                                                             : jit::ValueType::kI32};

  static int read(const uint64_t* slots, E& value) {
    const auto slot = static_cast<Slot>(slots[0]);
    if (slot < 0 || static_cast<uint64_t>(slot) > std::numeric_limits<Bits>::max())
      return -EOVERFLOW;
    const auto bits = static_cast<Bits>(slot);
    if constexpr (Enumeration<E>) {
      if (bits > static_cast<Bits>(E::kLast)) return -EINVAL;
    } else {
      if ((bits & ~static_cast<Bits>(E::kAll)) != 0) return -EINVAL;
    }
    value = static_cast<E>(bits);
    return 0;
  }
};

template <class T>
struct Parameter<Pointer<T>> {
  static constexpr jit::ValueType kTypes[] = {jit::ValueType::kI32};
  static int read(const uint64_t* slots, Pointer<T>& value) {
    value.address = static_cast<uint32_t>(slots[0]);
    return 0;
  }
};

template <class P>
struct AddressAndCount {
  static constexpr jit::ValueType kTypes[] = {jit::ValueType::kI32, jit::ValueType::kI32};
  static int read(const uint64_t* slots, P& value) {
    value = {static_cast<uint32_t>(slots[0]), static_cast<uint32_t>(slots[1])};
    return 0;
  }
};
template <class T>
struct Parameter<Array<T>> : AddressAndCount<Array<T>> {};
template <>
struct Parameter<String> : AddressAndCount<String> {};

template <class... P>
constexpr auto join_types() {
  constexpr size_t kCount = (0 + ... + std::size(Parameter<P>::kTypes));
  std::array<jit::ValueType, kCount> joined = {};
  [[maybe_unused]] size_t next = 0;
  [[maybe_unused]] const auto append = [&](const auto& types) {
    for (const jit::ValueType type : types) joined[next++] = type;
  };
  (append(Parameter<P>::kTypes), ...);
  return joined;
}

template <Name kName, auto kFunction, class F = decltype(kFunction)>
struct Thunk;

template <Name kName, auto kFunction, class Return, class... P>
struct Thunk<kName, kFunction, Return (*)(Call&, P...)> {
  static constexpr auto kParameters = join_types<P...>();
  static constexpr bool kReturns = !std::is_void_v<Return>;

  static jit::TrapCode run(void* environment, uint64_t* values) {
    auto& process = *static_cast<Process*>(environment);
    Call call(process, kName);
    if (process.memory == nullptr) [[unlikely]] {
      call.trap("the module exports no memory by the name `memory`");
      return call.finish();
    }
    std::tuple<P...> arguments;
    int error = 0;
    std::apply([&](auto&... argument) { read(values, error, argument...); }, arguments);
    if constexpr (kReturns) {
      const int result = error != 0 ? error : apply(call, arguments);
      values[0] = static_cast<uint64_t>(result == 0 ? Errno::kSuccess : to_errno(-result));
    } else {
      apply(call, arguments);
    }
    return call.finish();
  }

 private:
  template <class... A>
  static void read(const uint64_t* slots, int& error, A&... argument) {
    [[maybe_unused]] const auto take = [&](auto& one) {
      using One = Parameter<std::remove_reference_t<decltype(one)>>;
      if (error == 0) error = One::read(slots, one);
      slots += std::size(One::kTypes);
    };
    (take(argument), ...);
  }
  static Return apply(Call& call, std::tuple<P...>& arguments) {
    return std::apply([&](auto&... argument) { return kFunction(call, argument...); }, arguments);
  }
};

}  // namespace detail

template <detail::Name kName, auto kFunction>
constexpr Function function() {
  using Thunk = detail::Thunk<kName, kFunction>;
  return {kName, &Thunk::run, Thunk::kParameters, Thunk::kReturns};
}

}  // namespace wisp::wasi::preview1
