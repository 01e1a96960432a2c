// SectionDecoder: element and data segments (core specification, sections 5.5.12 and 5.5.14).
#include <fmt/format.h>

#include "jit/wasm/const_expr.h"
#include "jit/wasm/limits.h"
#include "jit/wasm/section_decoder.h"

namespace wisp::jit {

Result<void> SectionDecoder::decode_elements() {
  const uint32_t count = WISP_TRY(read_count("element segments", kMaxElementSegments));
  module_.elements.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    module_.elements.push_back(WISP_TRY(read_element_segment()));
  }
  return {};
}

// The flags: 1 = passive or declarative; 2 = explicit table (active) or declarative (otherwise);
// 4 = expressions instead of function indices.
Result<ElementSegment> SectionDecoder::read_element_segment() {
  const uint64_t offset = reader_.offset();
  const uint32_t flags = WISP_TRY(reader_.read_u32());
  if (flags > 7) {
    return Error(ErrorCode::kMalformed, "malformed elements segment kind", offset);
  }
  ElementSegment segment;
  if ((flags & 1) != 0) {
    segment.mode = (flags & 2) != 0 ? SegmentMode::kDeclarative : SegmentMode::kPassive;
  } else {
    segment.mode = SegmentMode::kActive;
    const uint64_t table_offset = reader_.offset();
    if ((flags & 2) != 0) segment.table = WISP_TRY(reader_.read_u32());
    if (segment.table >= module_.tables.size()) {
      return invalid(fmt::format("unknown table {}", segment.table), table_offset);
    }
    segment.offset = WISP_TRY(decode_const_expr(reader_, module_, ValueType::kI32));
  }
  const bool expressions = (flags & 4) != 0;
  if ((flags & 3) != 0) {  // a type is written
    const uint64_t kind_offset = reader_.offset();
    if (expressions) {
      segment.type = WISP_TRY(read_reference_type());
    } else if (WISP_TRY(reader_.read_byte()) != 0) {
      return Error(ErrorCode::kMalformed, "malformed element kind", kind_offset);
    }
  }
  if (segment.mode == SegmentMode::kActive &&
      module_.tables[segment.table].element != segment.type) {
    return invalid(
        fmt::format("type mismatch: a segment of {} for a table of {}", to_string(segment.type),
                    to_string(module_.tables[segment.table].element)),
        offset);
  }
  if (expressions) {
    WISP_TRY(read_element_expressions(segment));
  } else {
    WISP_TRY(read_element_functions(segment));
  }
  return segment;
}

Result<void> SectionDecoder::read_element_expressions(ElementSegment& segment) {
  const uint32_t count = WISP_TRY(read_count("elements", kMaxElements));
  segment.expressions.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    segment.expressions.push_back(WISP_TRY(decode_const_expr(reader_, module_, segment.type)));
  }
  return {};
}

Result<void> SectionDecoder::read_element_functions(ElementSegment& segment) {
  const uint32_t count = WISP_TRY(read_count("elements", kMaxElements));
  segment.functions.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t function = WISP_TRY(read_index(module_.functions.size(), "function"));
    module_.declare_function_reference(function);
    segment.functions.push_back(function);
  }
  return {};
}

Result<void> SectionDecoder::decode_data() {
  const uint64_t offset = reader_.offset();
  const uint32_t count = WISP_TRY(read_count("data segments", kMaxDataSegments));
  if (module_.data_count && *module_.data_count != count) {
    return Error(ErrorCode::kMalformed, "data count and data section have inconsistent lengths",
                 offset);
  }
  module_.data.reserve(count);
  for (uint32_t i = 0; i < count; ++i) module_.data.push_back(WISP_TRY(read_data_segment()));
  return {};
}

Result<DataSegment> SectionDecoder::read_data_segment() {
  const uint64_t offset = reader_.offset();
  const uint32_t flags = WISP_TRY(reader_.read_u32());
  if (flags > 2) return Error(ErrorCode::kMalformed, "malformed data segment kind", offset);
  DataSegment segment;
  if (flags != 1) {
    segment.mode = SegmentMode::kActive;
    if (flags == 2) segment.memory = WISP_TRY(reader_.read_u32());
    if (segment.memory >= module_.memories.size()) {
      return invalid(fmt::format("unknown memory {}", segment.memory), offset);
    }
    segment.offset = WISP_TRY(decode_const_expr(reader_, module_, ValueType::kI32));
  }
  const uint32_t size = WISP_TRY(reader_.read_u32());
  segment.bytes = WISP_TRY(reader_.read_bytes(size));
  return segment;
}

}  // namespace wisp::jit
