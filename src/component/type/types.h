// The types and values of the component model, in the words of its specification.
//
// Types are immutable nodes in an arena, linked by pointers; whoever owns the arena (a Component, a
// test) keeps them alive. A ValType knows its layout in a 32-bit memory from the day it is made, so
// that nothing that lifts or lowers computes one. Nodes are made by TypeBuilder only; equality is
// structural and lives in subtyping.h.
//
// In a Component that was linked (component.h) every ResourceType is that of one root instance:
// `index` says which. While a component is validated, resource types are compared by `identity`.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "jit/wasm/types.h"
#include "platform/arena.h"

namespace wisp::component {

struct ValType;
struct FuncType;
struct InstanceType;
struct ComponentType;
struct ModuleType;

enum class StringEncoding : uint8_t { kUtf8, kUtf16, kLatin1Utf16 };

enum class TypeKind : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
  kRecord,
  kVariant,
  kList,
  kFixedList,
  kTuple,
  kFlags,
  kEnum,
  kOption,
  kResult,
  kOwn,
  kBorrow,
  kStream,
  kFuture,
  kMap,
};
constexpr bool is_primitive(TypeKind kind) { return kind <= TypeKind::kErrorContext; }
// The word of the text format: "u32", "record".
const char* to_string(TypeKind kind);

struct ResourceType {
  static constexpr uint32_t kNoIndex = ~uint32_t{0};
  // The type that this one names; itself unless it came about by an import, export or alias of
  // another.
  const ResourceType* identity = nullptr;
  std::string_view name;      // of the first import or export, for messages
  uint32_t index = kNoIndex;  // in Component::resources, once linked
  // The node that this one gives another name to; for printing.
  const ResourceType* named = nullptr;
};

// A field, a case (type may be null), a tuple member (no label), a label of flags or an enum (no
// type), a parameter.
struct LabeledType {
  std::string_view label;
  const ValType* type = nullptr;
  uint32_t offset = 0;  // of a field or tuple member, in memory
};

// What is known of a type without walking it. Of functions: of all parameters and results together.
struct TypeTraits {
  bool has_borrow : 1 = false;
  bool has_resource : 1 = false;  // an own or borrow, or (instances, components) a resource type
  bool has_pointer : 1 = false;  // a string, list or map: needs a memory, and an allocator to lower
  bool has_named : 1 = false;    // a record, variant, enum or flags: needs a name in signatures
  bool has_async : 1 = false;    // a stream, future or error-context
  bool has_fixed_list : 1 = false;
  bool has_map : 1 = false;

  void add(const TypeTraits& other);
};

struct ValType {
  TypeKind kind = TypeKind::kBool;
  uint8_t alignment = 1;
  uint8_t alignment64 = 1;  // with 64-bit pointers
  uint8_t discriminant_size =
      0;  // variant, enum, option, result: bytes of the discriminant; flags: bytes of all
  uint8_t depth = 1;
  TypeTraits traits;
  uint32_t size = 1;                     // elem_size
  uint32_t size64 = 1;                   // with 64-bit pointers: always < 2^28
  uint32_t payload_offset = 0;           // variant, option, result
  uint32_t flat_count = 1;               // number of core values when flattened
  uint32_t node_count = 1;               // size of the type as a tree
  uint32_t length = 0;                   // kFixedList
  std::span<const LabeledType> members;  // record, variant, tuple, flags, enum
  const ValType* element =
      nullptr;  // list, option, stream, future; ok of a result; kMap: tuple<key, value>
  const ValType* error = nullptr;          // result
  const ResourceType* resource = nullptr;  // own, borrow
  // The node that this one gives an external name to, if an import or export made it; for printing.
  const ValType* named = nullptr;
};

struct FuncType {
  std::span<const LabeledType> params;
  const ValType* result = nullptr;  // null: none
  bool is_async = false;
  TypeTraits traits;
  uint32_t node_count = 1;
};

// What a type index refers to.
enum class TypeDefKind : uint8_t { kValue, kFunc, kInstance, kComponent, kResource };
struct TypeDef {
  TypeDefKind kind = TypeDefKind::kValue;
  union {
    const ValType* value = nullptr;
    const FuncType* func;
    const InstanceType* instance;
    const ComponentType* component;
    const ResourceType* resource;
  };
};

enum class ExternSort : uint8_t { kModule, kFunc, kValue, kType, kComponent, kInstance };
const char* to_string(ExternSort sort);
// `(type (eq T))` or `(type (sub resource))`: the second introduces a resource type.
enum class TypeBound : uint8_t { kEq, kSubResource };

struct ExternType {
  ExternSort sort = ExternSort::kFunc;
  TypeBound bound = TypeBound::kEq;  // kType
  TypeDef type;                      // kType
  union {
    const ModuleType* module = nullptr;
    const FuncType* func;
    const InstanceType* instance;
    const ComponentType* component;
    const ValType* value;
  };
};

// Call `visit` with the pointer to the type: of a definition, of an item, or, of a type item, of
// what it is bound to.
template <class Visit>
void visit_type(const TypeDef& type, Visit&& visit) {
  switch (type.kind) {
    case TypeDefKind::kValue:
      return visit(type.value);
    case TypeDefKind::kFunc:
      return visit(type.func);
    case TypeDefKind::kInstance:
      return visit(type.instance);
    case TypeDefKind::kComponent:
      return visit(type.component);
    case TypeDefKind::kResource:
      return visit(type.resource);
  }
}
template <class Visit>
void visit_type(const ExternType& type, Visit&& visit) {
  switch (type.sort) {
    case ExternSort::kModule:
      return visit(type.module);
    case ExternSort::kFunc:
      return visit(type.func);
    case ExternSort::kValue:
      return visit(type.value);
    case ExternSort::kType:
      return visit_type(type.type, visit);
    case ExternSort::kComponent:
      return visit(type.component);
    case ExternSort::kInstance:
      return visit(type.instance);
  }
}

struct ExternItem {
  std::string_view name;
  ExternType type;
  // The interface that an instance with a plain name is one of; empty: not said.
  std::string_view implements = {};
};

struct InstanceType {
  std::span<const ExternItem> exports;
  std::span<const uint32_t> by_name;  // indices of `exports` in the order of their names
  // Resource types that this type introduces: they are new in each instance of it. Empty for the
  // type of an instance.
  std::span<const ResourceType* const> resources;
  TypeTraits traits;
  uint32_t node_count = 1;

  const ExternItem* find(std::string_view name) const;
};

struct ComponentType {
  std::span<const ExternItem> imports;
  std::span<const ExternItem> exports;
  std::span<const uint32_t> imports_by_name;
  std::span<const uint32_t> exports_by_name;
  std::span<const ResourceType* const>
      imported_resources;  // introduced by imports: given by who instantiates
  std::span<const ResourceType* const> defined_resources;  // new in each instance
  TypeTraits traits;
  uint32_t node_count = 1;

  const ExternItem* find_import(std::string_view name) const;
  const ExternItem* find_export(std::string_view name) const;
};

enum class CoreSort : uint8_t {
  kFunc = 0,
  kTable = 1,
  kMemory = 2,
  kGlobal = 3,
  kTag = 4,
  kType = 0x10,
  kModule = 0x11,
  kInstance = 0x12
};
const char* to_string(CoreSort sort);

struct CoreExternType {
  CoreSort sort = CoreSort::kFunc;
  const jit::FuncType* func = nullptr;  // kFunc, kTag
  jit::TableType table;
  jit::MemoryType memory;
  jit::GlobalType global;
  // An item of a module that Wisp cannot read: only its sort is known, and it fits everywhere.
  bool is_opaque = false;
};
struct CoreImport {
  std::string_view module;
  std::string_view name;
  CoreExternType type;
};
struct CoreExport {
  std::string_view name;
  CoreExternType type;
};
// The type of a core module, or of a core instance (no imports).
struct ModuleType {
  std::span<const CoreImport> imports;
  std::span<const CoreExport> exports;
  std::span<const uint32_t> exports_by_name;
  // Of a module that uses what Wisp does not support: it may import and export anything.
  bool is_opaque = false;

  const CoreExport* find_export(std::string_view name) const;
};

// "list<u8>", "own<output-stream>", "func(path: string) -> result<descriptor, error-code>": as in
// WIT.
std::string to_string(const ValType& type);
std::string to_string(const FuncType& type);

// A component value that the host holds: for tests, --invoke and plain component-to-component
// calls. The type says what the numbers mean: labels are not repeated here.
struct Value {
  TypeKind kind = TypeKind::kBool;
  // bool; integers (sign-extended); the bits of floats; char; the case of a variant, enum, option
  // (1: some) or result (1: error); the bits of flags; what own and borrow stand for.
  uint64_t bits = 0;
  std::string text;  // string, in UTF-8
  // list, tuple, record: all; map: tuples of two; variant, option, result: the payload, if there is
  // one.
  std::vector<Value> elements;

  bool operator==(const Value&) const = default;
};

}  // namespace wisp::component
