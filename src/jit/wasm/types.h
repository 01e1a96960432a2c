// The types of core WebAssembly, in the words of the specification (core 2.0, section 2.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wisp::jit {

// The binary encoding is the value. v128 is known so that it can be refused by name.
enum class ValueType : uint8_t {
  kI32 = 0x7f,
  kI64 = 0x7e,
  kF32 = 0x7d,
  kF64 = 0x7c,
  kV128 = 0x7b,
  kFuncRef = 0x70,
  kExternRef = 0x6f,
};

constexpr bool is_reference(ValueType type) {
  return type == ValueType::kFuncRef || type == ValueType::kExternRef;
}
constexpr bool is_float(ValueType type) {
  return type == ValueType::kF32 || type == ValueType::kF64;
}
const char* to_string(ValueType type);

// The value type of an encoding that Wisp runs, nothing for all others.
constexpr std::optional<ValueType> value_type_of(uint8_t code) {
  switch (code) {
    case 0x7f:
    case 0x7e:
    case 0x7d:
    case 0x7c:
    case 0x70:
    case 0x6f:
      return ValueType(code);
    default:
      return std::nullopt;
  }
}
// The later feature that an encoding of a type belongs to, such as "simd"; nullptr if none does.
const char* unsupported_type_feature(uint8_t code);

struct FuncType {
  std::vector<ValueType> params;
  std::vector<ValueType> results;
  bool operator==(const FuncType&) const = default;
};
// "(i32, i64) -> (f32)"
std::string to_string(const FuncType& type);

// Pages for memories, elements for tables.
struct Limits {
  uint64_t min = 0;
  std::optional<uint64_t> max;
  bool operator==(const Limits&) const = default;
};

constexpr uint64_t kPageSizeBytes = 65536;
constexpr uint64_t kMaxMemoryPages = 65536;

struct TableType {
  ValueType element = ValueType::kFuncRef;
  Limits limits;
  bool operator==(const TableType&) const = default;
};

struct MemoryType {
  Limits limits;
  bool operator==(const MemoryType&) const = default;
};

enum class Mutability : uint8_t { kConst, kVar };

struct GlobalType {
  ValueType value = ValueType::kI32;
  Mutability mutability = Mutability::kConst;
  bool operator==(const GlobalType&) const = default;
};

enum class ExternKind : uint8_t { kFunc, kTable, kMemory, kGlobal };
const char* to_string(ExternKind kind);

}  // namespace wisp::jit
