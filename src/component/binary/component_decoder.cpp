// Sections and items.
#include "component/binary/component_decoder.h"

#include <algorithm>

#include "component/binary/debug_names.h"
#include "component/type/core_module_type.h"
#include "jit/wasm/module_decoder.h"
#include "platform/printable.h"

namespace wisp::component {

namespace {

enum SectionId : uint8_t {
  kCustom,
  kCoreModule,
  kCoreInstance,
  kCoreType,
  kComponent,
  kInstance,
  kAlias,
  kType,
  kCanon,
  kStart,
  kImport,
  kExport,
  kValue,
};
constexpr const char* kSectionNames[] = {
    "custom", "core module", "core instance", "core type", "component", "instance", "alias",
    "type",   "canon",       "start",         "import",    "export",    "value"};

constexpr ModuleType kOpaqueModule{{}, {}, {}, true};

// Each instantiation may copy the types of what it instantiates.
constexpr size_t kMaxTypeBytes = 64 * 1024 * 1024;

std::string hex(uint8_t byte) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  if (byte >= 16) text += kDigits[byte >> 4];
  text += kDigits[byte & 15];
  return text;
}

// Core specification, 6.3: white space and comments, then a form.
bool looks_like_text_format(std::span<const uint8_t> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte order mark
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    if (!text.starts_with(";;")) return text.starts_with('(');
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
}

// What else is often taken for a binary.
const char* guess_format(std::span<const uint8_t> bytes) {
  if (bytes.empty()) return "; the file is empty";
  if (looks_like_text_format(bytes)) {
    return "; it is WebAssembly text: `wasm-tools parse FILE -o FILE.wasm` makes a binary of it";
  }
  if (bytes[0] == 0x7f) {
    return "; it looks like code that was compiled already: Wisp wants the component itself";
  }
  return "";
}

}  // namespace

Result<void> decode_component(std::span<const uint8_t> bytes, Arena& arena, Decoded& decoded) {
  ComponentValidator validator(arena, decoded);
  ComponentDecoder decoder(ByteReader(bytes), validator, decoded);
  decoded.root = WISP_TRY(decoder.decode());
  return {};
}

Error ComponentDecoder::bad_byte(uint8_t byte, const char* what, uint64_t offset) const {
  return Error(ErrorCode::kMalformed, "invalid leading byte (" + hex(byte) + ") for " + what,
               offset);
}

Result<uint32_t> ComponentDecoder::read_count(const char* what) {
  uint64_t offset = reader_.offset();
  uint32_t count = WISP_TRY(reader_.read_u32());
  // Every element has at least one byte, so a larger count cannot be right.
  if (count <= reader_.remaining()) return count;
  return Error(ErrorCode::kMalformed,
               std::string("unexpected end: ") + std::to_string(count) + " " + what +
                   " do not fit into the section",
               offset);
}

Result<void> ComponentDecoder::read_preamble() {
  uint64_t offset = reader_.offset();
  const std::span<const uint8_t> all(reader_.position(), reader_.remaining());
  auto bytes = WISP_TRY(reader_.read_bytes(std::min<size_t>(8, reader_.remaining())));
  constexpr uint8_t kMagic[] = {0x00, 0x61, 0x73, 0x6d};
  if (bytes.size() < 4 || !std::equal(kMagic, kMagic + 4, bytes.begin())) {
    return Error(
        ErrorCode::kMalformed,
        std::string("magic header not detected: this is no WebAssembly binary") + guess_format(all),
        offset);
  }
  if (bytes.size() < 8) {
    return Error(ErrorCode::kMalformed, "unexpected end in the preamble", offset + bytes.size());
  }
  unsigned version = bytes[4] | bytes[5] << 8;
  unsigned layer = bytes[6] | bytes[7] << 8;
  if (version == 1 && layer == 0) {
    return Error(ErrorCode::kMalformed, "this is a core module, not a component", offset + 4);
  }
  std::string found =
      "version " + hex(bytes[4]) + " " + hex(bytes[5]) + ", layer " + std::to_string(layer);
  if (layer != 1) {
    return Error(ErrorCode::kMalformed, "neither a core module nor a component: " + found,
                 offset + 4);
  }
  if (version != 0x0d) {
    return Error(ErrorCode::kMalformed,
                 "component of unknown pre-release " + found + "; this version reads 0x0d",
                 offset + 4);
  }
  return {};
}

Result<const DecodedComponent*> ComponentDecoder::decode() {
  uint64_t offset = reader_.offset();
  whole_ = {reader_.position(), reader_.remaining()};
  WISP_TRY(read_preamble());
  WISP_TRY(validator_.enter(ScopeKind::kComponent, offset));
  depth_ = validator_.depth();
  const DecodedComponent* component = validator_.scope().decoded;
  while (!reader_.at_end()) {
    uint64_t section_offset = reader_.offset();
    uint8_t id = WISP_TRY(reader_.read_byte());
    if (id > kValue) {
      return Error(ErrorCode::kMalformed, "malformed section id: " + std::to_string(id),
                   section_offset);
    }
    uint32_t size = WISP_TRY(reader_.read_u32());
    if (size > reader_.remaining()) {
      return Error(ErrorCode::kMalformed,
                   std::string("unexpected end: the ") + kSectionNames[id] + " section has " +
                       std::to_string(size) + " bytes, but only " +
                       std::to_string(reader_.remaining()) + " are left",
                   section_offset);
    }
    ByteReader section = WISP_TRY(reader_.read_part(size));
    WISP_TRY(decode_section(id, section));
  }
  WISP_TRY(validator_.leave_component(reader_.offset()));
  return component;
}

Result<void> ComponentDecoder::decode_section(uint8_t id, ByteReader section) {
  // The methods of items read from `reader_`: it is the section for now.
  ByteReader rest = reader_;
  reader_ = section;
  switch (id) {
    case kCustom:
      WISP_TRY(decode_custom());
      break;
    case kCoreModule:
      WISP_TRY(decode_core_module());
      break;
    case kComponent:
      WISP_TRY(decode_nested_component());
      break;
    case kStart:
    case kValue:
      return Error(ErrorCode::kUnsupported,
                   std::string("the ") + kSectionNames[id] +
                       " section is a gated feature, not in this version",
                   section.offset());
    default:
      WISP_TRY(decode_items(id));
      if (!reader_.at_end()) {
        return reader_.error(std::string("section size mismatch: unused bytes at the end of the ") +
                             kSectionNames[id] + " section");
      }
  }
  reader_ = rest;
  return {};
}

Result<void> ComponentDecoder::decode_custom() {
  WISP_TRY(reader_.read_name());
  return {};
}

Result<void> ComponentDecoder::decode_core_module() {
  std::span<const uint8_t> bytes(reader_.position(), reader_.remaining());
  uint64_t offset = reader_.offset();
  const auto index = static_cast<uint32_t>(decoded_.modules.size());
  Result<jit::Module> module = jit::decode_module(bytes, offset);
  if (!module && module.error().code() == ErrorCode::kUnsupported) {
    // The rest of the component can be looked at all the same.
    validator_.gate(module.error().message(), module.error().offset());
    decoded_.modules.push_back({bytes, offset, nullptr});
    return validator_.add_core_module(&kOpaqueModule, index, offset);
  }
  auto readable = std::make_unique<jit::Module>(WISP_TRY(std::move(module)));
  const ModuleType* type = WISP_TRY(validator_.module_type(
      core_imports(*readable), core_exports(*readable), readable->file_offset));
  decoded_.modules.push_back({bytes, offset, std::move(readable)});
  return validator_.add_core_module(type, index, offset);
}

Result<void> ComponentDecoder::decode_nested_component() {
  uint64_t offset = reader_.offset();
  ComponentDecoder nested(reader_, validator_, decoded_);
  const DecodedComponent* component = WISP_TRY(nested.decode());
  return validator_.add_component(component, offset);
}

Result<void> ComponentDecoder::decode_items(uint8_t id) {
  uint32_t count = WISP_TRY(read_count("items"));
  for (uint32_t i = 0; i < count; ++i) {
    uint8_t first_byte = reader_.at_end() ? 0 : *reader_.position();
    if (validator_.builder().arena().size_bytes() > kMaxTypeBytes) {
      return Error(ErrorCode::kLimit, "the types of the component take more than 64 MiB",
                   reader_.offset());
    }
    Result<void> item = decode_item(id);
    if (!item) return std::move(item).error().with_context(describe_item(id, i, first_byte));
  }
  return {};
}

Result<void> ComponentDecoder::decode_item(uint8_t id) {
  switch (id) {
    case kCoreInstance:
      return core_instance();
    case kCoreType:
      return core_type();
    case kInstance:
      return instance();
    case kAlias:
      return alias();
    case kType:
      return type();
    case kCanon:
      return canon();
    case kImport:
      return import();
    default:
      return export_();
  }
}

std::string ComponentDecoder::describe_item(uint8_t id, uint32_t item, uint8_t first_byte) const {
  std::string text = std::string(kSectionNames[id]) + " section, item " + std::to_string(item);
  std::string_view name = debug_name(id, first_byte);
  if (!name.empty()) text += " ($" + printable(name) + ")";
  return text;
}

// --- items

Result<CoreSort> ComponentDecoder::read_core_sort(const char* what) {
  uint64_t offset = reader_.offset();
  uint8_t byte = WISP_TRY(reader_.read_byte());
  if (byte <= 4 || (byte >= 0x10 && byte <= 0x12)) return static_cast<CoreSort>(byte);
  return bad_byte(byte, what, offset);
}

Result<ExternSort> ComponentDecoder::read_sort(CoreSort& core_sort, const char* what) {
  uint64_t offset = reader_.offset();
  uint8_t byte = WISP_TRY(reader_.read_byte());
  switch (byte) {
    case 0x00:
      core_sort = WISP_TRY(read_core_sort(what));
      return ExternSort::kModule;
    case 0x01:
      return ExternSort::kFunc;
    case 0x02:
      return Error(ErrorCode::kUnsupported, "values are a gated feature, not in this version",
                   offset);
    case 0x03:
      return ExternSort::kType;
    case 0x04:
      return ExternSort::kComponent;
    case 0x05:
      return ExternSort::kInstance;
    default:
      return bad_byte(byte, what, offset);
  }
}

Result<DecodedArgument> ComponentDecoder::read_sort_index() {
  uint64_t offset = reader_.offset();
  DecodedArgument item;
  item.core_sort = CoreSort::kModule;
  item.sort = WISP_TRY(read_sort(item.core_sort, "component external kind"));
  if (item.core_sort != CoreSort::kModule) {
    return bad_byte(static_cast<uint8_t>(item.core_sort), "component external kind", offset + 1);
  }
  item.index = WISP_TRY(reader_.read_u32());
  return item;
}

Result<void> ComponentDecoder::core_instance() {
  uint64_t offset = reader_.offset();
  uint8_t form = WISP_TRY(reader_.read_byte());
  if (form > 0x01) return bad_byte(form, "core instance", offset);
  uint32_t module = form == 0x00 ? WISP_TRY(reader_.read_u32()) : 0;
  uint32_t count = WISP_TRY(read_count("arguments"));
  std::vector<DecodedArgument> items;
  items.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    DecodedArgument& item = items.emplace_back();
    item.name = WISP_TRY(reader_.read_name());
    uint64_t sort_offset = reader_.offset();
    if (form == 0x00) {
      uint8_t sort = WISP_TRY(reader_.read_byte());
      if (sort != 0x12) return bad_byte(sort, "instantiation arg kind", sort_offset);
    } else {
      item.core_sort = WISP_TRY(read_core_sort("core export kind"));
    }
    item.index = WISP_TRY(reader_.read_u32());
  }
  if (form == 0x00) return validator_.instantiate_core(module, std::move(items), offset);
  return validator_.add_core_exports(std::move(items), offset);
}

Result<void> ComponentDecoder::core_type() {
  uint64_t offset = reader_.offset();
  CoreTypeDef type = WISP_TRY(read_core_def_type());
  return validator_.add_core_type(type, offset);
}

Result<void> ComponentDecoder::instance() {
  uint64_t offset = reader_.offset();
  uint8_t form = WISP_TRY(reader_.read_byte());
  if (form > 0x01) return bad_byte(form, "instance", offset);
  uint32_t component = form == 0x00 ? WISP_TRY(reader_.read_u32()) : 0;
  uint32_t count = WISP_TRY(read_count("arguments"));
  std::vector<DecodedArgument> items;
  std::vector<Attributes> attributes;
  items.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    NamedAttributes named;
    if (form == 0x00) {
      named.name = WISP_TRY(reader_.read_name());
    } else {
      named = WISP_TRY(read_name_attributes());
    }
    DecodedArgument item = WISP_TRY(read_sort_index());
    item.name = named.name;
    items.push_back(item);
    attributes.push_back(named.attributes);
  }
  if (form == 0x00) return validator_.instantiate(component, std::move(items), offset);
  return validator_.add_inline_exports(std::move(items), attributes, offset);
}

Result<void> ComponentDecoder::alias() {
  uint64_t offset = reader_.offset();
  CoreSort core_sort = CoreSort::kModule;
  ExternSort sort = WISP_TRY(read_sort(core_sort, "component outer alias kind"));
  uint64_t target_offset = reader_.offset();
  uint8_t target = WISP_TRY(reader_.read_byte());
  if (target > 0x02) return bad_byte(target, "alias", target_offset);
  bool is_core = sort == ExternSort::kModule;
  if (target == 0x02) {
    bool allowed = is_core ? core_sort == CoreSort::kModule || core_sort == CoreSort::kType
                           : sort == ExternSort::kType || sort == ExternSort::kComponent;
    if (!allowed) {
      uint8_t byte = is_core ? static_cast<uint8_t>(core_sort)
                             : static_cast<uint8_t>(sort == ExternSort::kFunc ? 0x01 : 0x05);
      return bad_byte(byte, "component outer alias kind", offset);
    }
    uint32_t count = WISP_TRY(reader_.read_u32());
    uint32_t index = WISP_TRY(reader_.read_u32());
    if (is_core && core_sort == CoreSort::kType) {
      return validator_.add_alias_outer_core_type(count, index, offset);
    }
    return validator_.add_alias_outer(sort, count, index, offset);
  }
  uint32_t instance = WISP_TRY(reader_.read_u32());
  std::string_view name = WISP_TRY(reader_.read_name());
  if (target == 0x01) {
    if (!is_core) return bad_byte(target, "alias of a component sort", target_offset);
    return validator_.add_alias_core_export(core_sort, instance, name, offset);
  }
  if (is_core && core_sort != CoreSort::kModule) {
    return bad_byte(static_cast<uint8_t>(core_sort), "component export alias kind", offset + 1);
  }
  return validator_.add_alias_export(sort, instance, name, offset);
}

Result<void> ComponentDecoder::type() {
  uint64_t offset = reader_.offset();
  TypeDef type = WISP_TRY(read_def_type());
  return validator_.add_type(type, offset);
}

Result<void> ComponentDecoder::read_attribute(Attributes& attributes, bool& has_external_id) {
  uint64_t offset = reader_.offset();
  uint8_t byte = WISP_TRY(reader_.read_byte());
  if (byte > 0x02) return bad_byte(byte, "name option", offset);
  std::string_view text = WISP_TRY(reader_.read_name());
  bool& has = byte == 0x00   ? attributes.has_implements
              : byte == 0x01 ? attributes.has_version_suffix
                             : has_external_id;
  if (has) {
    constexpr const char* kNames[] = {"implements", "versionsuffix", "external-id"};
    return invalid(offset, std::string("duplicate '") + kNames[byte] + "' option in name");
  }
  has = true;
  if (byte == 0x00) attributes.implements = text;
  if (byte == 0x01) attributes.version_suffix = text;
  return {};
}

Result<ComponentDecoder::NamedAttributes> ComponentDecoder::read_name_attributes() {
  uint64_t offset = reader_.offset();
  uint8_t form = WISP_TRY(reader_.read_byte());
  if (form > 0x02) return bad_byte(form, "component name", offset);
  NamedAttributes named;
  named.name = WISP_TRY(reader_.read_name());
  if (form != 0x02) return named;
  uint32_t count = WISP_TRY(read_count("attributes"));
  bool has_external_id = false;
  for (uint32_t i = 0; i < count; ++i) {
    WISP_TRY(read_attribute(named.attributes, has_external_id));
  }
  return named;
}

Result<ExternType> ComponentDecoder::read_extern_type(std::string_view name) {
  uint64_t offset = reader_.offset();
  CoreSort core_sort = CoreSort::kModule;
  ExternSort sort = WISP_TRY(read_sort(core_sort, "component external kind"));
  if (core_sort != CoreSort::kModule) {
    return bad_byte(static_cast<uint8_t>(core_sort), "component external kind", offset + 1);
  }
  if (sort != ExternSort::kType) {
    uint32_t index = WISP_TRY(reader_.read_u32());
    return validator_.extern_type(sort, index, offset);
  }
  uint64_t bound_offset = reader_.offset();
  uint8_t bound = WISP_TRY(reader_.read_byte());
  if (bound == 0x01) return validator_.fresh_resource(name);
  if (bound != 0x00) return bad_byte(bound, "type bound", bound_offset);
  uint32_t index = WISP_TRY(reader_.read_u32());
  return validator_.type_alias(WISP_TRY(validator_.type_at(index, bound_offset)));
}

Result<void> ComponentDecoder::import() {
  uint64_t offset = reader_.offset();
  NamedAttributes named = WISP_TRY(read_name_attributes());
  ExternType type = WISP_TRY(read_extern_type(named.name));
  return validator_.add_import(named.name, named.attributes, type, offset);
}

Result<void> ComponentDecoder::export_() {
  uint64_t offset = reader_.offset();
  NamedAttributes named = WISP_TRY(read_name_attributes());
  DecodedArgument item = WISP_TRY(read_sort_index());
  item.name = named.name;
  uint64_t type_offset = reader_.offset();
  uint8_t has_type = WISP_TRY(reader_.read_byte());
  if (has_type > 0x01) return bad_byte(has_type, "optional component export type", type_offset);
  if (has_type == 0x00) {
    return validator_.add_export(item, named.attributes, nullptr, offset);
  }
  ExternType type = WISP_TRY(read_extern_type(named.name));
  return validator_.add_export(item, named.attributes, &type, offset);
}

// --- names of items, for messages

// The item that failed would have been the next of its index space.
std::string_view ComponentDecoder::debug_name(uint8_t id, uint8_t first_byte) const {
  const Scope& scope = validator_.scope_at(depth_ - 1);
  auto find = [&](std::initializer_list<uint8_t> sort, size_t index) {
    return find_debug_name(whole_, std::span(sort.begin(), sort.size()),
                           static_cast<uint32_t>(index));
  };
  switch (id) {
    case kCoreInstance:
      return find({0x00, 0x12}, scope.core_instances.size());
    case kCoreType:
      return find({0x00, 0x10}, scope.core_types.size());
    case kInstance:
      return find({0x05}, scope.instances.size());
    case kType:
      return find({0x03}, scope.types.size());
    case kCanon:
      return first_byte == 0x00 ? find({0x01}, scope.funcs.size())
                                : find({0x00, 0x00}, scope.core_funcs.size());
    default:
      return {};  // imports, exports and aliases have names of their own
  }
}

}  // namespace wisp::component
