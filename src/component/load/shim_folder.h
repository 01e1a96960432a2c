// ShimFolder: takes the indirection out of what wit-component makes (component.md, 9.1).
//
// A program has to exist before the functions that it imports can be lowered, since they use its
// memory. The tool chain therefore makes three core instances:
//
//   shim      a table, and functions that pass their parameters on to `call_indirect k` of it
//   program   imports functions of the shim
//   fixups    no code: one active element segment fills the table with the lowered functions
//
// Here references to a shim's functions become references to what the table will hold, and
// instances that nobody refers to any more are dropped. All is recognised by structure; what does
// not match to the letter stays as it is. Nobody can tell the difference:
//
//   - only the fixups import the table, and nobody refers to them: it never changes again
//   - no start function runs between the two: no shim function is called before the table is full
//   - each entry has the type that its `call_indirect` asks for, and all are in bounds
//
// A new reference may be to an instance that comes later: see InstantiationSchedule. Private to the
// component layer.
#pragma once

#include <optional>
#include <vector>

#include "component/load/shim_shape.h"
#include "component/model/component.h"
#include "component/model/decoded.h"

namespace wisp::component {

class ShimFolder {
 public:
  ShimFolder(const Decoded& decoded, Component& component);
  void run();

 private:
  struct Shim {
    uint32_t instance = kNoIndex;
    const std::vector<uint32_t>* entries = nullptr;  // by function
    uint32_t table_users = 0;
    uint32_t fixups = kNoIndex;           // the last of them
    std::vector<CoreDefinition> targets;  // by function; empty: it cannot be folded
  };
  struct ModuleShape {
    std::optional<std::vector<uint32_t>> shim;
    std::optional<TableFilling> fixups;
  };

  const jit::Module* module_of(uint32_t core_instance) const;
  const jit::FuncType* type_of(const CoreDefinition& function) const;
  void find_shims();
  void forward_imports();
  void count_uses();
  bool is_filled_once(const Shim& shim) const;
  void find_targets(Shim& shim);
  CoreDefinition target_at(const Shim& shim, uint32_t function) const;
  // The target of a reference to a shim's function; null for everything else.
  const CoreDefinition* target_of(const CoreDefinition& reference) const;
  void fold_imports(uint32_t core_instance);
  void fold_other_references();
  void drop_unused();
  template <class Visitor>
  void visit_other_references(Visitor visit);

  const Decoded& decoded_;
  Component& component_;
  std::vector<ModuleShape> shapes_;  // by module
  std::vector<uint32_t> starts_;     // by core instance: how many before it may run code
  std::vector<Shim> shims_;
  std::vector<uint32_t> shim_of_;  // by core instance: in shims_, or kNoIndex
  std::vector<uint32_t> uses_;     // by core instance: references, but for those of its own fixups
};

}  // namespace wisp::component
