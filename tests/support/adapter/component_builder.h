// ComponentBuilder: components for tests, definition by definition, without a text format. Each
// definition is a section of its own; `add` and its relatives say nothing about index spaces: who
// builds counts.
#pragma once

#include "tests/support/module_builder.h"

namespace wisp::test {

class ComponentBuilder {
 public:
  enum Section : uint8_t {
    kCoreModule = 1,
    kCoreInstance = 2,
    kComponent = 4,
    kInstance = 5,
    kAlias = 6,
    kType = 7,
    kCanon = 8,
    kImport = 10,
    kExport = 11,
  };
  // Sorts, as they stand in the binary.
  static constexpr uint8_t kFunc = 0x01, kTypeSort = 0x03, kInstanceSort = 0x05;
  static constexpr uint8_t kCoreFunc = 0x00, kCoreMemory = 0x02;

  void core_module(const Bytes& module) { section(kCoreModule, module); }
  void component(const Bytes& component) { section(kComponent, component); }
  void add(Section id, const Bytes& item) { section(id, join({u32(1), item})); }

  // (core instance (instantiate MODULE (with NAME (instance INSTANCE))...))
  using Arguments = std::vector<std::pair<std::string_view, uint32_t>>;
  void core_instantiate(uint32_t module, const Arguments& arguments) {
    Bytes item = join({{0x00}, u32(module), u32(static_cast<uint32_t>(arguments.size()))});
    for (const auto& [name, instance] : arguments) {
      append_name(item, name);
      append(item, join({{0x12}, u32(instance)}));
    }
    add(kCoreInstance, item);
  }
  // (core instance (export NAME (SORT INDEX))...)
  struct CoreExport {
    std::string_view name;
    uint8_t sort;
    uint32_t index;
  };
  void core_exports(std::initializer_list<CoreExport> exports) {
    Bytes item = join({{0x01}, u32(static_cast<uint32_t>(exports.size()))});
    for (const CoreExport& each : exports) {
      append_name(item, each.name);
      append(item, join({{each.sort}, u32(each.index)}));
    }
    add(kCoreInstance, item);
  }
  void alias_core_export(uint8_t sort, uint32_t instance, std::string_view name) {
    Bytes item = join({{0x00, sort, 0x01}, u32(instance)});
    append_name(item, name);
    add(kAlias, item);
  }
  void alias_export(uint8_t sort, uint32_t instance, std::string_view name) {
    Bytes item = join({{sort, 0x00}, u32(instance)});
    append_name(item, name);
    add(kAlias, item);
  }
  void export_item(std::string_view name, uint8_t sort, uint32_t index) {
    Bytes item = {0x00};
    append_name(item, name);
    append(item, join({{sort}, u32(index), {0x00}}));
    add(kExport, item);
  }

  Bytes build() const { return join({{0, 'a', 's', 'm', 0x0d, 0, 1, 0}, bytes_}); }

 private:
  void section(uint8_t id, const Bytes& content) {
    bytes_.push_back(id);
    append_u32(bytes_, static_cast<uint32_t>(content.size()));
    append(bytes_, content);
  }

  Bytes bytes_;
};

}  // namespace wisp::test
