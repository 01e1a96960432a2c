// Transfer: values straight from one guest to another, without a form of the host in between. What
// compiled adapters (jit/compiler/adapters.h) do not move themselves, they have moved here.
//
// Lift and lower, fused per value: everything is checked as it is read, and written at once. The
// specification lifts all values before it lowers the first; the difference is only in how many
// calls of realloc a trap leaves behind, which no guest lives to see.
//
// What a call does was resolved when the component was compiled: there is one TransferRoutine per
// type, shared by all types that contain it, so that their number is linear in the size of the
// component. A routine knows its code for values in flat slots and in memory; a call walks no
// types. Both guests have the same types, so a value is flat on both sides or on neither.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "component/abi/block_copy.h"
#include "component/abi/place.h"
#include "component/type/layout.h"
#include "component/type/types.h"

namespace wisp::component {

struct TransferRoutine;

// One direction between two guests.
struct Transfer {
  const CallSide& source;
  const CallSide& destination;
};

struct TransferRoutine {
  // False: a trap is latched.
  using FlatCode = bool (*)(const Transfer& transfer, const TransferRoutine& routine,
                            uint64_t* from, uint64_t* to);
  using MemoryCode = bool (*)(const Transfer& transfer, const TransferRoutine& routine,
                              uint32_t from, uint32_t to);
  // Of a record, tuple or fixed-length list; of a sum type, by case.
  struct Part {
    const TransferRoutine* routine = nullptr;  // null: a case without payload
    uint32_t slot = 0;
    uint32_t offset = 0;
  };

  FlatCode flat = nullptr;
  MemoryCode memory = nullptr;
  const ValType* type = nullptr;
  std::vector<Part> parts;
  const TransferRoutine* element = nullptr;     // of a list
  std::unique_ptr<const BlockPattern> pattern;  // where values in memory are copied as blocks
  bool takes_handles = false;                   // an `own` is somewhere inside
};

// All values of one direction of a call.
struct TransferPlan {
  ValueList list;
  std::vector<TransferRoutine::Part> parts;
  std::vector<const TransferRoutine*> blocks;  // by flat index of the pointer, if not in memory
  bool lends = false;  // whether a handle that is given away may be lent as well
};

// Of the calls of a lifted function.
struct LiftPlans {
  LabeledType result;  // as a list of one, if there is one
  TransferPlan params, results;
};

// The routines of one component.
class TransferRoutines {
 public:
  TransferPlan plan(const ValueList& list);
  void plan(const FuncType& type, LiftPlans& plans);
  const TransferRoutine* routine(const ValType& type);

 private:
  void resolve(const ValType& type, TransferRoutine& routine);
  void add_members(const ValType& type, TransferRoutine& routine);
  void add_cases(const ValType& type, TransferRoutine& routine);

  std::deque<TransferRoutine> routines_;
  std::unordered_map<const ValType*, TransferRoutine*> by_type_;
};

struct TransferPlans {
  TransferRoutines routines;
  std::vector<std::unique_ptr<const LiftPlans>> by_lift;  // null: nothing lowers it
};

// The flat values of a type, from `slot` on: those that are lists or strings.
void find_blocks(const TransferRoutine& routine, uint32_t slot,
                 std::vector<const TransferRoutine*>& blocks);

// A list or string whose contents are copied as a block, by compiled code that has checked the
// ranges, and a string by check_text. False: a trap is latched.
bool copy_block(const Transfer& transfer, const TransferRoutine& routine, const uint8_t* from,
                uint8_t* to, size_t size_bytes);
// Latches why that code refused it: what is at the source, or the block at `address` that realloc
// returned.
void refuse_copy(const Transfer& transfer, const TransferRoutine& routine, Place from,
                 uint32_t address);

// `from_slots` and `to_slots` as for lift_values and lower_values. False: a trap is latched.
bool transfer_values(const Transfer& transfer, const TransferPlan& plan, uint64_t* from_slots,
                     uint64_t* to_slots, std::optional<uint32_t> return_area = std::nullopt);

}  // namespace wisp::component
