// wisp.h: components and modules as text.
#include "api/handles.h"
#include "component/text/inspector.h"
#include "component/text/wit_printer.h"

namespace wisp {

namespace {

using Print = Result<std::string> (*)(std::span<const uint8_t> bytes);

wisp_error_t* print_bytes(Print print, std::span<const uint8_t> bytes, char** text) {
  Result<std::string> printed = print(bytes);
  if (!printed.has_value()) return make_error(printed.error());
  *text = copy_string(*printed);
  return nullptr;
}

wisp_error_t* print_file(Print print, const char* path, char** text) {
  auto file = FileContents::read(path);
  if (!file.has_value()) return make_error(file.error());
  return print_bytes(print, file->bytes(), text);
}

Result<std::string> print_wit(std::span<const uint8_t> bytes) {
  if (is_core_module(bytes)) {
    return Error(ErrorCode::kUnsupported,
                 "this is a core module, which has no world; `wisp inspect` shows what it imports "
                 "and exports");
  }
  return component::print_wit(bytes);
}

Result<std::string> inspect(std::span<const uint8_t> bytes) {
  return is_core_module(bytes) ? component::inspect_module(bytes)
                               : component::inspect_component(bytes);
}

}  // namespace
}  // namespace wisp

wisp_error_t* wisp_wit_bytes(const uint8_t* bytes, size_t size, char** wit) {
  return wisp::print_bytes(&wisp::print_wit, {bytes, size}, wit);
}

wisp_error_t* wisp_wit_file(const char* path, char** wit) {
  return wisp::print_file(&wisp::print_wit, path, wit);
}

wisp_error_t* wisp_inspect_bytes(const uint8_t* bytes, size_t size, char** text) {
  return wisp::print_bytes(&wisp::inspect, {bytes, size}, text);
}

wisp_error_t* wisp_inspect_file(const char* path, char** text) {
  return wisp::print_file(&wisp::inspect, path, text);
}
