// FunctionGenerator: one random function body that is valid, and that ends.
//
// External interface: FunctionGenerator, `generate` once per object. Operands are made in the order
// in which they are executed, so what is known of locals (which are small, which was read last)
// holds where they are used. One subject a file: generate_values, generate_memory,
// generate_statements, generate_control, generate_shapes. What ends a function:
//   loops       a counter that nothing else writes, or the fuel in a global
//   recursion   whatever calls defined functions takes fuel first; without any it takes in new fuel
//               and traps
#pragma once

#include <initializer_list>
#include <iterator>
#include <optional>
#include <vector>

#include "tests/oracle/module_tree.h"
#include "tests/oracle/nodes.h"
#include "tests/oracle/profile.h"
#include "tests/support/random_source.h"

namespace wisp::oracle {

class FunctionGenerator {
 public:
  // `module` has everything but the bodies of its functions.
  FunctionGenerator(test::RandomSource& random, const Profile& profile, const ModuleTree& module,
                    uint32_t function);

  void generate(Function& function);

  // ---- Choices, for the rest of the module too ----

  // Bits of a constant that is interesting for its type.
  static uint64_t interesting_bits(test::RandomSource& random, jit::ValueType type);

 private:
  using Opcode = jit::Opcode;
  using ValueType = jit::ValueType;

  struct OpenLabel {
    uint32_t label;
    Types types;  // of the values that a branch takes along
    bool is_loop;
  };
  struct Address {
    Node index;
    uint32_t offset;
  };
  // One level deeper in an expression.
  class Nesting {
   public:
    explicit Nesting(uint32_t& depth) : depth_(++depth) {}
    ~Nesting() { --depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    uint32_t& depth_;
  };

  bool percent(uint32_t chance) { return random_.below(100) < chance; }
  // The number of a weight, by weight.
  uint32_t weighted(std::initializer_list<uint32_t> weights);
  template <class List>
  auto& pick(List& choices) {
    return choices[random_.below(static_cast<uint32_t>(std::size(choices)))];
  }
  ValueType any_type();
  ValueType int_type() { return percent(60) ? ValueType::kI32 : ValueType::kI64; }
  Types some_types(uint32_t max);

  // ---- generate_values: expressions ----

  Node value(ValueType type);
  std::vector<Node> values(const Types& types);
  Node leaf(ValueType type);
  Node any_constant(ValueType type);
  Node integer(ValueType type);
  Node real(ValueType type);
  Node reference(ValueType type);
  Node structured(ValueType type);
  Node arithmetic(ValueType type);
  Node division(ValueType type);
  Node shift(ValueType type);
  Node unary(ValueType type);
  Node comparison();
  Node condition();
  Node conversion(ValueType type);
  Node truncation(ValueType type);
  Node select(ValueType type);
  // A float whose bits the specification fixes, even of a NaN.
  Node exact_real(ValueType type);
  Node size_query();
  // An i32 that is below `limit`, mostly.
  Node index_below(uint32_t limit);
  static bool is_small(const Node& node, const std::vector<bool>& small_locals);

  // ---- generate_memory ----

  Address address(uint32_t size_bytes);
  Node small_index(uint32_t size_bytes);
  uint32_t offset();
  Node access(Opcode opcode, Types results, std::vector<Node> operands,
              uint32_t offset_of_access = 0);
  Node load(ValueType type);
  Node store();
  Node memory_grow();
  Node memory_block();
  Node table_statement();
  Node table_get(ValueType type);

  // ---- generate_statements ----

  Node statement();
  std::vector<Node> statements(uint32_t count);
  Node variable();
  Node set_local(uint32_t local, Node value);
  Node set_some(Node value);  // any local of its type
  Node tee_local(uint32_t local, Node value);
  Node global_set(std::optional<ValueType> type = {});
  // Takes what `node` leaves off the stack, into locals mostly.
  Node consume(Node node);
  Node consume_one(Node node);
  Node bulk();
  uint32_t pick_callee();
  Node call(uint32_t callee);
  Node call_indirect(uint32_t callee);
  Node call_of(ValueType first_result);
  Node any_call();
  uint32_t small_size();

  // ---- generate_control ----

  // What bounds a loop: a local that nothing else writes, or the fuel.
  struct Counter {
    enum Style : uint8_t { kDown, kDownSigned, kDownI64, kUp, kUpF64, kFuel };
    static constexpr uint32_t kStyles = 6;
    uint32_t local = 0;
    uint32_t rounds = 0;
    Style style = kDown;
  };
  static constexpr uint32_t kNoCounter = ~uint32_t{0};

  Node block_statement();
  std::vector<Node> block_body(const Types& params, const Types& results);
  Node block(const Types& params, const Types& results);
  Node if_else(const Types& params, const Types& results);
  Node loop(const Types& params, const Types& results);
  Node counted_loop(const Types& params, const Types& results);
  Node while_loop();
  Counter new_counter();
  Node begin_count(const Counter& counter);
  Node count(const Counter& counter);
  // What ends a loop's body: goes back while the counter allows it, and leaves `params`.
  Node back_edge(uint32_t label, const Types& params, const Counter& counter);
  const OpenLabel& pick_label();
  Node branch_statement();
  Node branch_if(const OpenLabel& target);
  Node branch_if_value(ValueType type);
  Node jump(const Types& claimed);
  // To labels of these types.
  Node branch_table(const Types& types, const Types& claimed);
  Node take_fuel() const;
  Node fuel_check();

  // ---- generate_shapes: what is hard for a compiler like this one ----

  Node shape();
  Opcode binary_opcode(ValueType type);
  ValueType number_type();
  Node computed(ValueType type);
  Node show(Node shown);
  Node set_from_own_value();
  Node load_over_own_address();
  Node pending_reads();
  Node deep_chain();
  Node register_pressure();
  Node fused_condition();
  Node fused_into_local();
  Node masked_condition();
  Node scaled_address();
  Node constant_branch();
  Node permuted_call();
  Node loop_with_call();
  Node trap_between_states();
  Node rotated_locals();
  Node value_switch();
  Node store_of_pending();
  Node load_across_effect();
  Node width_changes();
  Node many_homes();
  Node tee_chain();
  Node short_lives();

  // ---- Locals ----

  uint32_t new_local(ValueType type);
  std::optional<uint32_t> readable(ValueType type);
  std::optional<uint32_t> writable(ValueType type);
  bool may_write(uint32_t local) const { return !is_counter_[local] && !is_private_[local]; }
  uint32_t writable_or_new(ValueType type);
  Node get(uint32_t local);
  void note_written(uint32_t local, bool is_small);

  test::RandomSource& random_;
  const Profile& profile_;
  const ModuleTree& module_;
  const uint32_t function_;
  const uint32_t fuel_;  // index of the global

  Types locals_;
  std::vector<bool> small_;        // locals whose value is a good address
  std::vector<bool> is_counter_;   // written by their loop alone
  std::vector<bool> is_counting_;  // their loop is open
  std::vector<bool> is_private_;   // read and written by one shape alone
  std::optional<uint32_t> last_read_, last_written_;
  std::vector<OpenLabel> labels_;
  uint32_t next_label_ = kFunctionLabel + 1;
  int32_t budget_ = 0;  // nodes to come
  uint32_t depth_ = 0;
  uint32_t rounds_ = 1;  // of all loops that are open, together
  bool takes_fuel_ = false;
};

}  // namespace wisp::oracle
