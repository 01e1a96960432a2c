// CodeMaker: machine code for the core modules that a linked component uses and for the calls
// between its instances; and what follows from the types, once there is code.
//
// Private to the component layer.
#pragma once

#include "component/model/component.h"
#include "jit/engine.h"
#include "platform/result.h"

namespace wisp::component {

class CodeMaker {
 public:
  CodeMaker(Component& component, jit::Engine& engine) : component_(component), engine_(engine) {}
  Result<void> run();

 private:
  Result<void> compile_modules();
  Result<void> make_trampolines();
  // Whether this trampoline leads to the host.
  bool leaves(uint32_t trampoline) const;
  bool has_allocator() const;

  Component& component_;
  jit::Engine& engine_;
};

}  // namespace wisp::component
