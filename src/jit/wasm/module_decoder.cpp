#include "jit/wasm/module_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "jit/wasm/function_validator.h"
#include "jit/wasm/section_decoder.h"
#include "platform/byte_reader.h"

namespace wisp::jit {
namespace {

Result<void> read_preamble(ByteReader& reader) {
  constexpr std::array<uint8_t, 4> kMagic = {0x00, 'a', 's', 'm'};
  const uint64_t start = reader.offset();
  auto magic = reader.read_bytes(kMagic.size());
  if (!magic) return std::move(magic).error();
  if (!std::ranges::equal(*magic, kMagic)) {
    return Error(ErrorCode::kMalformed, "magic header not detected", start);
  }
  const uint64_t offset = reader.offset();
  const uint32_t version = WISP_TRY(reader.read_fixed_u32());
  if (version == 1) return {};
  const bool component = (version >> 16) == 1;
  return Error(ErrorCode::kMalformed,
               fmt::format("unknown binary version {:#x}{}", version,
                           component ? ": a component, where a core module is needed" : ""),
               offset);
}

// The place of a section in the order of the specification; custom sections have none.
int rank(SectionId id) {
  constexpr SectionId kOrder[] = {SectionId::kType,    SectionId::kImport,    SectionId::kFunction,
                                  SectionId::kTable,   SectionId::kMemory,    SectionId::kTag,
                                  SectionId::kGlobal,  SectionId::kExport,    SectionId::kStart,
                                  SectionId::kElement, SectionId::kDataCount, SectionId::kCode,
                                  SectionId::kData};
  return static_cast<int>(std::ranges::find(kOrder, id) - std::begin(kOrder));
}

Result<void> read_section(ByteReader& reader, Module& module, int& last_rank) {
  const uint64_t start = reader.offset();
  const uint8_t byte = WISP_TRY(reader.read_byte());
  if (byte > static_cast<uint8_t>(SectionId::kTag)) {
    return Error(ErrorCode::kMalformed, fmt::format("malformed section id {}", byte), start);
  }
  const auto id = SectionId(byte);
  const uint32_t size = WISP_TRY(reader.read_u32());
  if (size > reader.remaining()) {
    return Error(ErrorCode::kMalformed,
                 fmt::format("length out of bounds: unexpected end of section {}", byte), start);
  }
  if (id != SectionId::kCustom) {
    if (rank(id) <= last_rank) {
      return Error(
          ErrorCode::kMalformed,
          fmt::format("unexpected content after last section: section {} is out of order", byte),
          start);
    }
    last_rank = rank(id);
  }
  ByteReader content = WISP_TRY(reader.read_part(size));
  WISP_TRY(SectionDecoder(content, module).decode(id));
  if (content.at_end()) return {};
  return Error(ErrorCode::kMalformed, fmt::format("section size mismatch in section {}", byte),
               content.offset());
}

}  // namespace

Result<Module> decode_module(std::span<const uint8_t> bytes, uint64_t file_offset) {
  ByteReader reader(bytes, file_offset);
  WISP_TRY(read_preamble(reader));
  Module module;
  module.bytes = bytes;
  module.file_offset = file_offset;
  int last_rank = -1;
  while (!reader.at_end()) WISP_TRY(read_section(reader, module, last_rank));

  if (module.bodies.size() != module.functions.size() - module.imported_functions) {
    return reader.error("function and code section have inconsistent lengths");
  }
  if (module.data_count && *module.data_count != module.data.size()) {
    return reader.error("data count and data section have inconsistent lengths");
  }
  return module;
}

Result<void> validate_module(std::span<const uint8_t> bytes, uint64_t file_offset) {
  const Module module = WISP_TRY(decode_module(bytes, file_offset));
  ValidationScratch scratch;
  for (uint32_t defined = 0; defined < module.bodies.size(); ++defined) {
    WISP_TRY(validate_function(module, defined, scratch));
  }
  return {};
}

}  // namespace wisp::jit
