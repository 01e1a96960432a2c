#include "jit/wasm/name_section.h"

#include "platform/byte_reader.h"

namespace wisp::jit {
namespace {

enum class Subsection : uint8_t { kModule = 0, kFunctions = 1 };

// The content of a subsection; an empty reader if there is none.
Result<ByteReader> find_subsection(const Module& module, Subsection wanted) {
  ByteReader reader(module.name_section);
  while (!reader.at_end()) {
    const uint8_t id = WISP_TRY(reader.read_byte());
    const uint32_t size = WISP_TRY(reader.read_u32());
    ByteReader content = WISP_TRY(reader.read_part(size));
    if (id == static_cast<uint8_t>(wanted)) return content;
  }
  return ByteReader({});
}

// Calls `visit(function, name)` until it returns false.
template <class Visit>
Result<void> visit_functions(const Module& module, Visit visit) {
  ByteReader reader = WISP_TRY(find_subsection(module, Subsection::kFunctions));
  if (reader.at_end()) return {};
  for (uint32_t left = WISP_TRY(reader.read_u32()); left != 0; --left) {
    const uint32_t function = WISP_TRY(reader.read_u32());
    if (!visit(function, WISP_TRY(reader.read_name()))) break;
  }
  return {};
}

}  // namespace

std::vector<FunctionName> function_names(const Module& module) {
  std::vector<FunctionName> names;
  (void)visit_functions(module, [&names](uint32_t function, std::string_view name) {
    names.push_back({function, name});
    return true;
  });
  return names;
}

std::string_view function_name(const Module& module, uint32_t function) {
  std::string_view found;
  (void)visit_functions(module, [&found, function](uint32_t index, std::string_view name) {
    if (index != function) return true;
    found = name;
    return false;
  });
  return found;
}

std::string_view module_name(const Module& module) {
  auto content = find_subsection(module, Subsection::kModule);
  if (!content) return {};
  auto name = content->read_name();
  return name ? *name : std::string_view();
}

}  // namespace wisp::jit
