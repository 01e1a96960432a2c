// TypeBuilder: makes type nodes, with their layout, in an arena. The decoder, tests and host
// bindings use it.
//
// It does not validate names; it does keep the numbers in range: make_* of a type whose size
// reaches 2^28 bytes, or which is deeper or larger than the limits, answers null (and `why` says
// which).
#pragma once

#include <span>
#include <string_view>

#include "component/type/types.h"
#include "platform/arena.h"

namespace wisp::component {

constexpr uint32_t kMaxValueSize = 1u << 28;  // exclusive
constexpr uint32_t kMaxTypeDepth = 100;
constexpr uint32_t kMaxTypeNodes = 1'000'000;

class TypeBuilder {
 public:
  explicit TypeBuilder(Arena& arena) : arena_(&arena) {}

  // Shared constants: one node for each primitive type.
  static const ValType* primitive(TypeKind kind);

  // `members` are copied, their offsets are computed. Labels stay views.
  const ValType* record(std::span<const LabeledType> fields) {
    return make_product(TypeKind::kRecord, fields, kMaxValueSize);
  }
  const ValType* tuple(std::span<const LabeledType> members) {
    return make_product(TypeKind::kTuple, members, kMaxValueSize);
  }
  const ValType* variant(std::span<const LabeledType> cases);
  const ValType* enumeration(std::span<const LabeledType> labels);
  const ValType* flags(std::span<const LabeledType> labels);
  const ValType* list(const ValType* element);
  const ValType* fixed_list(const ValType* element, uint32_t length);
  const ValType* map(const ValType* key, const ValType* value);
  const ValType* option(const ValType* payload);
  const ValType* result(const ValType* ok, const ValType* error);  // null: no payload
  const ValType* own(const ResourceType* resource) { return make_handle(TypeKind::kOwn, resource); }
  const ValType* borrow(const ResourceType* resource) {
    return make_handle(TypeKind::kBorrow, resource);
  }
  const ValType* stream(const ValType* element) {
    return make_async(TypeKind::kStream, element);
  }  // may be null
  const ValType* future(const ValType* element) {
    return make_async(TypeKind::kFuture, element);
  }  // may be null

  const FuncType* func(std::span<const LabeledType> params, const ValType* result, bool is_async);
  const ResourceType* resource(std::string_view name);
  // A new name of the same resource type.
  const ResourceType* resource_alias(const ResourceType* of, std::string_view name);

  const InstanceType* instance(std::span<const ExternItem> exports,
                               std::span<const ResourceType* const> resources);
  const ComponentType* component(std::span<const ExternItem> imports,
                                 std::span<const ExternItem> exports,
                                 std::span<const ResourceType* const> imported_resources,
                                 std::span<const ResourceType* const> defined_resources);
  const ModuleType* module(std::span<const CoreImport> imports,
                           std::span<const CoreExport> exports);

  // Why the last call answered null.
  const char* why() const { return why_; }
  Arena& arena() { return *arena_; }

 private:
  const ValType* make_product(TypeKind kind, std::span<const LabeledType> members,
                              uint64_t size_limit);
  const ValType* make_sum(ValType& type, std::span<const ValType* const> payloads,
                          size_t case_count);
  const ValType* make_handle(TypeKind kind, const ResourceType* resource);
  const ValType* make_async(TypeKind kind, const ValType* element);
  ValType* start(TypeKind kind);
  bool add_child(ValType& type, const ValType* child);
  const ValType* finish(ValType* type, uint64_t size, uint64_t size64, uint64_t flat_count);
  const ValType* fail(const char* why) {
    why_ = why;
    return nullptr;
  }

  Arena* arena_;
  const char* why_ = "";
};

}  // namespace wisp::component
