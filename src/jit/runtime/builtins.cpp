#include "jit/runtime/builtins.h"

#include <cstring>

#include "jit/runtime/instance.h"
#include "jit/runtime/memory.h"
#include "jit/runtime/table.h"
#include "jit/runtime/trap_handler.h"

// Core specification, sections 4.4.6 (tables) and 4.4.7 (memories): bounds are checked before
// anything is written. No frame here owns anything when it raises a trap, since trapping does not
// return.

namespace wisp::jit {
namespace {

bool in_bounds(uint64_t begin, uint64_t count, uint64_t size) {
  return begin <= size && count <= size - begin;
}

void check(VmContext* context, bool condition, TrapCode code) {
  if (!condition) [[unlikely]]
    raise_trap(context, code);
}

uint64_t MemoryGrow(VmContext* context, uint32_t memory, uint64_t delta_pages) {
  return context->instance->memory(memory).grow(delta_pages).value_or(~uint64_t{0});
}

void MemoryFill(VmContext* context, uint32_t memory, uint64_t to, uint32_t byte, uint64_t count) {
  Memory& target = context->instance->memory(memory);
  check(context, in_bounds(to, count, target.size_bytes()), TrapCode::kMemoryOutOfBounds);
  if (count != 0) std::memset(target.base() + to, static_cast<uint8_t>(byte), count);
}

void MemoryCopy(VmContext* context, uint32_t to_memory, uint32_t from_memory, uint64_t to,
                uint64_t from, uint64_t count) {
  Memory& target = context->instance->memory(to_memory);
  Memory& source = context->instance->memory(from_memory);
  check(context,
        in_bounds(to, count, target.size_bytes()) && in_bounds(from, count, source.size_bytes()),
        TrapCode::kMemoryOutOfBounds);
  if (count != 0) std::memmove(target.base() + to, source.base() + from, count);
}

void MemoryInit(VmContext* context, uint32_t memory, uint32_t segment, uint64_t to, uint32_t from,
                uint32_t count) {
  TrapCode code = context->instance->init_memory(memory, segment, to, from, count);
  check(context, code == TrapCode::kNone, code);
}

uint64_t TableGet(VmContext* context, uint32_t table, uint32_t index) {
  Table& source = context->instance->table(table);
  check(context, index < source.size(), TrapCode::kTableOutOfBounds);
  return source.get(index);
}

void TableSet(VmContext* context, uint32_t table, uint32_t index, uint64_t value) {
  Table& target = context->instance->table(table);
  check(context, index < target.size(), TrapCode::kTableOutOfBounds);
  target.set(index, value);
}

uint32_t TableGrow(VmContext* context, uint32_t table, uint64_t value, uint32_t delta) {
  return context->instance->table(table).grow(delta, value).value_or(~uint32_t{0});
}

void TableFill(VmContext* context, uint32_t table, uint32_t to, uint64_t value, uint32_t count) {
  Table& target = context->instance->table(table);
  check(context, in_bounds(to, count, target.size()), TrapCode::kTableOutOfBounds);
  target.fill(to, value, count);
}

void TableCopy(VmContext* context, uint32_t to_table, uint32_t from_table, uint32_t to,
               uint32_t from, uint32_t count) {
  Table& target = context->instance->table(to_table);
  Table& source = context->instance->table(from_table);
  check(context, in_bounds(to, count, target.size()) && in_bounds(from, count, source.size()),
        TrapCode::kTableOutOfBounds);
  target.copy(to, source, from, count);
}

void TableInit(VmContext* context, uint32_t table, uint32_t segment, uint32_t to, uint32_t from,
               uint32_t count) {
  TrapCode code = context->instance->init_table(table, segment, to, from, count);
  check(context, code == TrapCode::kNone, code);
}

#define WISP_CHECK_SIGNATURE(name, result, parameters) \
  constexpr result(*kTyped##name) parameters = &name;
WISP_BUILTINS(WISP_CHECK_SIGNATURE)
#undef WISP_CHECK_SIGNATURE

}  // namespace

#define WISP_BUILTIN_ADDRESS(name, result, parameters) reinterpret_cast<const void*>(kTyped##name),
const void* const kBuiltinFunctions[kBuiltinCount] = {WISP_BUILTINS(WISP_BUILTIN_ADDRESS)};
#undef WISP_BUILTIN_ADDRESS

const char* to_string(BuiltinId id) {
#define WISP_BUILTIN_NAME(name, result, parameters) #name,
  constexpr const char* kNames[] = {WISP_BUILTINS(WISP_BUILTIN_NAME)};
#undef WISP_BUILTIN_NAME
  return kNames[static_cast<size_t>(id)];
}

}  // namespace wisp::jit
