// InstantiationSchedule: when what belongs to an instance can be completed; part of loading.
//
// Core instances are made in order, and what they import comes before them. Two things may refer to
// later instances once shims are folded (ShimFolder):
//
//   a trampoline   its options name the memory of a program that imports the trampoline: the
//                  function is there at once, its environment is filled in when all is there
//   a function     of an adapter that the program calls: the import is set when the adapter is
//                  there
//
// No code runs in between: that is what ShimFolder checked. Private to the component layer.
#pragma once

#include <vector>

#include "component/model/component.h"

namespace wisp::component {

class InstantiationSchedule {
 public:
  explicit InstantiationSchedule(Component& component) : component_(component) {}
  void run();

 private:
  void find_used();
  void number_trampolines();
  void use(const CoreDefinition& definition);
  void use(const CanonicalOptionsDefinition& options);
  // How many core instances have to be there.
  uint32_t needed(const CoreDefinition& definition) const;
  uint32_t needed(const CanonicalOptionsDefinition& options) const;
  uint32_t needed(const Trampoline& trampoline) const;
  void schedule_imports(uint32_t core_instance);

  Component& component_;
  std::vector<bool> used_;  // by trampoline
};

}  // namespace wisp::component
