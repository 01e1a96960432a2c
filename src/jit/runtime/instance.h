// Instance: a module with its state, in one block of memory, zeroed when it is made:
//
//   Instance | VmContext | what compiled code sees | what only the runtime sees
//
// InstanceLayout (vm_context.h) says where what lies.
#pragma once

#include <cstdlib>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "jit/runtime/compiled_module.h"
#include "jit/runtime/store.h"
#include "jit/runtime/vm_context.h"
#include "platform/check.h"

namespace wisp::jit {

class Instance {
 public:
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  const Module& module() const { return compiled_->module(); }
  const CompiledModule& compiled_module() const { return *compiled_; }
  Store& store() { return store_; }
  VmContext* context() { return reinterpret_cast<VmContext*>(vm_); }
  // The exported item, or nothing.
  std::optional<Extern> find_export(std::string_view name);
  Extern item(ExternKind kind, uint32_t index);

  Table& table(uint32_t index) { return *tables_[index]; }
  Memory& memory(uint32_t index) { return *memories_[index]; }
  // The one FuncRef that stands for a function of this instance; made when it is first asked for.
  FuncRef* reference_to(uint32_t function);
  // Gives an imported function once more. No reference to it may have been taken: the function is
  // not declared for that (Module::declared_function_references), and no code ran.
  void set_imported_function(uint32_t function, const FuncRef& given);

  // Zeroed by the system where it is large: what is never touched takes no memory.
  static void* operator new(size_t, size_t block_bytes) {
    void* block = std::calloc(1, block_bytes);
    WISP_CHECK(block != nullptr);
    return block;
  }
  static void operator delete(void* block) { std::free(block); }

  // Copies references of an element segment into a table, bytes of a data segment into a memory. A
  // dropped segment is empty. kNone, or why not.
  TrapCode init_table(uint32_t table, uint32_t segment, uint32_t to, uint32_t from, uint32_t count);
  TrapCode init_memory(uint32_t memory, uint32_t segment, uint64_t to, uint32_t from,
                       uint32_t count);

 private:
  friend class Store;

  // Allocates and links what the imports supply, which has been matched, and makes the rest. See
  // instance.cpp.
  static Result<std::unique_ptr<Instance>> create(Store& store,
                                                  std::shared_ptr<const CompiledModule> compiled,
                                                  std::span<const Extern> imports);
  // Active segments, in order; drops them and the declarative ones.
  TrapCode run_segments();

  Instance(Store& store, std::shared_ptr<const CompiledModule> compiled, size_t size_bytes);
  void link_imports(std::span<const Extern> imports);
  Result<void> make_items();
  uint64_t evaluate(const ConstExpr& expression);
  uint64_t element(const ElementSegment& segment, uint32_t index);
  template <class T>
  T* part(uint32_t offset) {
    return reinterpret_cast<T*>(vm_ + offset);
  }
  uint64_t& slot(uint32_t offset) { return *part<uint64_t>(offset); }

  Store& store_;
  std::shared_ptr<const CompiledModule> compiled_;
  size_t size_bytes_;  // of the block
  // Into the block.
  uint8_t* vm_;
  FuncRef* functions_;
  std::span<Table*> tables_;
  std::span<Memory*> memories_;
  std::span<GlobalInstance*> globals_;
};

}  // namespace wisp::jit
