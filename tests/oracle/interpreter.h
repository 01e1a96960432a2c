// The oracle's interpreter of core WebAssembly: small and slow, written to be obviously right from
// the text of the specification.
//
// It shares nothing with the compiler but the decoder (`jit/wasm`), and trusts modules that were
// validated. External interface: Store with what it owns (FunctionInstance, TableInstance,
// MemoryInstance, GlobalInstance, Instance), in the words of the specification's section 4.2. One
// subject a file: numeric (numbers), memory_operators, table_operators, machine (control and
// calls), interpreter (instantiation).
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <span>
#include <unordered_set>
#include <variant>
#include <vector>

#include "jit/wasm/module.h"
#include "platform/result.h"
#include "tests/oracle/outcome.h"
#include "tests/oracle/value.h"

namespace wisp::oracle {

struct Code;  // a function body as instructions
struct Instance;

using HostFunction = std::function<std::vector<Value>(std::span<const Value> arguments)>;

struct FunctionInstance {
  jit::FuncType type;
  Instance* instance = nullptr;  // null: a host function
  uint32_t index = 0;            // in the instance
  HostFunction host;
};

struct TableInstance {
  jit::TableType type;
  std::vector<Value> elements;
};

struct MemoryInstance {
  jit::MemoryType type;
  std::vector<uint8_t> bytes;
  std::unordered_set<uint64_t> unknown;  // addresses of bytes that are not determined
};

struct GlobalInstance {
  jit::GlobalType type;
  Value value;
};

// An item that can be imported and exported.
using Extern = std::variant<FunctionInstance*, TableInstance*, MemoryInstance*, GlobalInstance*>;

struct Instance {
  const jit::Module* module = nullptr;
  // Index spaces: what is imported comes first.
  std::vector<FunctionInstance*> functions;
  std::vector<TableInstance*> tables;
  std::vector<MemoryInstance*> memories;
  std::vector<GlobalInstance*> globals;
  std::vector<std::vector<Value>> elements;         // of segments; empty once dropped
  std::vector<std::span<const uint8_t>> data;       // likewise
  std::vector<std::shared_ptr<const Code>> bodies;  // of the defined functions; read when called

  Extern item(jit::ExternKind kind, uint32_t index) const;
};

// What a run may use. Wisp gets the same limits where it has them, so that both grow equally far.
struct Limits {
  uint64_t fuel = 1'000'000;        // opcodes, of one call or instantiation
  uint64_t max_values = 1'000'000;  // locals and operands of all frames together
  uint32_t max_call_depth = 400;
  uint64_t max_memory_bytes = uint64_t{16} << 20;
  uint64_t max_table_elements = 100'000;
};

class Store {
 public:
  explicit Store(const Limits& limits = {})
      : limits_(limits), table_elements_left_(limits.max_table_elements) {}

  FunctionInstance* add_host_function(const jit::FuncType& type, HostFunction code);
  // Null: above the limits.
  TableInstance* add_table(const jit::TableType& type);
  MemoryInstance* add_memory(const jit::MemoryType& type);
  GlobalInstance* add_global(const jit::GlobalType& type, const Value& value);

  struct Instantiation {
    Instance* instance = nullptr;  // also where a segment or the start function trapped
    Completion completion;
  };
  // `module` was validated with all its functions, and outlives the store. Error kLink, with both
  // types in the message, if the imports are not what the module asks for.
  Result<Instantiation> instantiate(const jit::Module& module, std::span<const Extern> imports);

  // The arguments are of the function's type.
  Completion invoke(const FunctionInstance& function, std::span<const Value> arguments);

 private:
  // False: a memory or a table is above the limits.
  bool allocate(Instance& instance, std::span<const Extern> imports);
  jit::TrapCode run_segments(Instance& instance);
  Value evaluate(Instance& instance, const jit::ConstExpr& expression);

  Limits limits_;
  uint64_t table_elements_left_;
  std::list<FunctionInstance> functions_;
  std::list<TableInstance> tables_;
  std::list<MemoryInstance> memories_;
  std::list<GlobalInstance> globals_;
  std::list<Instance> instances_;
};

}  // namespace wisp::oracle
