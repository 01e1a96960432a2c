// TypedFunction: calls a function that a component exports with C++ values.
//
// The types correspond as for host functions (the table in host_binding.h, with parameters and
// results exchanged); they are compared once, in of(). A call then walks no types and allocates
// nothing of its own. Results own what they hold: the guest takes its memory back (post-return)
// before the call ends. Example:
//
//   auto add = WISP_TRY(TypedFunction<uint32_t(uint32_t, uint32_t)>::of(*function));
//   uint32_t sum = WISP_TRY(add(1, 2));
//
// A guest that waits in a call parks the fiber that it runs on where that is Driven (EventLoop),
// as in calls made inside Store::run_on_guest_stack; else the loop is pumped in place.
#pragma once

#include <tuple>
#include <type_traits>
#include <utility>

#include "component/host/host_binding.h"
#include "component/instance/component_call.h"
#include "component/instance/component_function.h"
#include "component/type/layout.h"

namespace wisp::component {

namespace detail {

// Whether a C++ type points into memory of somebody else.
template <class T>
constexpr bool kIsView = false;
template <>
inline constexpr bool kIsView<std::string_view> = true;
template <>
inline constexpr bool kIsView<ByteProducer> = true;
template <class T>
constexpr bool kIsView<std::span<T>> = true;
template <class T>
constexpr bool kIsView<std::vector<T>> = kIsView<T>;
template <class T>
constexpr bool kIsView<std::optional<T>> = kIsView<T>;
template <class... T>
constexpr bool kIsView<std::tuple<T...>> = (kIsView<T> || ...);
template <class T, class E>
constexpr bool kIsView<Outcome<T, E>> = kIsView<T> || kIsView<E>;

}  // namespace detail

template <class Signature>
class TypedFunction;

template <class Return, class... P>
class TypedFunction<Return(P...)> {
 public:
  static_assert(!detail::kIsView<Return>, "a result must own its data");

  // Error kUsage: the function is of another type.
  static Result<TypedFunction> of(ComponentFunction& function) {
    WISP_TRY(function.check_type(kSignature));
    return TypedFunction(function);
  }

  // Errors: kTrap and kExit, see Store::last_trap(); kLimit: no stack.
  Result<Return> operator()(P... arguments) const {
    if (function_->is_imported()) [[unlikely]] {
      const auto imported = WISP_TRY(ImportedFunctionCall::create(function_->imported()));
      return call_on(&run_imported, *imported, imported->environment(), arguments...);
    }
    return call_on(&run, function_->lifted(), function_->environment(), arguments...);
  }

 private:
  template <class T>
  using Code = detail::Codec<std::remove_cvref_t<T>>;
  using S = detail::Sequence<std::remove_cvref_t<P>...>;
  using Held = std::conditional_t<std::is_void_v<Return>, Unit, Return>;

  // Numbers are lowered before the guest is entered: they need nothing of it.
  template <class T>
  static constexpr bool kIsNumber = detail::kIsPlain<T> || std::is_same_v<T, bool>;
  static constexpr bool kLowersFirst =
      S::kFlat <= kMaxFlatParams && (kIsNumber<std::remove_cvref_t<P>> && ...);
  using Arguments = std::tuple<P&...>;
  using Indices = std::index_sequence_for<P...>;

  // What is read of it is written before; the first also where there are no values.
  struct Slots {
    Slots() { values[0] = 0; }  // NOLINT
    uint64_t values[kMaxFlatParams + 1];
  };

  // Callee is a LiftedFunction or an ImportedFunctionCall.
  template <class Callee>
  struct Call {
    Callee& function;
    HostCall& host_call;
    const Arguments* arguments;  // null: they are lowered
    Held result{};
    Slots slots{};
  };

  static constexpr const HostType* result_type() {
    if constexpr (std::is_void_v<Return>) {
      return nullptr;
    } else {
      return &Code<Return>::kType;
    }
  }
  // One entry more than there are, since an array cannot be empty.
  static constexpr const HostType* kParams[] = {&Code<P>::kType..., nullptr};
  static constexpr HostSignature kSignature{{kParams, sizeof...(P)}, result_type()};

  explicit TypedFunction(ComponentFunction& function) : function_(&function) {}

  template <class Callee>
  Result<Return> call_on(void (*body)(void*), Callee& callee, HostFunctionEnvironment& environment,
                         P&... arguments) const {
    HostCall host_call(&environment);
    const Arguments all(arguments...);
    Call<Callee> call{callee, host_call, kLowersFirst ? nullptr : &all};
    if constexpr (kLowersFirst) lower(host_call, all, call.slots, Indices{});
    WISP_TRY(function_->run(body, &call, host_call));
    if constexpr (std::is_void_v<Return>) {
      return {};
    } else {
      return std::move(call.result);
    }
  }

  static void run_imported(void* environment) {
    auto& call = *static_cast<Call<ImportedFunctionCall>*>(environment);
    if (!lower_later(call)) return;
    if (!call.function.run(call.host_call, call.slots.values)) return;
    static_cast<void>(lift_result(call.host_call, call.slots.values, call.result));
  }

  static void run(void* environment) {
    auto& call = *static_cast<Call<LiftedFunction>*>(environment);
    HostCall& host_call = call.host_call;
    LiftedFunction& function = call.function;
    const CallEntry entry(host_call, *function.instance, function.entered);
    if (host_call.unwinding()) [[unlikely]]
      return;
    if (!lower_later(call)) [[unlikely]]
      return;
    if (!run_core(function, host_call, call.slots.values)) [[unlikely]]
      return;
    const uint64_t flat_result = call.slots.values[0];
    if (!lift_result(host_call, call.slots.values, call.result)) [[unlikely]]
      return;
    static_cast<void>(run_post_return(function, host_call, flat_result));
  }

  template <class Callee>
  static bool lower_later(Call<Callee>& call) {
    return kLowersFirst || lower(call.host_call, *call.arguments, call.slots, Indices{});
  }

  template <size_t... I>
  static bool lower(HostCall& host_call, const Arguments& arguments, Slots& to,
                    std::index_sequence<I...>) {
    uint64_t* slots = to.values;
    if constexpr (S::kFlat <= kMaxFlatParams) {
      return (Code<P>::lower_flat(host_call, std::forward<P>(std::get<I>(arguments)),
                                  slots + S::kSlots[I]) &&
              ...);
    } else {
      uint32_t address;
      if (!checked_realloc(host_call, host_call.options(), 0, 0, S::kAlign, S::kSize, address))
          [[unlikely]]
        return false;
      slots[0] = address;
      return (Code<P>::store(host_call, address + S::kOffsets[I],
                             std::forward<P>(std::get<I>(arguments))) &&
              ...);
    }
  }

  static bool lift_result(HostCall& host_call, const uint64_t* slots, Held& result) {
    if constexpr (std::is_void_v<Return>) {
      return true;
    } else if constexpr (Code<Return>::kFlat <= kMaxFlatResults) {
      return Code<Return>::lift_flat(host_call, slots, result);
    } else {
      const auto address = static_cast<uint32_t>(slots[0]);
      using C = Code<Return>;
      return check_area(host_call, host_call.options(), address, C::kSize, C::kAlign) &&
             C::load(host_call, address, result);
    }
  }

  ComponentFunction* function_;
};

}  // namespace wisp::component
