// What stands for imports that nobody provides, where that is not an error: see UnknownImports.
#pragma once

#include <deque>
#include <memory>
#include <string>

#include "component/abi/resource_table.h"
#include "component/host/host_binding.h"
#include "component/type/types.h"

namespace wisp::component {

// The context of such a function.
struct UnknownFunction {
  std::string name;  // "wasi:nn/graph@0.2.0#load"
  const FuncType* type;
};

// Belongs to what refers to it: addresses stay when it is moved.
class UnknownImportSet {
 public:
  UnknownFunction& add_function(std::string name, const FuncType& type) {
    return functions_.emplace_back(UnknownFunction{std::move(name), &type});
  }
  // A type of its own, of which there are no handles.
  const RuntimeResourceType* add_resource() { return &resources_.emplace_back(); }

 private:
  std::deque<UnknownFunction> functions_;
  std::deque<RuntimeResourceType> resources_;
};

// Host functions of any type; their context is an UnknownFunction.
extern const HostItem kTrappingImport;
extern const HostItem kDefaultImport;

}  // namespace wisp::component
