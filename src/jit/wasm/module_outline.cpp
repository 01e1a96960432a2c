#include "jit/wasm/module_outline.h"

#include "jit/wasm/section_decoder.h"
#include "platform/byte_reader.h"

namespace wisp::jit {

namespace {

using Kind = ModuleOutline::Kind;

constexpr size_t kPreambleBytes = 8;

Result<void> skip_heap_type(ByteReader& reader) {
  constexpr uint8_t kExact = 0x62, kShared = 0x65;
  const uint8_t first = WISP_TRY(reader.peek_byte());
  if (first == kExact || first == kShared) WISP_TRY(reader.read_byte());
  WISP_TRY(reader.read_s33());
  return {};
}

Result<void> skip_value_type(ByteReader& reader) {
  constexpr uint8_t kNullable = 0x63, kNonNull = 0x64, kShared = 0x65;
  const uint8_t code = WISP_TRY(reader.read_byte());
  if (code == kNullable || code == kNonNull) return skip_heap_type(reader);
  if (code == kShared) WISP_TRY(reader.read_byte());
  return {};
}

Result<void> skip_limits(ByteReader& reader) {
  constexpr uint8_t kHasMax = 1, kHasPageSize = 8;
  const uint8_t flags = WISP_TRY(reader.read_byte());
  WISP_TRY(reader.read_u64());
  if ((flags & kHasMax) != 0) WISP_TRY(reader.read_u64());
  if ((flags & kHasPageSize) != 0) WISP_TRY(reader.read_u32());
  return {};
}

// An external type: its kind, and past it.
Result<Kind> skip_extern_type(ByteReader& reader) {
  constexpr uint8_t kExactFunc = 0x20;
  const uint8_t kind = WISP_TRY(reader.read_byte());
  if (kind == kExactFunc) {
    WISP_TRY(reader.read_u32());
    return Kind::kFunc;
  }
  switch (Kind(kind)) {
    case Kind::kFunc:
      WISP_TRY(reader.read_u32());
      return Kind(kind);
    case Kind::kTable:
      WISP_TRY(skip_value_type(reader));
      WISP_TRY(skip_limits(reader));
      return Kind(kind);
    case Kind::kMemory:
      WISP_TRY(skip_limits(reader));
      return Kind(kind);
    case Kind::kGlobal:
      WISP_TRY(skip_value_type(reader));
      WISP_TRY(reader.read_byte());
      return Kind(kind);
    case Kind::kTag:
      WISP_TRY(reader.read_byte());
      WISP_TRY(reader.read_u32());
      return Kind(kind);
  }
  return reader.error("unknown kind");
}

class OutlineReader {
 public:
  explicit OutlineReader(ModuleOutline& outline) : outline_(outline) {}

  Result<void> read(ByteReader reader) {
    WISP_TRY(reader.read_bytes(kPreambleBytes));
    while (!reader.at_end()) {
      const uint8_t id = WISP_TRY(reader.read_byte());
      const uint32_t size = WISP_TRY(reader.read_u32());
      const ByteReader section = WISP_TRY(reader.read_part(size));
      read_section(SectionId(id), section);
    }
    return {};
  }

 private:
  // What one section holds that cannot be read does not hide the others.
  void read_section(SectionId id, ByteReader section) {
    if (id == SectionId::kCode) outline_.code_section_size = section.remaining();
    if (id == SectionId::kData) outline_.data_section_size = section.remaining();
    if (id == SectionId::kImport) (void)read_imports(section).has_value();
    if (id == SectionId::kExport) (void)read_exports(section).has_value();
  }

  Result<void> read_imports(ByteReader& reader) {
    constexpr uint8_t kTypeEach = 0x7f, kTypeInCommon = 0x7e;  // compact imports
    for (uint32_t count = WISP_TRY(reader.read_u32()); count != 0; count--) {
      const std::string_view module = WISP_TRY(reader.read_name());
      const std::string_view name = WISP_TRY(reader.read_name());
      const uint8_t form = WISP_TRY(reader.peek_byte());
      if (!name.empty() || (form != kTypeEach && form != kTypeInCommon)) {
        outline_.imports.push_back({module, name, WISP_TRY(skip_extern_type(reader))});
        continue;
      }
      WISP_TRY(reader.read_byte());
      const bool is_common = form == kTypeInCommon;
      Kind kind = is_common ? WISP_TRY(skip_extern_type(reader)) : Kind::kFunc;
      for (uint32_t items = WISP_TRY(reader.read_u32()); items != 0; items--) {
        const std::string_view item = WISP_TRY(reader.read_name());
        if (!is_common) kind = WISP_TRY(skip_extern_type(reader));
        outline_.imports.push_back({module, item, kind});
      }
    }
    return {};
  }

  Result<void> read_exports(ByteReader& reader) {
    for (uint32_t count = WISP_TRY(reader.read_u32()); count != 0; count--) {
      const std::string_view name = WISP_TRY(reader.read_name());
      const uint8_t kind = WISP_TRY(reader.read_byte());
      WISP_TRY(reader.read_u32());
      if (kind > static_cast<uint8_t>(Kind::kTag)) return reader.error("unknown kind");
      outline_.exports.push_back({{}, name, Kind(kind)});
    }
    return {};
  }

  ModuleOutline& outline_;
};

}  // namespace

const char* to_string(ModuleOutline::Kind kind) {
  constexpr const char* kNames[] = {"function", "table", "memory", "global", "tag"};
  return kNames[static_cast<size_t>(kind)];
}

ModuleOutline outline_module(std::span<const uint8_t> bytes) {
  ModuleOutline outline;
  (void)OutlineReader(outline).read(ByteReader(bytes)).has_value();
  return outline;
}

}  // namespace wisp::jit
