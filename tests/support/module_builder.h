// ModuleBuilder: small core modules for tests, section by section, without a text format.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "jit/wasm/types.h"

namespace wisp::test {

using Bytes = std::vector<uint8_t>;

inline void append_u32(Bytes& bytes, uint32_t value) {
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
}
inline void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}
inline void append_name(Bytes& bytes, std::string_view name) {
  append_u32(bytes, static_cast<uint32_t>(name.size()));
  bytes.insert(bytes.end(), name.begin(), name.end());
}
inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) append(all, part);
  return all;
}
inline Bytes repeat(const Bytes& part, size_t times) {
  Bytes all;
  all.reserve(part.size() * times);
  for (size_t i = 0; i < times; ++i) append(all, part);
  return all;
}
inline Bytes u32(uint32_t value) {
  Bytes bytes;
  append_u32(bytes, value);
  return bytes;
}

class ModuleBuilder {
 public:
  using Types = std::vector<jit::ValueType>;
  // A number of locals of one type.
  using Locals = std::vector<std::pair<uint32_t, jit::ValueType>>;

  uint32_t type(const Types& params, const Types& results) {
    Bytes bytes = {0x60};
    for (const Types* types : {&params, &results}) {
      append_u32(bytes, static_cast<uint32_t>(types->size()));
      for (jit::ValueType type : *types) bytes.push_back(static_cast<uint8_t>(type));
    }
    return add(kTypes, bytes);
  }
  // `code` is without the final `end`. The result counts the defined functions.
  uint32_t function(uint32_t type, const Bytes& code, const Locals& locals = {}) {
    add(kFunctions, u32(type));
    Bytes body = u32(static_cast<uint32_t>(locals.size()));
    for (const auto& [count, local] : locals) {
      append_u32(body, count);
      body.push_back(static_cast<uint8_t>(local));
    }
    append(body, code);
    body.push_back(0x0b);
    Bytes sized = u32(static_cast<uint32_t>(body.size()));
    append(sized, body);
    return add(kCode, sized);
  }
  // One item of a section, as it stands there.
  uint32_t add(uint8_t section, const Bytes& item) {
    append(sections_[section].items, item);
    return sections_[section].count++;
  }
  void memory(uint32_t min) { add(kMemories, join({{0x00}, u32(min)})); }
  void export_item(std::string_view name, uint8_t kind, uint32_t index) {
    Bytes bytes;
    append_name(bytes, name);
    bytes.push_back(kind);
    append_u32(bytes, index);
    add(kExports, bytes);
  }
  void custom(std::string_view name, const Bytes& content) {
    Bytes bytes;
    append_name(bytes, name);
    append(bytes, content);
    customs_.push_back(bytes);
  }

  Bytes build() const {
    Bytes bytes = {0, 'a', 's', 'm', 1, 0, 0, 0};
    for (uint8_t id : {kTypes, kImports, kFunctions, kTables, kMemories, kGlobals, kExports, kStart,
                       kElements, kDataCount, kCode, kData}) {
      const Section& section = sections_[id];
      if (section.count == 0) continue;
      Bytes content;
      if (id != kStart && id != kDataCount) append_u32(content, section.count);
      append(content, section.items);
      append_section(bytes, id, content);
    }
    for (const Bytes& content : customs_) append_section(bytes, 0, content);
    return bytes;
  }

  static constexpr uint8_t kTypes = 1, kImports = 2, kFunctions = 3, kTables = 4, kMemories = 5,
                           kGlobals = 6, kExports = 7, kStart = 8, kElements = 9, kCode = 10,
                           kData = 11, kDataCount = 12;

 private:
  struct Section {
    uint32_t count = 0;
    Bytes items;
  };
  static void append_section(Bytes& bytes, uint8_t id, const Bytes& content) {
    bytes.push_back(id);
    append_u32(bytes, static_cast<uint32_t>(content.size()));
    append(bytes, content);
  }

  Section sections_[13];
  std::vector<Bytes> customs_;
};

}  // namespace wisp::test
