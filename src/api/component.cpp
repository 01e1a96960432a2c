// wisp.h: components and validation.
#include <cstring>
#include <span>

#include "api/handles.h"
#include "component/load/load.h"

namespace wisp {

bool is_core_module(std::span<const uint8_t> bytes) {
  constexpr uint8_t kCoreHeader[] = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  return bytes.size() >= sizeof kCoreHeader &&
         std::memcmp(bytes.data(), kCoreHeader, sizeof kCoreHeader) == 0;
}

namespace {

bool is_component(std::span<const uint8_t> bytes) {
  constexpr uint8_t kComponentHeader[] = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00};
  return bytes.size() >= sizeof kComponentHeader &&
         std::memcmp(bytes.data(), kComponentHeader, sizeof kComponentHeader) == 0;
}

Error not_a_component() {
  return Error(ErrorCode::kUnsupported,
               "this is a core module, where a component is needed; `wasm-tools component new` "
               "makes one of it");
}

// Makes code, unless the engine is to do that later.
Result<std::unique_ptr<wisp_component>> finish(const wisp_engine& engine,
                                               std::vector<FileContents> contents,
                                               std::shared_ptr<component::Component> component) {
  if (!engine.compiles_at_first_run) WISP_TRY(component::make_code(*component, *engine.engine));
  return std::unique_ptr<wisp_component>(
      new wisp_component{engine.engine, std::move(contents), std::move(component)});
}

Result<std::unique_ptr<wisp_component>> load(const wisp_engine& engine,
                                             Result<FileContents> loaded) {
  std::vector<FileContents> contents;
  contents.push_back(WISP_TRY(std::move(loaded)));
  const std::span<const uint8_t> bytes = contents.front().bytes();
  if (is_core_module(bytes)) return not_a_component();
  auto linked = WISP_TRY(component::link_component(bytes));
  return finish(engine, std::move(contents), std::move(linked));
}

wisp_error_t* new_component(const wisp_engine& engine, Result<FileContents> loaded,
                            wisp_component_t** component) {
  auto made = load(engine, std::move(loaded));
  if (!made.has_value()) return make_error(made.error());
  *component = std::move(made).value().release();
  return nullptr;
}

Error in_part(const std::string& name, const Error& error) {
  return Error(error.code(), name + ": " + error.message(), error.offset());
}

// Adds a part, and its bytes to `contents`.
Result<void> add_part(const wisp_part_t& given, std::vector<component::Plug>& parts,
                      std::vector<FileContents>& contents) {
  const wisp_part_t part = WISP_TRY(read_struct("wisp_part_t", given));
  component::Plug plug{part.name, {}, {}};
  if (part.import_name != nullptr) plug.import = part.import_name;
  auto bytes = part.bytes == nullptr ? FileContents::read(part.name)
                                     : FileContents::copy({part.bytes, part.byte_count});
  // The caller knows which is the root.
  if (!bytes.has_value() && parts.empty()) return std::move(bytes).error();
  if (!bytes.has_value()) return in_part(plug.name, bytes.error());
  contents.push_back(std::move(bytes).value());
  plug.bytes = contents.back().bytes();
  if (is_core_module(plug.bytes)) return in_part(plug.name, not_a_component());
  parts.push_back(std::move(plug));
  return {};
}

Result<std::unique_ptr<wisp_component>> compose(const wisp_engine& engine, const wisp_part_t& root,
                                                const wisp_part_t* plugs, size_t plug_count) {
  std::vector<component::Plug> parts;
  std::vector<FileContents> contents;
  WISP_TRY(add_part(root, parts, contents));
  // As large as the caller's header has them.
  const auto* plug = reinterpret_cast<const uint8_t*>(plugs);
  for (size_t i = 0; i < plug_count; i++, plug += root.size) {
    const auto& part = *reinterpret_cast<const wisp_part_t*>(plug);
    if (part.size != root.size) {
      return Error(ErrorCode::kUsage,
                   "plug " + std::to_string(i) + " is a wisp_part_t of another size than the root");
    }
    WISP_TRY(add_part(part, parts, contents));
  }
  auto composed = WISP_TRY(component::compose_components(parts));
  return finish(engine, std::move(contents), std::move(composed));
}

Result<wisp_binary_kind_t> validate(std::span<const uint8_t> bytes) {
  if (is_core_module(bytes)) {
    WISP_TRY(jit::Engine::validate(bytes));
    return WISP_BINARY_MODULE;
  }
  WISP_TRY(component::validate_component(bytes));
  return WISP_BINARY_COMPONENT;
}

}  // namespace
}  // namespace wisp

wisp_error_t* wisp_component_from_bytes(wisp_engine_t* engine, const uint8_t* bytes, size_t size,
                                        wisp_component_t** component) {
  return wisp::new_component(*engine, wisp::FileContents::copy({bytes, size}), component);
}

wisp_error_t* wisp_component_from_file(wisp_engine_t* engine, const char* path,
                                       wisp_component_t** component) {
  return wisp::new_component(*engine, wisp::FileContents::read(path), component);
}

wisp_error_t* wisp_component_compose(wisp_engine_t* engine, const wisp_part_t* root,
                                     const wisp_part_t* plugs, size_t plug_count,
                                     wisp_component_t** component) {
  auto composed = wisp::compose(*engine, *root, plugs, plug_count);
  if (!composed.has_value()) return wisp::make_error(composed.error());
  *component = std::move(composed).value().release();
  return nullptr;
}

wisp_error_t* wisp_component_from_opened(wisp_engine_t* engine, wisp_file_t* file,
                                         wisp_component_t** component) {
  return wisp::new_component(*engine, std::move(file->contents), component);
}

void wisp_component_free(wisp_component_t* component) { delete component; }

wisp_error_t* wisp_binary_kind(const uint8_t* data, size_t size, wisp_binary_kind_t* kind) {
  const std::span<const uint8_t> bytes(data, size);
  if (!wisp::is_core_module(bytes) && !wisp::is_component(bytes)) {
    // The decoder knows what is wrong with it.
    auto valid = wisp::component::validate_component(bytes);
    if (!valid.has_value()) return wisp::make_error(valid.error());
  }
  *kind = wisp::is_core_module(bytes) ? WISP_BINARY_MODULE : WISP_BINARY_COMPONENT;
  return nullptr;
}

wisp_error_t* wisp_file_open(const char* path, wisp_file_t** file) {
  auto opened = wisp::FileContents::read(path);
  if (!opened.has_value()) return wisp::make_error(opened.error());
  *file = new wisp_file{std::move(opened).value()};
  return nullptr;
}

const uint8_t* wisp_file_bytes(const wisp_file_t* file, size_t* size) {
  *size = file->contents.bytes().size();
  return file->contents.bytes().data();
}

void wisp_file_free(wisp_file_t* file) { delete file; }

wisp_error_t* wisp_validate_bytes(const uint8_t* bytes, size_t size, wisp_binary_kind_t* kind) {
  auto valid = wisp::validate({bytes, size});
  if (!valid.has_value()) return wisp::make_error(valid.error());
  if (kind != nullptr) *kind = *valid;
  return nullptr;
}

wisp_error_t* wisp_validate_file(const char* path, wisp_binary_kind_t* kind) {
  auto file = wisp::FileContents::read(path);
  if (!file.has_value()) return wisp::make_error(file.error());
  return wisp_validate_bytes(file->bytes().data(), file->bytes().size(), kind);
}
