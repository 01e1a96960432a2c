// Core types in components: function types and module types.
//
// Garbage-collected types of core WebAssembly 3.0 may stand here too; they are refused by name.
#include "component/binary/component_decoder.h"

namespace wisp::component {

namespace {

enum CoreOpcode : uint8_t {
  kFunc = 0x60,
  kStruct = 0x5f,
  kArray = 0x5e,
  kModuleOrSub = 0x50,
  kSubFinal = 0x4f,
  kShared = 0x65,
  kRec = 0x4e,
};

constexpr uint32_t kMaxCoreParams = 1'000;

Error needs_gc(uint64_t offset) {
  return Error(ErrorCode::kUnsupported, "a core type that needs gc: not supported yet", offset);
}

Error needs_threads(uint64_t offset) {
  return Error(ErrorCode::kUnsupported,
               "a shared type needs shared-everything-threads: not in this version", offset);
}

}  // namespace

// The declarations of a module type: its own, initially empty, type index space.
struct ComponentDecoder::ModuleTypeScope {
  std::vector<const jit::FuncType*> types;
  std::vector<CoreImport> imports;
  std::vector<CoreExport> exports;
};

Result<CoreTypeDef> ComponentDecoder::read_core_def_type() {
  uint64_t offset = reader_.offset();
  uint8_t opcode = WISP_TRY(reader_.read_byte());
  CoreTypeDef def;
  if (opcode == kModuleOrSub) {
    def.module = WISP_TRY(read_module_type(offset));
  } else {
    def.func = WISP_TRY(read_core_func_type(opcode, offset));
  }
  return def;
}

Result<const jit::FuncType*> ComponentDecoder::read_core_func_type(uint8_t opcode,
                                                                   uint64_t offset) {
  switch (opcode) {
    case kFunc:
      break;
    case 0x00: {
      uint8_t sub = WISP_TRY(reader_.read_byte());
      if (sub != kModuleOrSub) return bad_byte(sub, "non-final sub type", offset + 1);
      return needs_gc(offset);
    }
    case kShared:
      return needs_threads(offset);
    case kModuleOrSub:  // in a module type, where it can only be the latter
      WISP_TRY(read_sub_type());
      return needs_gc(offset);
    case kStruct:
    case kArray:
    case kSubFinal:
    case kRec:
      return needs_gc(offset);
    default:
      return bad_byte(opcode, "type definition", offset);
  }
  jit::FuncType type;
  type.params = WISP_TRY(read_core_value_types());
  type.results = WISP_TRY(read_core_value_types());
  decoded_.core_types.push_back(std::move(type));
  return &decoded_.core_types.back();
}

// What stands between `sub` and the members: enough to tell it from a module type, which may not
// stand here.
Result<void> ComponentDecoder::read_sub_type() {
  uint32_t count = WISP_TRY(read_count("supertypes"));
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(reader_.read_u32());
  uint64_t offset = reader_.offset();
  uint8_t opcode = WISP_TRY(reader_.read_byte());
  if (opcode == kFunc || opcode == kStruct || opcode == kArray || opcode == kShared) return {};
  return invalid(offset, "a module type cannot define module types: invalid leading byte");
}

Result<jit::ValueType> ComponentDecoder::read_core_value_type() {
  uint64_t offset = reader_.offset();
  uint8_t code = WISP_TRY(reader_.read_byte());
  // Types may be named that this version does not run: only modules use them.
  constexpr uint8_t kV128 = 0x7b;
  if (code == kV128) return jit::ValueType::kV128;
  if (std::optional<jit::ValueType> type = jit::value_type_of(code)) return *type;
  if (jit::unsupported_type_feature(code) != nullptr) return needs_gc(offset);
  return bad_byte(code, "value type", offset);
}

Result<std::vector<jit::ValueType>> ComponentDecoder::read_core_value_types() {
  uint64_t offset = reader_.offset();
  uint32_t count = WISP_TRY(read_count("types"));
  if (count > kMaxCoreParams) {
    return Error(ErrorCode::kLimit, "more than 1000 parameters or results", offset);
  }
  std::vector<jit::ValueType> types;
  types.reserve(count);
  for (uint32_t i = 0; i < count; ++i) types.push_back(WISP_TRY(read_core_value_type()));
  return types;
}

Result<jit::Limits> ComponentDecoder::read_limits(uint64_t max, const char* what) {
  uint64_t offset = reader_.offset();
  uint8_t flags = WISP_TRY(reader_.read_byte());
  constexpr uint8_t kHasMax = 1, kWide = 4, kPageSize = 8, kKnown = 15;
  if (flags > kKnown) return bad_byte(flags, "limits", offset);
  if (flags > kHasMax) {
    const char* feature = (flags & kWide) != 0       ? "memory64"
                          : (flags & kPageSize) != 0 ? "custom-page-sizes"
                                                     : "threads";
    return Error(ErrorCode::kUnsupported,
                 std::string("a ") + what + " that needs " + feature + ": not supported yet",
                 offset);
  }
  jit::Limits limits;
  limits.min = WISP_TRY(reader_.read_u32());
  if (flags == 0x01) limits.max = WISP_TRY(reader_.read_u32());
  if (limits.min > max || (limits.max && *limits.max > max)) {
    return invalid(offset, std::string(what) + " size must be at most " + std::to_string(max));
  }
  if (limits.max && *limits.max < limits.min) {
    return invalid(offset, "size minimum must not be greater than maximum");
  }
  return limits;
}

Result<CoreExternType> ComponentDecoder::read_core_extern_type(const ModuleTypeScope& scope) {
  uint64_t offset = reader_.offset();
  uint8_t kind = WISP_TRY(reader_.read_byte());
  CoreExternType type;
  if (kind > 0x04) return bad_byte(kind, "external kind", offset);
  type.sort = static_cast<CoreSort>(kind);
  switch (type.sort) {
    case CoreSort::kTag: {
      uint8_t attribute = WISP_TRY(reader_.read_byte());
      if (attribute != 0x00) return bad_byte(attribute, "tag attribute", offset + 1);
      [[fallthrough]];
    }
    case CoreSort::kFunc: {
      uint32_t index = WISP_TRY(reader_.read_u32());
      if (index >= scope.types.size()) {
        return invalid(offset,
                       "unknown type " + std::to_string(index) + ": type index out of bounds");
      }
      type.func = scope.types[index];
      if (type.sort == CoreSort::kTag && !type.func->results.empty()) {
        return invalid(offset, "the type of a tag has no results");
      }
      break;
    }
    case CoreSort::kTable:
      type.table.element = WISP_TRY(read_core_value_type());
      if (!jit::is_reference(type.table.element)) {
        return Error(ErrorCode::kMalformed, "malformed reference type of a table", offset + 1);
      }
      type.table.limits = WISP_TRY(read_limits(~uint32_t{0}, "table"));
      break;
    case CoreSort::kMemory:
      type.memory.limits = WISP_TRY(read_limits(jit::kMaxMemoryPages, "memory"));
      break;
    default: {
      type.global.value = WISP_TRY(read_core_value_type());
      uint64_t mutability_offset = reader_.offset();
      uint8_t mutability = WISP_TRY(reader_.read_byte());
      if (mutability == 0x02 || mutability == 0x03) return needs_threads(mutability_offset);
      if (mutability > 0x01) return bad_byte(mutability, "mutability", mutability_offset);
      type.global.mutability = static_cast<jit::Mutability>(mutability);
      break;
    }
  }
  return type;
}

Result<const ModuleType*> ComponentDecoder::read_module_type(uint64_t offset) {
  ModuleTypeScope scope;
  uint32_t count = WISP_TRY(read_count("declarations"));
  for (uint32_t i = 0; i < count; ++i) WISP_TRY(read_module_declaration(scope));
  return validator_.module_type(std::move(scope.imports), std::move(scope.exports), offset);
}

Result<void> ComponentDecoder::read_module_declaration(ModuleTypeScope& scope) {
  uint64_t offset = reader_.offset();
  uint8_t form = WISP_TRY(reader_.read_byte());
  switch (form) {
    case 0x00: {
      CoreImport& import = scope.imports.emplace_back();
      import.module = WISP_TRY(reader_.read_name());
      import.name = WISP_TRY(reader_.read_name());
      import.type = WISP_TRY(read_core_extern_type(scope));
      return {};
    }
    case 0x01: {
      uint8_t opcode = WISP_TRY(reader_.read_byte());
      scope.types.push_back(WISP_TRY(read_core_func_type(opcode, offset + 1)));
      return {};
    }
    case 0x02: {
      uint8_t sort = WISP_TRY(reader_.read_byte());
      if (sort != 0x10) return bad_byte(sort, "outer alias kind", offset + 1);
      uint8_t target = WISP_TRY(reader_.read_byte());
      if (target != 0x01) return bad_byte(target, "outer alias target", offset + 2);
      uint32_t count = WISP_TRY(reader_.read_u32());
      uint32_t index = WISP_TRY(reader_.read_u32());
      if (count == 0) {
        if (index >= scope.types.size()) {
          return invalid(offset,
                         "unknown type " + std::to_string(index) + ": type index out of bounds");
        }
        scope.types.push_back(scope.types[index]);
        return {};
      }
      // The module type itself is the innermost scope.
      CoreTypeDef type = WISP_TRY(validator_.outer_core_type(count - 1, index, offset));
      if (type.func == nullptr) {
        return invalid(offset, "a module type cannot alias module types");
      }
      scope.types.push_back(type.func);
      return {};
    }
    case 0x03: {
      CoreExport& item = scope.exports.emplace_back();
      item.name = WISP_TRY(reader_.read_name());
      item.type = WISP_TRY(read_core_extern_type(scope));
      return {};
    }
    default:
      return bad_byte(form, "type definition", offset);
  }
}

}  // namespace wisp::component
