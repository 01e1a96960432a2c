#include "component/binary/debug_names.h"

#include <algorithm>

#include "platform/byte_reader.h"

namespace wisp::component {

namespace {

constexpr size_t kPreambleBytes = 8;
constexpr uint8_t kSortNames = 1;

// The name of `index` in one subsection; Result only to stop at the first byte that is wrong.
Result<std::string_view> find_in_subsection(ByteReader reader, std::span<const uint8_t> sort,
                                            uint32_t index) {
  std::string_view none;
  auto found_sort = WISP_TRY(reader.read_bytes(sort.size()));
  if (!std::equal(sort.begin(), sort.end(), found_sort.begin())) return none;
  uint32_t count = WISP_TRY(reader.read_u32());
  for (uint32_t i = 0; i < count; ++i) {
    uint32_t at = WISP_TRY(reader.read_u32());
    std::string_view name = WISP_TRY(reader.read_name());
    if (at == index) return name;
  }
  return none;
}

Result<std::string_view> find_in_section(ByteReader reader, std::span<const uint8_t> sort,
                                         uint32_t index) {
  std::string_view none;
  if (WISP_TRY(reader.read_name()) != "component-name") return none;
  while (!reader.at_end()) {
    uint8_t id = WISP_TRY(reader.read_byte());
    uint32_t size = WISP_TRY(reader.read_u32());
    ByteReader subsection = WISP_TRY(reader.read_part(size));
    if (id != kSortNames) continue;
    Result<std::string_view> name = find_in_subsection(subsection, sort, index);
    if (name && !name->empty()) return *name;
  }
  return none;
}

Result<std::string_view> find(ByteReader reader, std::span<const uint8_t> sort, uint32_t index) {
  std::string_view none;
  WISP_TRY(reader.read_bytes(kPreambleBytes));
  while (!reader.at_end()) {
    uint8_t id = WISP_TRY(reader.read_byte());
    uint32_t size = WISP_TRY(reader.read_u32());
    ByteReader section = WISP_TRY(reader.read_part(size));
    if (id != 0) continue;
    Result<std::string_view> name = find_in_section(section, sort, index);
    if (name && !name->empty()) return *name;
  }
  return none;
}

}  // namespace

std::string_view find_debug_name(std::span<const uint8_t> component, std::span<const uint8_t> sort,
                                 uint32_t index) {
  Result<std::string_view> name = find(ByteReader(component), sort, index);
  return name ? *name : std::string_view();
}

}  // namespace wisp::component
