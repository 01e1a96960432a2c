// Types of the component model, and the declarations in component and instance types.
#include "component/binary/component_decoder.h"

namespace wisp::component {

namespace {

enum TypeOpcode : uint8_t {
  kFirstPrimitive = 0x73,
  kBool = 0x7f,
  kErrorContext = 0x64,
  kRecord = 0x72,
  kVariant = 0x71,
  kList = 0x70,
  kTuple = 0x6f,
  kFlags = 0x6e,
  kEnum = 0x6d,
  kOption = 0x6b,
  kResult = 0x6a,
  kOwn = 0x69,
  kBorrow = 0x68,
  kFixedList = 0x67,
  kStream = 0x66,
  kFuture = 0x65,
  kMap = 0x63,
  kAsyncFunc = 0x43,
  kInstanceType = 0x42,
  kComponentType = 0x41,
  kFunc = 0x40,
  kResource = 0x3f,
};

constexpr const char* kAsyncNeeded =
    "asynchronous functions, streams and futures belong to WASI 0.3: not in this version; rebuild "
    "for WASI 0.2";
constexpr const char* kErrorContextNeeded = "error-context is experimental and not in this version";

// Null where the opcode is no primitive type.
const ValType* primitive_of(uint8_t opcode) {
  constexpr TypeKind kKinds[] = {TypeKind::kBool,  TypeKind::kS8,  TypeKind::kU8,  TypeKind::kS16,
                                 TypeKind::kU16,   TypeKind::kS32, TypeKind::kU32, TypeKind::kS64,
                                 TypeKind::kU64,   TypeKind::kF32, TypeKind::kF64, TypeKind::kChar,
                                 TypeKind::kString};
  if (opcode == kErrorContext) return TypeBuilder::primitive(TypeKind::kErrorContext);
  if (opcode < kFirstPrimitive || opcode > kBool) return nullptr;
  return TypeBuilder::primitive(kKinds[kBool - opcode]);
}

TypeDef value_def(const ValType* value) {
  TypeDef def;
  def.kind = TypeDefKind::kValue;
  def.value = value;
  return def;
}

}  // namespace

Result<TypeDef> ComponentDecoder::read_def_type() {
  uint64_t offset = reader_.offset();
  uint8_t opcode = WISP_TRY(reader_.read_byte());
  TypeDef def;
  switch (opcode) {
    case kFunc:
    case kAsyncFunc:
      def.kind = TypeDefKind::kFunc;
      def.func = WISP_TRY(read_func_type(opcode == kAsyncFunc, offset));
      return def;
    case kComponentType:
      return read_component_type(offset);
    case kInstanceType:
      return read_instance_type(offset);
    case kResource:
      return read_resource_type(offset);
    default:
      return value_def(WISP_TRY(read_defined_type(opcode, offset)));
  }
}

Result<const ValType*> ComponentDecoder::read_defined_type(uint8_t opcode, uint64_t offset) {
  if (const ValType* primitive = primitive_of(opcode)) {
    if (opcode == kErrorContext) validator_.gate(kErrorContextNeeded, offset);
    return primitive;
  }
  switch (opcode) {
    case kRecord:
      return validator_.record(WISP_TRY(read_labeled_types()), offset);
    case kVariant:
      return validator_.variant(WISP_TRY(read_cases()), offset);
    case kList:
      return validator_.list(WISP_TRY(read_val_type()), offset);
    case kTuple: {
      uint32_t count = WISP_TRY(read_count("types"));
      std::vector<LabeledType> members(count);
      for (LabeledType& member : members) member.type = WISP_TRY(read_val_type());
      return validator_.tuple(std::move(members), offset);
    }
    case kFlags:
      return validator_.flags(WISP_TRY(read_labels()), offset);
    case kEnum:
      return validator_.enumeration(WISP_TRY(read_labels()), offset);
    case kOption:
      return validator_.option(WISP_TRY(read_val_type()), offset);
    case kResult: {
      const ValType* ok = WISP_TRY(read_optional_val_type());
      const ValType* error = WISP_TRY(read_optional_val_type());
      return validator_.result(ok, error, offset);
    }
    case kOwn:
      return validator_.handle(TypeKind::kOwn, WISP_TRY(reader_.read_u32()), offset);
    case kBorrow:
      return validator_.handle(TypeKind::kBorrow, WISP_TRY(reader_.read_u32()), offset);
    case kFixedList: {
      const ValType* element = WISP_TRY(read_val_type());
      return validator_.fixed_list(element, WISP_TRY(reader_.read_u32()), offset);
    }
    case kStream:
    case kFuture:
      validator_.gate(kAsyncNeeded, offset);
      return validator_.stream_or_future(opcode == kStream ? TypeKind::kStream : TypeKind::kFuture,
                                         WISP_TRY(read_optional_val_type()), offset);
    case kMap: {
      const ValType* key = WISP_TRY(read_val_type());
      return validator_.map(key, WISP_TRY(read_val_type()), offset);
    }
    default:
      return bad_byte(opcode, "component defined type", offset);
  }
}

Result<const ValType*> ComponentDecoder::read_val_type() {
  uint64_t offset = reader_.offset();
  uint8_t byte = WISP_TRY(reader_.peek_byte());
  // Opcodes are negative one-byte numbers, type indices the others.
  constexpr uint8_t kFirstNegative = 0x40;
  if (byte >= kFirstNegative && byte <= 0x7f) {
    WISP_TRY(reader_.read_byte());
    const ValType* primitive = primitive_of(byte);
    if (primitive == nullptr) return bad_byte(byte, "component value type", offset);
    if (byte == kErrorContext) validator_.gate(kErrorContextNeeded, offset);
    return primitive;
  }
  int64_t index = WISP_TRY(reader_.read_s33());
  if (index < 0 || index > int64_t{0xffffffff}) {
    return Error(ErrorCode::kMalformed, "a type index cannot be negative", offset);
  }
  return validator_.value_type_at(static_cast<uint32_t>(index), offset);
}

Result<const ValType*> ComponentDecoder::read_optional_val_type() {
  uint64_t offset = reader_.offset();
  uint8_t present = WISP_TRY(reader_.read_byte());
  if (present == 0x00) return static_cast<const ValType*>(nullptr);
  if (present != 0x01) return bad_byte(present, "optional component value type", offset);
  return read_val_type();
}

Result<std::string_view> ComponentDecoder::read_label() { return reader_.read_name(); }

Result<std::vector<LabeledType>> ComponentDecoder::read_labeled_types() {
  uint32_t count = WISP_TRY(read_count("members"));
  std::vector<LabeledType> members(count);
  for (LabeledType& member : members) {
    member.label = WISP_TRY(read_label());
    member.type = WISP_TRY(read_val_type());
  }
  return members;
}

Result<std::vector<LabeledType>> ComponentDecoder::read_cases() {
  uint32_t count = WISP_TRY(read_count("cases"));
  std::vector<LabeledType> cases(count);
  for (LabeledType& one_case : cases) {
    one_case.label = WISP_TRY(read_label());
    one_case.type = WISP_TRY(read_optional_val_type());
    uint64_t offset = reader_.offset();
    uint8_t zero = WISP_TRY(reader_.read_byte());
    if (zero != 0x00) return bad_byte(zero, "zero byte required", offset);
  }
  return cases;
}

Result<std::vector<LabeledType>> ComponentDecoder::read_labels() {
  uint32_t count = WISP_TRY(read_count("labels"));
  std::vector<LabeledType> labels(count);
  for (LabeledType& label : labels) label.label = WISP_TRY(read_label());
  return labels;
}

Result<const ValType*> ComponentDecoder::read_result_list() {
  uint64_t offset = reader_.offset();
  uint8_t form = WISP_TRY(reader_.read_byte());
  if (form == 0x00) return read_val_type();
  if (form != 0x01) return bad_byte(form, "component function results", offset);
  uint64_t count_offset = reader_.offset();
  uint8_t count = WISP_TRY(reader_.read_byte());
  if (count != 0x00) return bad_byte(count, "number of results", count_offset);
  return static_cast<const ValType*>(nullptr);
}

Result<const FuncType*> ComponentDecoder::read_func_type(bool is_async, uint64_t offset) {
  if (is_async) validator_.gate(kAsyncNeeded, offset);
  std::vector<LabeledType> params = WISP_TRY(read_labeled_types());
  const ValType* result = WISP_TRY(read_result_list());
  return validator_.func(std::move(params), result, is_async, offset);
}

Result<TypeDef> ComponentDecoder::read_resource_type(uint64_t offset) {
  uint8_t representation = WISP_TRY(reader_.read_byte());
  uint64_t destructor_offset = reader_.offset();
  uint8_t has_destructor = WISP_TRY(reader_.read_byte());
  if (has_destructor > 0x01) {
    return bad_byte(has_destructor, "optional component function index", destructor_offset);
  }
  uint32_t destructor = has_destructor == 0x01 ? WISP_TRY(reader_.read_u32()) : kNoIndex;
  if (has_destructor == 0x01 && destructor == kNoIndex) {
    return invalid(destructor_offset, "unknown core function: function index out of bounds");
  }
  return validator_.resource(representation, destructor, offset);
}

Result<TypeDef> ComponentDecoder::read_component_type(uint64_t offset) {
  WISP_TRY(validator_.enter(ScopeKind::kComponentType, offset));
  uint32_t count = WISP_TRY(read_count("declarations"));
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(read_declaration(ScopeKind::kComponentType));
  TypeDef def;
  def.kind = TypeDefKind::kComponent;
  def.component = WISP_TRY(validator_.leave_component(offset));
  return def;
}

Result<TypeDef> ComponentDecoder::read_instance_type(uint64_t offset) {
  WISP_TRY(validator_.enter(ScopeKind::kInstanceType, offset));
  uint32_t count = WISP_TRY(read_count("declarations"));
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(read_declaration(ScopeKind::kInstanceType));
  TypeDef def;
  def.kind = TypeDefKind::kInstance;
  def.instance = WISP_TRY(validator_.leave_instance_type(offset));
  return def;
}

Result<void> ComponentDecoder::read_declaration(ScopeKind kind) {
  uint64_t offset = reader_.offset();
  uint8_t form = WISP_TRY(reader_.read_byte());
  switch (form) {
    case 0x00:
      return core_type();
    case 0x01:
      return type();
    case 0x02:
      return alias();
    case 0x03:
      if (kind == ScopeKind::kComponentType) return import();
      break;
    case 0x04: {
      uint64_t name_offset = reader_.offset();
      NamedAttributes named = WISP_TRY(read_name_attributes());
      ExternType type = WISP_TRY(read_extern_type(named.name));
      return validator_.add_export_decl(named.name, named.attributes, type, name_offset);
    }
    default:
      break;
  }
  return bad_byte(form, "component or instance type declaration", offset);
}

}  // namespace wisp::component
