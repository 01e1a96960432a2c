// Layouts: https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md,
// "Alignment", "Element Size", "Flattening". Sums are in 64 bits: no member reaches 2^28 bytes, so
// none of them can wrap.
#include "component/type/type_builder.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "component/type/layout.h"

namespace wisp::component {

namespace {

constexpr uint32_t kMaxFlatCount = 1u << 28;
constexpr const char* kTooManyBytes = "type is too large: values of it have 2^28 bytes or more";
constexpr const char* kTooLarge = "type is nested too deeply or has too many parts";

constexpr uint8_t discriminant_size(size_t case_count) {
  return case_count <= 256 ? 1 : case_count <= 65536 ? 2 : 4;
}

constexpr ValType make_primitive(TypeKind kind) {
  ValType type;
  type.kind = kind;
  uint8_t size = 4;
  switch (kind) {
    case TypeKind::kBool:
    case TypeKind::kS8:
    case TypeKind::kU8:
      size = 1;
      break;
    case TypeKind::kS16:
    case TypeKind::kU16:
      size = 2;
      break;
    case TypeKind::kS64:
    case TypeKind::kU64:
    case TypeKind::kF64:
      size = 8;
      break;
    default:
      break;
  }
  type.size = type.size64 = type.alignment = type.alignment64 = size;
  if (kind == TypeKind::kString) {
    type.size = 8;
    type.size64 = 16;
    type.alignment64 = 8;
    type.flat_count = 2;
    type.traits.has_pointer = true;
  }
  if (kind == TypeKind::kErrorContext) type.traits.has_async = true;
  return type;
}

constexpr size_t kPrimitiveCount = static_cast<size_t>(TypeKind::kErrorContext) + 1;
constexpr auto kPrimitives = [] {
  std::array<ValType, kPrimitiveCount> types;
  for (size_t i = 0; i < kPrimitiveCount; ++i) types[i] = make_primitive(static_cast<TypeKind>(i));
  return types;
}();

template <class Item>
std::span<const uint32_t> sort_by_name(Arena& arena, std::span<const Item> items) {
  std::span<uint32_t> order = arena.make_span<uint32_t>(items.size());
  std::iota(order.begin(), order.end(), 0u);
  std::sort(order.begin(), order.end(),
            [&](uint32_t a, uint32_t b) { return items[a].name < items[b].name; });
  return order;
}

struct Extent {
  TypeTraits traits;
  uint64_t node_count = 1;

  template <class Type>
  void add(const Type* type) {
    traits.add(type->traits);
    node_count += type->node_count;
  }
  void add(const ResourceType*) {
    traits.has_resource = true;
    ++node_count;
  }
  void add(const ModuleType*) { ++node_count; }
  void add(const ExternType& type) {
    visit_type(type, [this](const auto* part) { add(part); });
  }
};

}  // namespace

const ValType* TypeBuilder::primitive(TypeKind kind) {
  return &kPrimitives[static_cast<size_t>(kind)];
}

ValType* TypeBuilder::start(TypeKind kind) {
  ValType* type = arena_->make<ValType>();
  type->kind = kind;
  type->traits.has_named = kind == TypeKind::kRecord || kind == TypeKind::kVariant ||
                           kind == TypeKind::kEnum || kind == TypeKind::kFlags;
  return type;
}

bool TypeBuilder::add_child(ValType& type, const ValType* child) {
  type.traits.add(child->traits);
  type.depth = std::max<uint8_t>(type.depth, child->depth + 1);
  if (type.node_count < kMaxTypeNodes) type.node_count += child->node_count;
  return type.node_count < kMaxTypeNodes && type.depth <= kMaxTypeDepth;
}

const ValType* TypeBuilder::finish(ValType* type, uint64_t size, uint64_t size64,
                                   uint64_t flat_count) {
  if (size64 >= kMaxValueSize) return fail(kTooManyBytes);
  type->size = static_cast<uint32_t>(size);
  type->size64 = static_cast<uint32_t>(size64);
  type->flat_count = static_cast<uint32_t>(std::min<uint64_t>(flat_count, kMaxFlatCount));
  return type;
}

const ValType* TypeBuilder::make_product(TypeKind kind, std::span<const LabeledType> members,
                                         uint64_t size_limit) {
  ValType* type = start(kind);
  std::span<LabeledType> copies = arena_->copy(members);
  uint64_t size = 0, size64 = 0, flat_count = 0;
  for (LabeledType& member : copies) {
    const ValType* child = member.type;
    if (!add_child(*type, child)) return fail(kTooLarge);
    type->alignment = std::max(type->alignment, child->alignment);
    type->alignment64 = std::max(type->alignment64, child->alignment64);
    size = align_to(size, child->alignment);
    member.offset = static_cast<uint32_t>(size);
    size += child->size;
    size64 = align_to(size64, child->alignment64) + child->size64;
    flat_count += child->flat_count;
  }
  type->members = copies;
  size64 = align_to(size64, type->alignment64);
  if (size64 >= size_limit) return fail(kTooManyBytes);
  type->size64 = static_cast<uint32_t>(size64);
  type->size = static_cast<uint32_t>(align_to(size, type->alignment));
  type->flat_count = static_cast<uint32_t>(std::min<uint64_t>(flat_count, kMaxFlatCount));
  return type;
}

const ValType* TypeBuilder::make_sum(ValType& type, std::span<const ValType* const> payloads,
                                     size_t case_count) {
  type.discriminant_size = discriminant_size(case_count);
  uint8_t alignment = 1, alignment64 = 1;
  uint32_t size = 0, size64 = 0, flat_count = 0;
  for (const ValType* payload : payloads) {
    if (payload == nullptr) continue;
    if (!add_child(type, payload)) return fail(kTooLarge);
    alignment = std::max(alignment, payload->alignment);
    alignment64 = std::max(alignment64, payload->alignment64);
    size = std::max(size, payload->size);
    size64 = std::max(size64, payload->size64);
    flat_count = std::max(flat_count, payload->flat_count);
  }
  type.alignment = std::max(alignment, type.discriminant_size);
  type.alignment64 = std::max(alignment64, type.discriminant_size);
  type.payload_offset =
      static_cast<uint32_t>(align_to(uint64_t{type.discriminant_size}, alignment));
  uint64_t payload_offset64 = align_to(uint64_t{type.discriminant_size}, alignment64);
  return finish(&type, align_to(uint64_t{type.payload_offset} + size, type.alignment),
                align_to(payload_offset64 + size64, type.alignment64), uint64_t{flat_count} + 1);
}

const ValType* TypeBuilder::variant(std::span<const LabeledType> cases) {
  ValType* type = start(TypeKind::kVariant);
  type->members = arena_->copy(cases);
  std::span<const ValType*> payloads = arena_->make_span<const ValType*>(cases.size());
  for (size_t i = 0; i < cases.size(); ++i) payloads[i] = cases[i].type;
  return make_sum(*type, payloads, cases.size());
}

const ValType* TypeBuilder::enumeration(std::span<const LabeledType> labels) {
  ValType* type = start(TypeKind::kEnum);
  type->members = arena_->copy(labels);
  return make_sum(*type, {}, labels.size());
}

const ValType* TypeBuilder::flags(std::span<const LabeledType> labels) {
  ValType* type = start(TypeKind::kFlags);
  type->members = arena_->copy(labels);
  uint8_t size = labels.size() <= 8 ? 1 : labels.size() <= 16 ? 2 : 4;
  type->discriminant_size = type->alignment = type->alignment64 = size;
  return finish(type, size, size, 1);
}

const ValType* TypeBuilder::list(const ValType* element) {
  ValType* type = start(TypeKind::kList);
  type->element = element;
  if (!add_child(*type, element)) return fail(kTooLarge);
  type->traits.has_pointer = true;
  type->alignment = 4;
  type->alignment64 = 8;
  return finish(type, 8, 16, 2);
}

const ValType* TypeBuilder::fixed_list(const ValType* element, uint32_t length) {
  ValType* type = start(TypeKind::kFixedList);
  type->element = element;
  type->length = length;
  if (!add_child(*type, element)) return fail(kTooLarge);
  type->traits.has_fixed_list = true;
  type->alignment = element->alignment;
  type->alignment64 = element->alignment64;
  return finish(type, uint64_t{element->size} * length, uint64_t{element->size64} * length,
                uint64_t{element->flat_count} * length);
}

const ValType* TypeBuilder::map(const ValType* key, const ValType* value) {
  const LabeledType pair[] = {LabeledType{{}, key, 0}, LabeledType{{}, value, 0}};
  // The pair is no type of the component's own: only its parts are limited, to 2^28 bytes each.
  const ValType* element = make_product(TypeKind::kTuple, pair, uint64_t{kMaxValueSize} * 4);
  if (element == nullptr) return nullptr;
  ValType* type = start(TypeKind::kMap);
  type->element = element;
  if (!add_child(*type, element)) return fail(kTooLarge);
  type->traits.has_pointer = true;
  type->traits.has_map = true;
  type->alignment = 4;
  type->alignment64 = 8;
  return finish(type, 8, 16, 2);
}

const ValType* TypeBuilder::option(const ValType* payload) {
  ValType* type = start(TypeKind::kOption);
  type->element = payload;
  const ValType* const payloads[] = {payload};
  return make_sum(*type, payloads, 2);
}

const ValType* TypeBuilder::result(const ValType* ok, const ValType* error) {
  ValType* type = start(TypeKind::kResult);
  type->element = ok;
  type->error = error;
  const ValType* const payloads[] = {ok, error};
  return make_sum(*type, payloads, 2);
}

const ValType* TypeBuilder::make_handle(TypeKind kind, const ResourceType* resource) {
  ValType* type = start(kind);
  type->resource = resource;
  type->traits.has_resource = true;
  type->traits.has_borrow = kind == TypeKind::kBorrow;
  type->alignment = type->alignment64 = 4;
  return finish(type, 4, 4, 1);
}

const ValType* TypeBuilder::make_async(TypeKind kind, const ValType* element) {
  ValType* type = start(kind);
  type->element = element;
  if (element != nullptr && !add_child(*type, element)) return fail(kTooLarge);
  type->traits.has_pointer = false;  // the end of it is a handle: elements move later
  type->traits.has_async = true;
  type->alignment = type->alignment64 = 4;
  return finish(type, 4, 4, 1);
}

const FuncType* TypeBuilder::func(std::span<const LabeledType> params, const ValType* result,
                                  bool is_async) {
  FuncType* type = arena_->make<FuncType>();
  type->params = arena_->copy(params);
  type->result = result;
  type->is_async = is_async;
  Extent extent;
  for (const LabeledType& param : params) extent.add(param.type);
  if (result != nullptr) extent.add(result);
  if (is_async) extent.traits.has_async = true;
  if (extent.node_count >= kMaxTypeNodes) {
    why_ = kTooLarge;
    return nullptr;
  }
  type->traits = extent.traits;
  type->node_count = static_cast<uint32_t>(extent.node_count);
  return type;
}

const ResourceType* TypeBuilder::resource(std::string_view name) {
  ResourceType* type = arena_->make<ResourceType>();
  type->identity = type;
  type->name = name;
  return type;
}

const ResourceType* TypeBuilder::resource_alias(const ResourceType* of, std::string_view name) {
  ResourceType* type = arena_->make<ResourceType>(*of);
  type->identity = of->identity;
  type->name = name;
  type->named = of;
  return type;
}

const InstanceType* TypeBuilder::instance(std::span<const ExternItem> exports,
                                          std::span<const ResourceType* const> resources) {
  InstanceType* type = arena_->make<InstanceType>();
  type->exports = arena_->copy(exports);
  type->by_name = sort_by_name(*arena_, exports);
  type->resources = arena_->copy(resources);
  Extent extent;
  for (const ExternItem& item : exports) extent.add(item.type);
  if (extent.node_count >= kMaxTypeNodes) {
    why_ = kTooLarge;
    return nullptr;
  }
  type->traits = extent.traits;
  type->node_count = static_cast<uint32_t>(extent.node_count);
  return type;
}

const ComponentType* TypeBuilder::component(
    std::span<const ExternItem> imports, std::span<const ExternItem> exports,
    std::span<const ResourceType* const> imported_resources,
    std::span<const ResourceType* const> defined_resources) {
  ComponentType* type = arena_->make<ComponentType>();
  type->imports = arena_->copy(imports);
  type->exports = arena_->copy(exports);
  type->imports_by_name = sort_by_name(*arena_, imports);
  type->exports_by_name = sort_by_name(*arena_, exports);
  type->imported_resources = arena_->copy(imported_resources);
  type->defined_resources = arena_->copy(defined_resources);
  Extent extent;
  for (const ExternItem& item : imports) extent.add(item.type);
  for (const ExternItem& item : exports) extent.add(item.type);
  if (extent.node_count >= kMaxTypeNodes) {
    why_ = kTooLarge;
    return nullptr;
  }
  type->traits = extent.traits;
  type->node_count = static_cast<uint32_t>(extent.node_count);
  return type;
}

const ModuleType* TypeBuilder::module(std::span<const CoreImport> imports,
                                      std::span<const CoreExport> exports) {
  ModuleType* type = arena_->make<ModuleType>();
  type->imports = arena_->copy(imports);
  type->exports = arena_->copy(exports);
  type->exports_by_name = sort_by_name(*arena_, exports);
  return type;
}

}  // namespace wisp::component
