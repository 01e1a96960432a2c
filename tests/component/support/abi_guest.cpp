#include "tests/component/support/abi_guest.h"

namespace wisp::component::testing {

using nlohmann::json;
using wisp::test::append;
using wisp::test::append_name;
using wisp::test::Bytes;
using wisp::test::Code;
using wisp::test::join;
using wisp::test::load_opcode;
using wisp::test::ModuleBuilder;
using wisp::test::Op;
using wisp::test::store_opcode;
using wisp::test::u32;
using enum jit::ValueType;

namespace {

constexpr uint8_t kFunction = 0, kMemory = 2;  // sorts of externs

void import(ModuleBuilder& module, std::string_view from, std::string_view name,
            const Bytes& what) {
  Bytes item;
  append_name(item, from);
  append_name(item, name);
  append(item, what);
  module.add(ModuleBuilder::kImports, item);
}

// The size of the memory in bytes, as i64; 65536 pages are 2^32 of them.
void push_size(Code& code) {
  code.op(Op::kMemorySize).op(0).op(Op::kI64ExtendI32U).constant64(65536).op(Op::kI64Mul);
}
// local `address` + local `size`, as i64.
void push_end(Code& code, uint32_t address, uint32_t size) {
  code.get(address).op(Op::kI64ExtendI32U).get(size).op(Op::kI64ExtendI32U).op(Op::kI64Add);
}

// Parameters and locals of realloc, and its imports.
enum Local : uint32_t {
  kOld,
  kOldSize,
  kAlignment,
  kNewSize,
  kEntry,
  kAnswer,
  kAdd,
  kSize,
  kCount
};
enum Import : uint32_t { kPages, kGrow, kCopy, kFits };

// Notes local kAnswer and returns it.
void answer(Code& code) {
  code.get(kEntry).get(kAnswer).memory(Op::kI32Store, 16);
  code.get(kEntry).constant(1).memory(Op::kI32Store, 20);
  code.get(kAnswer).op(Op::kReturn);
}
Code& load_control(Code& code, uint32_t at) { return code.constant(0).memory(Op::kI32Load, at); }

void note_call(Code& code) {
  load_control(code, kHasFirstAt).begin_if();
  code.constant(0).constant(0).memory(Op::kI32Store, kHasFirstAt);
  load_control(code, kFirstAt).op(Op::kReturn).end();
  load_control(code, kCallsAt).constant(kLogEntrySize).op(Op::kI32Mul);
  code.constant(kLogAt).op(Op::kI32Add).set(kEntry);
  for (uint32_t i = 0; i < 4; i++) code.get(kEntry).get(i).memory(Op::kI32Store, 4 * i);
  code.constant(0);
  load_control(code, kCallsAt).constant(1).op(Op::kI32Add).memory(Op::kI32Store, kCallsAt);
  // size = min(old size, new size): what is copied
  code.get(kOldSize).get(kNewSize).get(kOldSize).get(kNewSize).op(Op::kI32LtU).op(Op::kSelect);
  code.set(kSize);
}

// Step 1 of the README.
void be_hostile(Code& code) {
  auto if_action = [&code](HostileAction action) {
    load_control(code, kHostileActionAt).constant(static_cast<uint32_t>(action));
    code.op(Op::kI32Eq).begin_if();
  };
  if_action(HostileAction::kTrap);
  code.op(Op::kUnreachable).end();
  if_action(HostileAction::kReturn);
  load_control(code, kHostileNumberAt).set(kAnswer);
  code.get(kAnswer).get(kOld).get(kSize).call(kCopy);
  answer(code);
  code.end();
  if_action(HostileAction::kAdd);
  load_control(code, kHostileNumberAt).set(kAdd);
  code.end();
  if_action(HostileAction::kPages);
  code.constant(0).call(kPages).constant(16).op(Op::kI32Shl).memory(Op::kI32Store, kNextAt);
  load_control(code, kHostileNumberAt).call(kGrow);
  code.end();
}

// Step 2.
void keep_block(Code& code) {
  code.get(kOldSize).begin_if();
  code.get(kNewSize).get(kOldSize).op(Op::kI32LeU).begin_if();
  load_control(code, kShrinkAt).begin_if();
  code.get(kOld).set(kAnswer);
  answer(code);
  code.end().op(Op::kElse);
  load_control(code, kGrowAt).begin_if();
  load_control(code, kNextAt).get(kOld).get(kOldSize).op(Op::kI32Add).op(Op::kI32Eq).begin_if();
  code.get(kOld).get(kNewSize).call(kFits);
  code.constant(0).get(kOld).get(kNewSize).op(Op::kI32Add).memory(Op::kI32Store, kNextAt);
  code.get(kOld).set(kAnswer);
  answer(code);
  code.end().end().end().end();
}

Bytes realloc_code() {
  Code code;
  note_call(code);
  load_control(code, kCallsAt).constant(1).op(Op::kI32Sub);
  load_control(code, kHostileCallAt).op(Op::kI32Eq).begin_if();
  be_hostile(code);
  code.op(Op::kElse);
  keep_block(code);
  code.end();
  // Step 3: answer = ((next + alignment - 1) & -alignment) + add
  load_control(code, kNextAt).get(kAlignment).op(Op::kI32Add).constant(1).op(Op::kI32Sub);
  code.constant(0).get(kAlignment).op(Op::kI32Sub).op(Op::kI32And);
  code.get(kAdd).op(Op::kI32Add).set(kAnswer);
  code.get(kAnswer).get(kNewSize).call(kFits);
  code.constant(0).get(kAnswer).get(kNewSize).op(Op::kI32Add).memory(Op::kI32Store, kNextAt);
  code.get(kAnswer).get(kOld).get(kSize).call(kCopy);
  answer(code);
  return code.op(Op::kUnreachable).bytes();
}

}  // namespace

Bytes memory_module(uint32_t pages) {
  ModuleBuilder module;
  const uint32_t get = module.type({}, {kI32}), set = module.type({kI32}, {});
  const uint32_t check = module.type({kI32, kI32}, {}), copy = module.type({kI32, kI32, kI32}, {});
  module.function(get, Code().op(Op::kMemorySize).op(0).bytes());
  module.function(set, Code().get(0).op(Op::kMemoryGrow).op(0).op(Op::kDrop).bytes());
  // copy(to, from, size) where both are in memory
  Code code;
  for (uint32_t block : {0, 1}) {
    push_end(code, block, 2);
    push_size(code);
    code.op(Op::kI64GtU).begin_if().op(Op::kReturn).end();
  }
  code.get(0).get(1).get(2).raw({0xfc, 0x0a, 0x00, 0x00});
  module.function(copy, code.bytes());
  // fits(address, size): traps where it is not in memory
  Code fits;
  push_end(fits, 0, 1);
  push_size(fits);
  fits.op(Op::kI64GtU).begin_if().op(Op::kUnreachable).end();
  module.function(check, fits.bytes());
  module.memory(pages);
  module.export_item("memory", kMemory, 0);
  for (uint32_t i = 0; const char* name : {"pages", "grow", "copy", "fits"}) {
    module.export_item(name, kFunction, i++);
  }
  return module.build();
}

Bytes control_module() {
  ModuleBuilder module;
  const uint32_t get = module.type({}, {kI32}), set = module.type({kI32}, {});
  const uint32_t copy = module.type({kI32, kI32, kI32}, {}), fits = module.type({kI32, kI32}, {});
  import(module, "m", "pages", join({{kFunction}, u32(get)}));
  import(module, "m", "grow", join({{kFunction}, u32(set)}));
  import(module, "m", "copy", join({{kFunction}, u32(copy)}));
  import(module, "m", "fits", join({{kFunction}, u32(fits)}));
  const uint32_t realloc = module.type({kI32, kI32, kI32, kI32}, {kI32});
  module.function(realloc, realloc_code(), {{kCount - kEntry, kI32}});
  module.function(module.type({}, {}), {});
  module.memory(kControlPages);
  module.export_item("realloc", kFunction, 4);
  module.export_item("nothing", kFunction, 5);
  module.export_item("memory", kMemory, 0);
  return module.build();
}

Bytes callee_module(const jit::FuncType& f) {
  ModuleBuilder module;
  import(module, "c", "memory", {kMemory, 0, 1});
  Code code;
  for (uint32_t i = 0; i < f.params.size(); i++) {
    code.constant(0).get(i).memory(store_opcode(f.params[i]), kParamsAt + 8 * i);
  }
  if (!f.results.empty()) code.constant(0).memory(load_opcode(f.results[0]), kResultAt);
  module.function(module.type(f.params, f.results), code.bytes());
  module.export_item("f", kFunction, 0);
  return module.build();
}

Bytes caller_module(const jit::FuncType& f) {
  ModuleBuilder module;
  import(module, "i", "f", join({{kFunction}, u32(module.type(f.params, f.results))}));
  import(module, "c", "memory", {kMemory, 0, 1});
  Code code;
  if (!f.results.empty()) code.constant(0);
  for (uint32_t i = 0; i < f.params.size(); i++) {
    code.constant(0).memory(load_opcode(f.params[i]), kParamsAt + 8 * i);
  }
  code.call(0);
  if (!f.results.empty()) code.memory(store_opcode(f.results[0]), kResultAt);
  module.function(module.type({}, {}), code.bytes());
  module.export_item("run", kFunction, 1);
  return module.build();
}

void AbiGuest::set_script(const json& script, uint32_t next) {
  put(kHostileCallAt, ~0u);
  put(kNextAt, next);
  if (script.is_null()) return;
  put(kNextAt, script["start"]);
  put(kShrinkAt, script["shrink"] == "keep");
  put(kGrowAt, script["grow"] == "keep");
  if (!script.contains("hostile")) return;
  const json& hostile = script["hostile"];
  put(kHostileCallAt, hostile["call"]);
  auto act = [&](const char* key, HostileAction action) {
    if (!hostile.contains(key)) return;
    put(kHostileActionAt, static_cast<uint32_t>(action));
    if (hostile[key].is_number()) put(kHostileNumberAt, hostile[key]);
  };
  act("trap", HostileAction::kTrap);
  act("ret", HostileAction::kReturn);
  act("add", HostileAction::kAdd);
  act("pages", HostileAction::kPages);
}

void AbiGuest::answer_first(uint32_t address) {
  put(kHasFirstAt, 1);
  put(kFirstAt, address);
}

json AbiGuest::log() const {
  json log = json::array();
  for (uint32_t i = 0; i < get(kCallsAt); i++) {
    const size_t at = kLogAt + size_t{i} * kLogEntrySize;
    json entry = json::array();
    for (size_t k = 0; k < 4; k++) entry.push_back(get(at + 4 * k));
    entry.push_back(get(at + 20) != 0 ? json(get(at + 16)) : json());
    log.push_back(entry);
  }
  return log;
}

}  // namespace wisp::component::testing
