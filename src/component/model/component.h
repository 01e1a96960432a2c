// Component: decoded, validated and linked, then compiled (load/load.h); immutable from then on,
// and shared by its instances.
//
// Linking happens here, once: nested components, instantiations, aliases, `with` arguments and
// inline exports are resolved while the component is loaded (component.md, 6.3 and 9.1). What is
// left is flat lists without names, which is all that an instance needs:
//
//   component_instances  the tree of component instances: each has a handle table and flags
//   core_instances       core modules to instantiate, in this order, with the source of each import
//   trampolines          core functions that are not guest code: lowered functions, built-ins
//   lifts                core functions seen as component functions, with their options
//   resources            resource types: of an import, or defined by an instance
//   imports              what the root asks for; imported_functions, imported_modules: what is used
//   exports
//
// A component that is instantiated twice inside another has its definitions here twice, each with
// its own resource types; the core modules are shared. Everything in FuncType and ValType refers to
// resources by ResourceType::index.
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/type/layout.h"
#include "component/type/types.h"
#include "jit/engine.h"
#include "platform/arena.h"

namespace wisp::component {

struct TransferPlans;

constexpr uint32_t kNoIndex = ~uint32_t{0};

struct CoreModule {
  std::span<const uint8_t> bytes;
  uint64_t file_offset = 0;
  std::shared_ptr<const jit::CompiledModule> compiled;
};

// A core function, table, memory, global or tag.
struct CoreDefinition {
  enum class Kind : uint8_t {
    kNone,        // an option that was not given
    kExport,      // item `index` of the index space `sort` of core instance `core_instance`; where
                  // its module is imported: export `index` of ImportedModule::type
    kTrampoline,  // Component::trampolines[index]; always a function
  };
  Kind kind = Kind::kNone;
  CoreSort sort = CoreSort::kFunc;
  uint32_t core_instance = kNoIndex;
  uint32_t index = kNoIndex;

  explicit operator bool() const { return kind != Kind::kNone; }
  bool operator==(const CoreDefinition&) const = default;
};

enum class ModuleSource : uint8_t {
  kOwn,       // Component::modules
  kImported,  // Component::imported_modules
};
// A function that an instance imports from one that comes later: see InstantiationSchedule.
struct LateImport {
  uint32_t core_instance = 0;  // who imports
  uint32_t function = 0;       // there, in the function index space
  CoreDefinition definition;
};
struct CoreInstantiation {
  uint32_t component_instance = 0;  // whose code this is
  ModuleSource source = ModuleSource::kOwn;
  uint32_t module = 0;
  // One for each import of the module, in its order; of an imported one: in the order of its type.
  std::vector<CoreDefinition> imports;
  // What can be completed when this instance is there.
  std::vector<uint32_t> completed_trampolines;
  std::vector<LateImport> late_imports;  // of this instance's functions
};

struct CanonicalOptionsDefinition {
  StringEncoding encoding = StringEncoding::kUtf8;
  CoreDefinition memory;
  CoreDefinition realloc;
  CoreDefinition post_return;
};

// A component function: one that the host gives, or a lifted one.
struct FunctionDefinition {
  enum class Kind : uint8_t {
    kImported,  // Component::imported_functions[index]
    kLifted,    // Component::lifts[index]
  };
  Kind kind = Kind::kImported;
  uint32_t index = 0;
};

struct Lift {
  uint32_t component_instance = 0;
  CoreDefinition function;
  const FuncType* type = nullptr;
  CanonicalOptionsDefinition options;
  // What follows from the type, once there is code.
  LabeledType result;  // as a list of one, if there is one
  ValueList params;
  ValueList results;
  jit::EntryTrampoline enter = nullptr;  // of the core function
};

enum class TrampolineKind : uint8_t {
  kLower,
  kResourceNew,
  kResourceDrop,
  kResourceRep,
  kContextGet,
  kContextSet,
};
// What a trampoline leads to: which decides what an instance keeps for it.
enum class CalleeKind : uint8_t { kHost, kLifted, kBuiltin };
struct Trampoline {
  TrampolineKind kind = TrampolineKind::kLower;
  uint32_t component_instance = 0;  // who calls
  const jit::FuncType* core_type = nullptr;
  uint32_t place = kNoIndex;  // among those with the same kind of callee; kNoIndex: nothing uses it
  // Once there is code: the engine's number of core_type, and the way out to the host, which a
  // fused adapter does not take.
  uint32_t signature = 0;
  const void* exit = nullptr;
  FunctionDefinition callee;           // kLower
  const FuncType* type = nullptr;      // kLower
  CanonicalOptionsDefinition options;  // kLower
  uint32_t resource = kNoIndex;        // kResource*: in Component::resources
  uint32_t context_slot = 0;           // kContext*

  CalleeKind callee_kind() const {
    if (kind != TrampolineKind::kLower) return CalleeKind::kBuiltin;
    return callee.kind == FunctionDefinition::Kind::kLifted ? CalleeKind::kLifted
                                                            : CalleeKind::kHost;
  }
};

struct ResourceDefinition {
  std::string_view name;
  // kNoIndex: a type of the host, import `import` and then along `path`.
  uint32_t component_instance = kNoIndex;
  CoreDefinition destructor;  // kNone: there is none
  uint32_t import = kNoIndex;
  std::vector<std::string_view> path;
};

struct ImportDefinition {
  std::string_view name;
  ExternType type;
  uint64_t file_offset = 0;
};

// A function of the host that something in the component refers to.
struct ImportedFunction {
  uint32_t import = 0;  // in Component::imports
  // Empty: the import itself; otherwise names in nested instances.
  std::vector<std::string_view> path;
  const FuncType* type = nullptr;
};

// A core module of the host that something in the component instantiates.
struct ImportedModule {
  uint32_t import = 0;
  std::vector<std::string_view> path;  // as of ImportedFunction
  const ModuleType* type = nullptr;
};

struct ComponentInstanceDefinition {
  uint32_t parent = kNoIndex;
};

struct ExportDefinition {
  std::string_view name;
  ExternSort sort = ExternSort::kFunc;
  FunctionDefinition function;                      // kFunc
  const FuncType* func_type = nullptr;              // kFunc
  uint32_t place = kNoIndex;                        // kFunc: among all exported functions
  std::vector<ExportDefinition> exports;            // kInstance
  ModuleSource module_source = ModuleSource::kOwn;  // kModule
  uint32_t module = kNoIndex;                       // kModule
  TypeDef type;                                     // kType
};

struct Component {
  Component() = default;
  Component(const Component&) = delete;
  Component& operator=(const Component&) = delete;

  Arena arena;                           // of all types
  std::deque<jit::FuncType> core_types;  // of trampolines
  std::vector<CoreModule> modules;
  std::vector<ImportDefinition> imports;
  std::vector<ImportedFunction> imported_functions;
  std::vector<ImportedModule> imported_modules;
  std::vector<ResourceDefinition> resources;
  std::vector<ComponentInstanceDefinition> component_instances;
  std::vector<CoreInstantiation> core_instances;
  std::vector<Trampoline> trampolines;
  std::vector<uint32_t> first_trampolines;  // those that need no core instance
  std::vector<Lift> lifts;
  std::vector<ExportDefinition> exports;
  uint32_t exported_function_count = 0;

  // --- Once there is code: see make_code()

  std::mutex making_code;  // held while `has_code` is looked at
  bool has_code = false;
  // Fused code, for each trampoline that lowers a lifted function. Null: call_from_component.
  const void* adapter_code(uint32_t trampoline) const {
    const uint32_t entry = adapter_entries[trampoline];
    return entry == kNoIndex ? nullptr : adapters->entry(entry);
  }
  std::shared_ptr<const jit::AdapterCode> adapters;
  std::vector<uint32_t> adapter_entries;  // by trampoline
  // How the values of calls between instances move.
  std::shared_ptr<const TransferPlans> transfer_plans;
  // Whether only the root instance keeps the host out of a call (adapter_shape.h).
  bool tests_root_only = true;
  // The way into cabi_realloc, where there is one.
  jit::EntryTrampoline enter_realloc = nullptr;
  // Holds whatever has a number or a trampoline here.
  jit::SignatureSet signatures;
};

}  // namespace wisp::component
