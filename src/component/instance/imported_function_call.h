// Calls a function of the host from the host: for a component that exports one of its imports.
//
// The function lifts from a guest's memory and lowers to it. Here the guest is nobody: a memory, an
// allocator that never frees and a handle table, which live as long as the call. A call:
//   1. create(),
//   2. the arguments are lowered into environment(), as if it were a guest's,
//   3. run(),
//   4. the result is lifted out of it.
// Private to the component layer; typed_function.h is part of it.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "component/instance/instance_state.h"
#include "component/type/types.h"
#include "jit/runtime/memory.h"
#include "platform/result.h"

namespace wisp::component {

struct HostItem;

// What the call needs of the instance that exports the function.
struct ImportedCallee {
  jit::Store* store;
  const HostItem* item;
  void* context;  // of `item`
  const FuncType* type;
  const RuntimeResourceType* const* resource_types;
  uint32_t max_resources;
  uint64_t hostcall_fuel;
};

class ImportedFunctionCall {
 public:
  // Error kLimit: no memory.
  static Result<std::unique_ptr<ImportedFunctionCall>> create(const ImportedCallee& callee);
  ImportedFunctionCall(const ImportedFunctionCall&) = delete;
  ImportedFunctionCall& operator=(const ImportedFunctionCall&) = delete;

  HostFunctionEnvironment& environment() { return environment_; }
  // On the guest stack. `slots` has the flat parameters and room for one more; afterwards, the
  // result, flat or its address. False: a trap is latched.
  bool run(CallState& call, uint64_t* slots);
  // The same with everything around it, for dynamic values.
  std::optional<Value> run(CallState& call, std::span<const Value> arguments);

 private:
  ImportedFunctionCall(const ImportedCallee& callee, std::unique_ptr<jit::Memory> memory);
  static uint32_t reallocate(void* environment, CallState& call, uint32_t old_address,
                             uint32_t old_size, uint32_t alignment, uint32_t new_size);

  ImportedCallee callee_;
  std::unique_ptr<jit::Memory> memory_;
  uint64_t used_ = 8;  // of the memory; address 0 is nothing
  HandleBudget budget_;
  InstanceState caller_{nullptr, budget_};
  HostFunctionEnvironment environment_;
  LabeledType result_;  // as a list of one, if there is one
  ValueList params_, results_;
};

}  // namespace wisp::component
