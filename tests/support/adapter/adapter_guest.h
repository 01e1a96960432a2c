// The core modules of the components of adapter_case.h: guests that log what their allocator is
// asked and what they are called with, and answer as a script in their memory says.
//
// The layout of that memory, and what realloc does, is in reference_guest.h.
#pragma once

#include "tests/support/adapter/reference_guest.h"
#include "tests/support/module_builder.h"

namespace wisp::test {

using CoreTypes = ModuleBuilder::Types;

// Code of a function body, an instruction at a time.
class Code {
 public:
  Code& op(uint8_t opcode) {
    bytes_.push_back(opcode);
    return *this;
  }
  Code& constant(uint32_t value) {
    op(0x41);
    auto rest = static_cast<int32_t>(value);
    for (;; rest >>= 7) {
      const auto low = static_cast<uint8_t>(rest & 0x7f);
      const bool is_last = rest >> 6 == 0 || rest >> 6 == -1;
      op(is_last ? low : low | 0x80);
      if (is_last) return *this;
    }
  }
  Code& constant64(uint64_t value) {
    op(0x42);
    auto rest = static_cast<int64_t>(value);
    for (;; rest >>= 7) {
      const auto low = static_cast<uint8_t>(rest & 0x7f);
      const bool is_last = rest >> 6 == 0 || rest >> 6 == -1;
      op(is_last ? low : low | 0x80);
      if (is_last) return *this;
    }
  }
  Code& get(uint32_t local) { return op(0x20).leb(local); }
  Code& set(uint32_t local) { return op(0x21).leb(local); }
  Code& call(uint32_t function) { return op(0x10).leb(function); }
  // Alignment 0: nothing is promised.
  Code& memory(uint8_t opcode, uint32_t offset) { return op(opcode).op(0).leb(offset); }
  Code& leb(uint32_t value) {
    append_u32(bytes_, value);
    return *this;
  }
  Code& raw(const Bytes& more) {
    append(bytes_, more);
    return *this;
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

constexpr uint8_t kI32Load = 0x28, kI64Load = 0x29, kI32Store = 0x36, kI64Store = 0x37;
constexpr uint8_t kIf = 0x04, kEnd = 0x0b, kVoid = 0x40, kUnreachable = 0x00;

inline uint8_t load_opcode(jit::ValueType type) {
  switch (type) {
    case jit::ValueType::kI64:
      return 0x29;
    case jit::ValueType::kF32:
      return 0x2a;
    case jit::ValueType::kF64:
      return 0x2b;
    default:
      return 0x28;
  }
}
inline uint8_t store_opcode(jit::ValueType type) {
  return static_cast<uint8_t>(load_opcode(type) + (kI32Store - kI32Load));
}

// realloc(old address 0, old size 1, alignment 2, new size 3), locals call 4, answer 5; function
// `leave` is an import.
inline Bytes realloc_code(uint32_t leave) {
  Code code;
  code.constant(0).memory(kI32Load, kCallsAt).set(4);
  code.get(4).constant(kMaxReallocs).op(0x4f).op(kIf).op(kVoid).op(kUnreachable).op(kEnd);
  code.constant(0).get(4).constant(1).op(0x6a).memory(kI32Store, kCallsAt);
  for (uint32_t i = 0; i < 4; ++i) {
    code.get(4).constant(16).op(0x6c).get(i).memory(kI32Store, kLogAt + 4 * i);
  }
  auto if_action = [&code](ReallocAction action) -> Code& {
    code.get(4).constant(8).op(0x6c).memory(kI32Load, kScriptAt);
    return code.constant(static_cast<uint32_t>(action)).op(0x46).op(kIf).op(kVoid);
  };
  if_action(ReallocAction::kTrap).op(kUnreachable).op(kEnd);
  if_action(ReallocAction::kLeave).constant(0).call(leave).op(0x1a).op(kEnd);
  if_action(ReallocAction::kAnswer);
  code.get(4).constant(8).op(0x6c).memory(kI32Load, kScriptAt + 4).op(0x0f).op(kEnd);
  if_action(ReallocAction::kGrow).constant(1).op(0x40).op(0).op(0x1a).op(kEnd);
  // answer = (next + alignment - 1) & -alignment; next = answer + new size
  code.constant(0).memory(kI32Load, kNextAt).get(2).op(0x6a).constant(1).op(0x6b);
  code.constant(0).get(2).op(0x6b).op(0x71).set(5);
  code.constant(0).get(5).get(3).op(0x6a).memory(kI32Store, kNextAt);
  // memory.copy of the smaller size, if there was a block
  code.get(1).op(kIf).op(kVoid).get(5).get(0);
  code.get(1).get(3).get(1).get(3).op(0x49).op(0x1b);
  code.raw({0xfc, 0x0a, 0x00, 0x00}).op(kEnd);
  return code.get(5).bytes();
}

// () -> i64: a hash of the whole memory; locals address 0, end 1, hash 2.
inline Bytes sum_code() {
  Code code;
  code.op(0x3f).op(0).constant(16).op(0x74).set(1);
  code.constant64(0xcbf29ce484222325).set(2);
  code.op(0x03).op(kVoid);
  code.get(2).get(0).memory(kI64Load, 0).op(0x85).constant64(0x100000001b3).op(0x7e).set(2);
  code.get(0).constant(8).op(0x6a).set(0);
  code.get(0).get(1).op(0x49).op(0x0d).leb(0).op(kEnd);
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

// Imports "" "leave"; exports memory, realloc, sum and, unless it is null, f of that type, which
// logs its parameters and answers what is at kResultAt.
inline Bytes guest_module(const std::vector<uint8_t>& image, const jit::FuncType* f) {
  using enum jit::ValueType;
  ModuleBuilder module;
  const uint32_t leave_type = module.type({kI32}, {kI32});
  module.add(ModuleBuilder::kImports,
             join({{0}, {5, 'l', 'e', 'a', 'v', 'e'}, {0}, u32(leave_type)}));
  const uint32_t realloc_type = module.type({kI32, kI32, kI32, kI32}, {kI32});
  const uint32_t sum_type = module.type({}, {kI64});
  module.function(realloc_type, realloc_code(0), {{2, kI32}});
  module.function(sum_type, sum_code(), {{2, kI32}, {1, kI64}});
  if (f != nullptr) {
    Code code;
    for (uint32_t i = 0; i < f->params.size(); ++i) {
      code.constant(0).get(i).memory(store_opcode(f->params[i]), kParamsAt + 8 * i);
    }
    if (!f->results.empty()) code.constant(0).memory(load_opcode(f->results[0]), kResultAt);
    module.function(module.type(f->params, f->results), code.bytes());
    module.export_item("f", 0, 3);
  }
  module.add(ModuleBuilder::kMemories, join({{0x01}, u32(1), u32(kMaxWasmPages)}));
  module.export_item("memory", 2, 0);
  module.export_item("realloc", 0, 1);
  module.export_item("sum", 0, 2);
  size_t used = image.size();
  while (used > 0 && image[used - 1] == 0) --used;
  const Bytes content(image.begin(), image.begin() + static_cast<ptrdiff_t>(used));
  module.add(ModuleBuilder::kData,
             join({{0x00, 0x41, 0x00, 0x0b}, u32(static_cast<uint32_t>(used)), content}));
  return module.build();
}

// Imports "m" "memory" and "" "f"; exports run, which calls f with what is at kParamsAt and stores
// what it answers at kResultAt.
inline Bytes caller_module(const jit::FuncType& f) {
  ModuleBuilder module;
  const uint32_t f_type = module.type(f.params, f.results);
  const uint32_t run_type = module.type({}, {});
  module.add(ModuleBuilder::kImports, join({{0}, {1, 'f'}, {0}, u32(f_type)}));
  module.add(ModuleBuilder::kImports,
             join({{1, 'm'}, {6, 'm', 'e', 'm', 'o', 'r', 'y'}, {2, 0}, u32(1)}));
  Code code;
  if (!f.results.empty()) code.constant(0);
  for (uint32_t i = 0; i < f.params.size(); ++i) {
    code.constant(0).memory(load_opcode(f.params[i]), kParamsAt + 8 * i);
  }
  code.call(0);
  if (!f.results.empty()) code.memory(store_opcode(f.results[0]), kResultAt);
  module.function(run_type, code.bytes());
  module.export_item("run", 0, 1);
  return module.build();
}

}  // namespace wisp::test
