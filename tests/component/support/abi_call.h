// AbiCall: one call of a function of any type in each of the ways that values travel, through
// components and everything that is compiled for them:
//
//   the root component, which imports `h` from the host
//     b: a callee, exports f: the host calls it, or a does
//     a: a caller, whose `run` calls f of b
//     g: the same component as a; its `run` calls f of the host
//
// What the guests' modules do is in abi_guest.h.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "component/instance/component_instance.h"
#include "component/link/component_linker.h"
#include "jit/engine.h"
#include "tests/component/support/abi_guest.h"

namespace wisp::component::testing {

// One of the two sides of a call.
struct AbiSide {
  StringEncoding encoding = StringEncoding::kUtf8;
  uint32_t pages = 1;
};

// The root component for a type of f; names in it are views of the bytes.
class AbiComponent {
 public:
  AbiComponent(const std::shared_ptr<jit::Engine>& engine, const FuncType& type,
               const AbiSide& caller, const AbiSide& callee);

  const std::shared_ptr<jit::Engine>& engine() const { return engine_; }
  const FuncType& type() const { return type_; }
  const std::shared_ptr<const Component>& compiled() const { return compiled_; }

 private:
  const std::shared_ptr<jit::Engine>& engine_;
  const FuncType& type_;
  wisp::test::Bytes bytes_;
  std::shared_ptr<const Component> compiled_;
};

class AbiCall {
 public:
  explicit AbiCall(const AbiComponent& component);

  AbiGuest caller() { return guest("a", "run"); }
  AbiGuest callee() { return guest("b", "f"); }
  AbiGuest client() { return guest("g", "run"); }

  // From guest to guest: `caller` calls `callee`. What the trap is; null: none.
  std::optional<std::string> call_guest() { return run("a"); }
  // From the host to `callee`.
  std::optional<std::string> call_from_host(std::span<const Value> arguments);
  // From `client` to the host.
  std::optional<std::string> call_host() { return run("g"); }

  // What the host got: the arguments of its function, or the result of the guest's.
  std::vector<Value> received;
  // What the function of the host returns.
  std::optional<Value> answer;

 private:
  static jit::TrapCode host_function(void* environment, uint64_t* values);
  void answer_guest(HostCall& call, uint64_t* values);
  AbiGuest guest(std::string_view instance, std::string_view function);
  std::optional<std::string> run(std::string_view instance);

  const FuncType& type_;
  HostItem items_[1];
  HostInterface interface_;
  jit::Store store_;
  ComponentLinker linker_;
  std::unique_ptr<ComponentInstance> instance_;
};

}  // namespace wisp::component::testing
