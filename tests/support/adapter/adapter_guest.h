// The core modules of the components of adapter_case.h: guests that log what their allocator is
// asked and what they are called with, and answer as a script in their memory says.
//
// The layout of that memory, and what realloc does, is in reference_guest.h.
#pragma once

#include "tests/support/adapter/code.h"
#include "tests/support/adapter/reference_guest.h"

namespace wisp::test {

using CoreTypes = ModuleBuilder::Types;

// The functions that a guest imports: `leave` traps where the guest may not leave its instance.
// make and drop are those of Step.
struct GuestImport {
  enum : uint32_t { kLeave, kMake0, kMake1, kDrop0, kDrop1, kCount };
};
constexpr const char* kGuestImports[] = {"leave", "make0", "make1", "drop0", "drop1"};

// realloc(old address 0, old size 1, alignment 2, new size 3), locals call 4, answer 5.
inline Bytes realloc_code() {
  Code code;
  code.constant(0).memory(Op::kI32Load, kCallsAt).set(4);
  code.get(4).constant(kMaxReallocs).op(Op::kI32GeU).begin_if().op(Op::kUnreachable).end();
  code.constant(0).get(4).constant(1).op(Op::kI32Add).memory(Op::kI32Store, kCallsAt);
  for (uint32_t i = 0; i < 4; ++i) {
    code.get(4).constant(16).op(Op::kI32Mul).get(i).memory(Op::kI32Store, kLogAt + 4 * i);
  }
  auto if_action = [&code](ReallocAction action) -> Code& {
    code.get(4).constant(8).op(Op::kI32Mul).memory(Op::kI32Load, kScriptAt);
    return code.constant(static_cast<uint32_t>(action)).op(Op::kI32Eq).begin_if();
  };
  if_action(ReallocAction::kTrap).op(Op::kUnreachable).end();
  if_action(ReallocAction::kLeave).constant(0).call(GuestImport::kLeave).op(Op::kDrop).end();
  if_action(ReallocAction::kCall).constant(0).call(GuestImport::kMake1).op(Op::kDrop).end();
  if_action(ReallocAction::kAnswer);
  code.get(4).constant(8).op(Op::kI32Mul).memory(Op::kI32Load, kScriptAt + 4).op(Op::kReturn).end();
  if_action(ReallocAction::kGrow).constant(1).op(Op::kMemoryGrow).op(0).op(Op::kDrop).end();
  // answer = (next + alignment - 1) & -alignment; next = answer + new size
  code.constant(0).memory(Op::kI32Load, kNextAt).get(2).op(Op::kI32Add).constant(1).op(Op::kI32Sub);
  code.constant(0).get(2).op(Op::kI32Sub).op(Op::kI32And).set(5);
  code.constant(0).get(5).get(3).op(Op::kI32Add).memory(Op::kI32Store, kNextAt);
  // memory.copy of the smaller size, if there was a block
  code.get(1).begin_if().get(5).get(0);
  code.get(1).get(3).get(1).get(3).op(Op::kI32LtU).op(Op::kSelect);
  code.raw({0xfc, 0x0a, 0x00, 0x00}).end();
  return code.get(5).bytes();
}

// (address of a Step 0), local argument 1: what ReferenceGuest::run_steps does.
inline Bytes steps_code() {
  Code code;
  code.op(Op::kLoop).op(0x40);
  code.get(0).memory(Op::kI32Load, 4).set(1);
  auto if_step = [&code](Step step) -> Code& {
    code.get(0).memory(Op::kI32Load, 0).constant(static_cast<uint32_t>(step));
    return code.op(Op::kI32Eq).begin_if();
  };
  for (const Step step : {Step::kMake0, Step::kMake1}) {
    if_step(step).constant(0).constant(0).memory(Op::kI32Load, kHandlesAt).constant(31);
    code.op(Op::kI32Mul).get(1).call(static_cast<uint32_t>(step)).op(Op::kI32Add);
    code.memory(Op::kI32Store, kHandlesAt).end();
  }
  for (const Step step : {Step::kDrop0, Step::kDrop1}) {
    if_step(step).get(1).call(static_cast<uint32_t>(step)).end();
  }
  code.get(0).memory(Op::kI32Load, 0).get(0).constant(8).op(Op::kI32Add).set(0);
  return code.op(Op::kBranchIf).leb(0).end().bytes();
}
static_assert(GuestImport::kMake0 == static_cast<uint32_t>(Step::kMake0));
static_assert(GuestImport::kDrop1 == static_cast<uint32_t>(Step::kDrop1));

// () -> i64: a hash of the whole memory; locals address 0, end 1, hash 2.
inline Bytes sum_code() {
  Code code;
  code.op(Op::kMemorySize).op(0).constant(16).op(Op::kI32Shl).set(1);
  code.constant64(0xcbf29ce484222325).set(2);
  code.op(Op::kLoop).op(0x40);
  code.get(2).get(0).memory(Op::kI64Load, 0).op(Op::kI64Xor);
  code.constant64(0x100000001b3).op(Op::kI64Mul).set(2);
  code.get(0).constant(8).op(Op::kI32Add).set(0);
  code.get(0).get(1).op(Op::kI32LtU).op(Op::kBranchIf).leb(0).end();
  return code.get(2).bytes();
}
inline uint64_t sum_of(const std::vector<uint8_t>& bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (size_t i = 0; i < bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, &bytes[i], 8);
    hash = (hash ^ word) * 0x100000001b3;
  }
  return hash;
}

// Imports kGuestImports of ""; exports memory, realloc, sum, steps, setup, which takes the steps at
// kSetupAt, and, unless it is null, f of that type, which logs its parameters, takes the steps at
// kStepsAt and answers what is at kResultAt.
inline Bytes guest_module(const std::vector<uint8_t>& image, const jit::FuncType* f) {
  using enum jit::ValueType;
  ModuleBuilder module;
  const uint32_t make_type = module.type({kI32}, {kI32});
  const uint32_t take_type = module.type({kI32}, {});
  for (uint32_t i = 0; i < GuestImport::kCount; ++i) {
    Bytes item = {0};
    append_name(item, kGuestImports[i]);
    append(item, join({{0}, u32(i < GuestImport::kDrop0 ? make_type : take_type)}));
    module.add(ModuleBuilder::kImports, item);
  }
  constexpr uint32_t kRealloc = GuestImport::kCount, kSum = kRealloc + 1, kSteps = kRealloc + 2,
                     kSetup = kRealloc + 3, kF = kRealloc + 4;
  module.function(module.type({kI32, kI32, kI32, kI32}, {kI32}), realloc_code(), {{2, kI32}});
  module.function(module.type({}, {kI64}), sum_code(), {{2, kI32}, {1, kI64}});
  module.function(take_type, steps_code(), {{1, kI32}});
  module.function(module.type({}, {}), Code().constant(kSetupAt).call(kSteps).bytes());
  if (f != nullptr) {
    Code code;
    for (uint32_t i = 0; i < f->params.size(); ++i) {
      code.constant(0).get(i).memory(store_opcode(f->params[i]), kParamsAt + 8 * i);
    }
    code.constant(kStepsAt).call(kSteps);
    if (!f->results.empty()) code.constant(0).memory(load_opcode(f->results[0]), kResultAt);
    module.function(module.type(f->params, f->results), code.bytes());
    module.export_item("f", 0, kF);
  }
  module.add(ModuleBuilder::kMemories, join({{0x01}, u32(1), u32(kMaxWasmPages)}));
  module.export_item("memory", 2, 0);
  module.export_item("realloc", 0, kRealloc);
  module.export_item("sum", 0, kSum);
  module.export_item("steps", 0, kSteps);
  module.export_item("setup", 0, kSetup);
  size_t used = image.size();
  while (used > 0 && image[used - 1] == 0) --used;
  const Bytes content(image.begin(), image.begin() + static_cast<ptrdiff_t>(used));
  module.add(ModuleBuilder::kData,
             join({{0x00, 0x41, 0x00, 0x0b}, u32(static_cast<uint32_t>(used)), content}));
  return module.build();
}

// Imports "m" "memory" and "steps", and "" "f"; exports run, which takes the steps at kSetupAt,
// calls f with what is at kParamsAt, stores what it answers at kResultAt and takes the steps at
// kStepsAt.
inline Bytes caller_module(const jit::FuncType& f) {
  ModuleBuilder module;
  const uint32_t f_type = module.type(f.params, f.results);
  const uint32_t steps_type = module.type({jit::ValueType::kI32}, {});
  const uint32_t run_type = module.type({}, {});
  module.add(ModuleBuilder::kImports, join({{0}, {1, 'f'}, {0}, u32(f_type)}));
  module.add(ModuleBuilder::kImports,
             join({{1, 'm'}, {5, 's', 't', 'e', 'p', 's'}, {0}, u32(steps_type)}));
  module.add(ModuleBuilder::kImports,
             join({{1, 'm'}, {6, 'm', 'e', 'm', 'o', 'r', 'y'}, {2, 0}, u32(1)}));
  Code code;
  code.constant(kSetupAt).call(1);
  if (!f.results.empty()) code.constant(0);
  for (uint32_t i = 0; i < f.params.size(); ++i) {
    code.constant(0).memory(load_opcode(f.params[i]), kParamsAt + 8 * i);
  }
  code.call(0);
  if (!f.results.empty()) code.memory(store_opcode(f.results[0]), kResultAt);
  code.constant(kStepsAt).call(1);
  module.function(run_type, code.bytes());
  module.export_item("run", 0, 2);
  return module.build();
}

// Of who defines a resource type: exports its destructor, which keeps a hash of what it is given,
// and `drops`, which answers that.
inline Bytes destructor_module() {
  using enum jit::ValueType;
  ModuleBuilder module;
  Code destructor;
  destructor.constant(0).constant(0).memory(Op::kI64Load, 0).constant64(31).op(Op::kI64Mul);
  destructor.get(0).op(Op::kI64ExtendI32U).op(Op::kI64Add).constant64(1).op(Op::kI64Add);
  destructor.memory(Op::kI64Store, 0);
  module.function(module.type({kI32}, {}), destructor.bytes());
  module.function(module.type({}, {kI64}), Code().constant(0).memory(Op::kI64Load, 0).bytes());
  module.memory(1);
  module.export_item("destructor", 0, 0);
  module.export_item("drops", 0, 1);
  return module.build();
}

}  // namespace wisp::test
