// Memory instructions: core specification 2.0, section 4.4.7.
#include "tests/oracle/transfer.h"

namespace wisp::oracle {
namespace {

using jit::Opcode;
using jit::TrapCode;
using jit::ValueType;

enum class Extension : uint8_t { kZero, kSign };

struct Access {
  ValueType type;
  unsigned bytes = 0;
  Extension extension = Extension::kZero;
  bool is_store = false;
};

// By opcode; no bytes: neither a load nor a store.
// clang-format off
Access access_of(Opcode opcode) {
  using enum ValueType;
  switch (opcode) {
    case Opcode::kI32Load: return {kI32, 4};
    case Opcode::kI64Load: return {kI64, 8};
    case Opcode::kF32Load: return {kF32, 4};
    case Opcode::kF64Load: return {kF64, 8};
    case Opcode::kI32Load8S: return {kI32, 1, Extension::kSign};
    case Opcode::kI32Load8U: return {kI32, 1};
    case Opcode::kI32Load16S: return {kI32, 2, Extension::kSign};
    case Opcode::kI32Load16U: return {kI32, 2};
    case Opcode::kI64Load8S: return {kI64, 1, Extension::kSign};
    case Opcode::kI64Load8U: return {kI64, 1};
    case Opcode::kI64Load16S: return {kI64, 2, Extension::kSign};
    case Opcode::kI64Load16U: return {kI64, 2};
    case Opcode::kI64Load32S: return {kI64, 4, Extension::kSign};
    case Opcode::kI64Load32U: return {kI64, 4};
    case Opcode::kI32Store: return {kI32, 4, Extension::kZero, true};
    case Opcode::kI64Store: return {kI64, 8, Extension::kZero, true};
    case Opcode::kF32Store: return {kF32, 4, Extension::kZero, true};
    case Opcode::kF64Store: return {kF64, 8, Extension::kZero, true};
    case Opcode::kI32Store8: return {kI32, 1, Extension::kZero, true};
    case Opcode::kI32Store16: return {kI32, 2, Extension::kZero, true};
    case Opcode::kI64Store8: return {kI64, 1, Extension::kZero, true};
    case Opcode::kI64Store16: return {kI64, 2, Extension::kZero, true};
    case Opcode::kI64Store32: return {kI64, 4, Extension::kZero, true};
    default: return {kI32};
  }
}
// clang-format on

void set_unknown(MemoryInstance& memory, uint64_t address, bool is_unknown) {
  if (is_unknown) {
    memory.unknown.insert(address);
  } else {
    memory.unknown.erase(address);
  }
}

// Bytes of linear memory are little endian.
Value load(const MemoryInstance& memory, uint64_t address, const Access& access) {
  Value value{access.type, Certainty::kExact, 0};
  for (unsigned i = 0; i < access.bytes; ++i) {
    value.bits |= uint64_t{memory.bytes[address + i]} << (8 * i);
    if (memory.unknown.contains(address + i)) value.certainty = Certainty::kUnknown;
  }
  const unsigned width = 8 * access.bytes;
  if (access.extension == Extension::kSign && (value.bits >> (width - 1) & 1) != 0) {
    for (unsigned bit = width; bit < 64; ++bit) value.bits |= uint64_t{1} << bit;
    if (access.type == ValueType::kI32) value.bits = static_cast<uint32_t>(value.bits);
  }
  return value;
}

void store(MemoryInstance& memory, uint64_t address, const Access& access, const Value& value) {
  for (unsigned i = 0; i < access.bytes; ++i) {
    memory.bytes[address + i] = static_cast<uint8_t>(value.bits >> (8 * i));
    set_unknown(memory, address + i, !value.is_exact());
  }
}

Step load_or_store(const Instruction& instruction, const Access& access, Frame& frame) {
  MemoryInstance& memory = *frame.instance->memories[0];
  Value value;
  if (access.is_store) value = frame.pop(access.type);
  const Value base = frame.pop(ValueType::kI32);
  if (!base.is_exact()) return not_determined();
  const uint64_t address = base.bits + instruction.first;
  if (!fits(address, access.bytes, memory.bytes.size())) {
    return trap(TrapCode::kMemoryOutOfBounds);
  }
  if (access.is_store) {
    store(memory, address, access, value);
  } else {
    frame.push(load(memory, address, access));
  }
  return std::nullopt;
}

Step grow(MemoryInstance& memory, Frame& frame, const Limits& limits) {
  const Value delta = frame.pop(ValueType::kI32);
  if (!delta.is_exact()) return not_determined();
  const uint64_t before = memory.bytes.size() / jit::kPageSizeBytes;
  const uint64_t after = before + delta.bits;
  if (after > memory.type.limits.max.value_or(jit::kMaxMemoryPages) ||
      after * jit::kPageSizeBytes > limits.max_memory_bytes) {
    frame.push(i32(~uint32_t{0}));
    return std::nullopt;
  }
  memory.bytes.resize(after * jit::kPageSizeBytes);
  memory.type.limits.min = after;
  frame.push(i32(static_cast<uint32_t>(before)));
  return std::nullopt;
}

Step fill(MemoryInstance& memory, Frame& frame) {
  const Value count = frame.pop(ValueType::kI32);
  const Value value = frame.pop(ValueType::kI32);
  const Value to = frame.pop(ValueType::kI32);
  if (!count.is_exact() || !to.is_exact()) return not_determined();
  if (!fits(to.bits, count.bits, memory.bytes.size())) return trap(TrapCode::kMemoryOutOfBounds);
  for (uint64_t i = 0; i < count.bits; ++i) {
    memory.bytes[to.bits + i] = static_cast<uint8_t>(value.bits);
    set_unknown(memory, to.bits + i, !value.is_exact());
  }
  return std::nullopt;
}

TrapCode copy_memory(MemoryInstance& target, const MemoryInstance& source, const Transfer& range) {
  const bool is_done =
      transfer(range, target.bytes.size(), source.bytes.size(), [&](uint64_t to, uint64_t from) {
        target.bytes[to] = source.bytes[from];
        set_unknown(target, to, source.unknown.contains(from));
      });
  return is_done ? TrapCode::kNone : TrapCode::kMemoryOutOfBounds;
}

}  // namespace

TrapCode init_memory(MemoryInstance& memory, std::span<const uint8_t> data, const Transfer& range) {
  const bool is_done =
      transfer(range, memory.bytes.size(), data.size(), [&](uint64_t to, uint64_t from) {
        memory.bytes[to] = data[from];
        set_unknown(memory, to, false);
      });
  return is_done ? TrapCode::kNone : TrapCode::kMemoryOutOfBounds;
}

// clang-format off
bool is_memory_instruction(Opcode opcode) {
  switch (opcode) {
    case Opcode::kMemorySize: case Opcode::kMemoryGrow: case Opcode::kMemoryFill:
    case Opcode::kMemoryCopy: case Opcode::kMemoryInit: case Opcode::kDataDrop:
      return true;
    default: return access_of(opcode).bytes != 0;
  }
}
// clang-format on

Step execute_memory(const Instruction& instruction, Frame& frame, const Limits& limits) {
  const std::vector<MemoryInstance*>& memories = frame.instance->memories;
  switch (instruction.opcode) {
    case Opcode::kMemorySize: {
      const uint64_t size = memories[instruction.first]->bytes.size();
      frame.push(i32(static_cast<uint32_t>(size / jit::kPageSizeBytes)));
      return std::nullopt;
    }
    case Opcode::kMemoryGrow:
      return grow(*memories[instruction.first], frame, limits);
    case Opcode::kMemoryFill:
      return fill(*memories[instruction.first], frame);
    case Opcode::kMemoryCopy:
      return execute_transfer(frame, [&](const Transfer& range) {
        return copy_memory(*memories[instruction.first], *memories[instruction.second], range);
      });
    case Opcode::kMemoryInit:
      return execute_transfer(frame, [&](const Transfer& range) {
        return init_memory(*memories[instruction.second], frame.instance->data[instruction.first],
                           range);
      });
    case Opcode::kDataDrop:
      frame.instance->data[instruction.first] = {};
      return std::nullopt;
    default:
      return load_or_store(instruction, access_of(instruction.opcode), frame);
  }
}

}  // namespace wisp::oracle
