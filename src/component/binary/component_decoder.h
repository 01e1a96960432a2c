// The decoder of components: bytes -> Decoded, validated on the way.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md. A stream: one
// method per section and per kind of item; each item is handed to ComponentValidator as soon as it
// is read, and nothing is kept of the syntax. Custom sections are skipped without a look; the
// "component-name" section is read only to name the item that an error is about.
//
// Interface: decode_component. Errors have their offset in the file: kMalformed for bytes that do
// not decode, kInvalid for rules, kUnsupported for core modules and types beyond this version,
// kLimit. Gated features that could be decoded do not fail here: Decoded::gated says what was met.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/model/decoded.h"
#include "component/validate/component_validator.h"
#include "platform/byte_reader.h"
#include "platform/result.h"

namespace wisp::component {

// `bytes` must outlive `decoded`; types live in `arena`.
Result<void> decode_component(std::span<const uint8_t> bytes, Arena& arena, Decoded& decoded);

// Private: the decoder of one (nested) component's bytes, or of one section in it.
class ComponentDecoder {
 public:
  ComponentDecoder(ByteReader reader, ComponentValidator& validator, Decoded& decoded)
      : reader_(reader), validator_(validator), decoded_(decoded) {}

  // The whole component; the scope is entered and left here.
  Result<const DecodedComponent*> decode();

 private:
  // --- sections (component_decoder.cpp)
  Result<void> read_preamble();
  Result<void> decode_section(uint8_t id, ByteReader section);
  Result<void> decode_custom();
  Result<void> decode_core_module();
  Result<void> decode_nested_component();
  Result<void> decode_items(uint8_t id);
  Result<void> decode_item(uint8_t id);
  std::string describe_item(uint8_t id, uint32_t item, uint8_t first_byte) const;
  std::string_view debug_name(uint8_t id, uint8_t first_byte) const;

  // --- items
  Result<void> core_instance();
  Result<void> core_type();
  Result<void> instance();
  Result<void> alias();
  Result<void> type();
  Result<void> import();
  Result<void> export_();

  // --- parts of items
  struct NamedAttributes {
    std::string_view name;
    Attributes attributes;
  };
  Result<NamedAttributes> read_name_attributes();
  Result<void> read_attribute(Attributes& attributes, bool& has_external_id);
  Result<CoreSort> read_core_sort(const char* what);
  // Sort and index of an argument or export.
  Result<DecodedArgument> read_sort_index();
  Result<ExternSort> read_sort(CoreSort& core_sort, const char* what);
  Result<ExternType> read_extern_type(std::string_view name);
  Error bad_byte(uint8_t byte, const char* what, uint64_t offset) const;
  Result<uint32_t> read_count(const char* what);

  // --- types (type_decoder.cpp)
  Result<TypeDef> read_def_type();
  Result<const ValType*> read_defined_type(uint8_t opcode, uint64_t offset);
  Result<const ValType*> read_val_type();
  Result<const ValType*> read_optional_val_type();
  Result<std::string_view> read_label();
  Result<std::vector<LabeledType>> read_labeled_types();
  Result<std::vector<LabeledType>> read_cases();
  Result<std::vector<LabeledType>> read_labels();
  Result<const ValType*> read_result_list();
  Result<const FuncType*> read_func_type(bool is_async, uint64_t offset);
  Result<TypeDef> read_resource_type(uint64_t offset);
  Result<TypeDef> read_component_type(uint64_t offset);
  Result<TypeDef> read_instance_type(uint64_t offset);
  Result<void> read_declaration(ScopeKind kind);

  // --- core types (core_type_decoder.cpp)
  struct ModuleTypeScope;
  Result<CoreTypeDef> read_core_def_type();
  Result<const jit::FuncType*> read_core_func_type(uint8_t opcode, uint64_t offset);
  Result<void> read_sub_type();
  Result<jit::ValueType> read_core_value_type();
  Result<std::vector<jit::ValueType>> read_core_value_types();
  Result<jit::Limits> read_limits(uint64_t max, const char* what);
  Result<CoreExternType> read_core_extern_type(const ModuleTypeScope& scope);
  Result<const ModuleType*> read_module_type(uint64_t offset);
  Result<void> read_module_declaration(ModuleTypeScope& scope);

  // --- canonical definitions (canon_decoder.cpp)
  Result<void> canon();
  Result<void> resource_canon(uint8_t opcode, uint64_t offset);
  Result<void> gated_canon(uint8_t opcode, uint64_t offset);
  Result<void> stream_canon(uint8_t opcode, uint64_t offset);
  Result<void> thread_canon(uint8_t opcode, uint64_t offset);
  Result<CanonOptions> read_options();
  Result<void> read_option(CanonOptions& options, uint32_t& seen);
  Result<bool> read_flag(const char* what);

  ByteReader reader_;
  ComponentValidator& validator_;
  Decoded& decoded_;
  size_t depth_ = 0;                // of the validator's scopes, with this component's
  std::span<const uint8_t> whole_;  // of this component, for the name section
};

}  // namespace wisp::component
