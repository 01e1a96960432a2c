// ComponentValidator: the index spaces of the component that is being decoded, and every rule that
// a definition must keep. The decoder reads an item, then calls the method of that item here.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/Binary.md (the notes) and
// Explainer.md. Interface: enter / leave a scope, one method per definition, and the lookups that
// reading types needs. What is valid is appended to Decoded. Errors are kInvalid (kLimit for the
// implementation limits) with the offset that the decoder gives.
//
// Private: four .cpp files by subject: scopes, aliases and instances (component_validator.cpp),
// imports and exports (extern_validator.cpp), types (type_validator.cpp), canonical definitions
// (canon_validator.cpp).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "component/model/decoded.h"
#include "component/type/substitution.h"
#include "component/type/subtyping.h"
#include "component/type/type_builder.h"
#include "component/validate/scope.h"
#include "platform/result.h"

namespace wisp::component {

struct Attributes {
  bool has_implements = false;
  bool has_version_suffix = false;
  std::string_view implements;
  std::string_view version_suffix;
};

// Canonical options as they stand in the file.
struct CanonOptions {
  DecodedOptions decoded;
  uint32_t callback = kNoIndex;
  bool is_async = false;
  bool is_gc = false;
  uint64_t file_offset = 0;
};

enum class LabelKind : uint8_t { kField, kCase, kFlag, kEnumTag, kParameter };

class ComponentValidator {
 public:
  ComponentValidator(Arena& arena, Decoded& decoded) : builder_(arena), decoded_(decoded) {}

  TypeBuilder& builder() { return builder_; }
  Scope& scope() { return scopes_.back(); }
  const Scope& scope_at(size_t index) const { return scopes_[index]; }
  size_t depth() const { return scopes_.size(); }

  // --- scopes
  Result<void> enter(ScopeKind kind, uint64_t offset);
  Result<const ComponentType*> leave_component(uint64_t offset);  // component or component type
  Result<const InstanceType*> leave_instance_type(uint64_t offset);

  // --- definitions
  Result<void> add_core_module(const ModuleType* type, uint32_t module, uint64_t offset);
  Result<void> instantiate_core(uint32_t module, std::vector<DecodedArgument> args,
                                uint64_t offset);
  Result<void> add_core_exports(std::vector<DecodedArgument> exports, uint64_t offset);
  Result<void> add_core_type(CoreTypeDef type, uint64_t offset);
  Result<void> add_component(const DecodedComponent* component, uint64_t offset);
  Result<void> instantiate(uint32_t component, std::vector<DecodedArgument> args, uint64_t offset);
  Result<void> add_inline_exports(std::vector<DecodedArgument> exports,
                                  std::span<const Attributes> attributes, uint64_t offset);
  Result<void> add_alias_export(ExternSort sort, uint32_t instance, std::string_view name,
                                uint64_t offset);
  Result<void> add_alias_core_export(CoreSort sort, uint32_t instance, std::string_view name,
                                     uint64_t offset);
  Result<void> add_alias_outer(ExternSort sort, uint32_t count, uint32_t index, uint64_t offset);
  Result<void> add_alias_outer_core_type(uint32_t count, uint32_t index, uint64_t offset);
  Result<void> add_type(TypeDef type, uint64_t offset);
  Result<void> add_import(std::string_view name, const Attributes& attributes, ExternType type,
                          uint64_t offset);
  // Of a component: an item; `ascribed` may be null.
  Result<void> add_export(const DecodedArgument& item, const Attributes& attributes,
                          const ExternType* ascribed, uint64_t offset);
  // Of a component type or instance type: a type.
  Result<void> add_export_decl(std::string_view name, const Attributes& attributes, ExternType type,
                               uint64_t offset);

  // --- canonical definitions
  Result<void> lift(uint32_t core_func, const CanonOptions& options, uint32_t type,
                    uint64_t offset);
  Result<void> lower(uint32_t func, const CanonOptions& options, uint64_t offset);
  Result<void> resource_builtin(TrampolineKind kind, uint32_t type, uint64_t offset);
  Result<void> context_builtin(TrampolineKind kind, uint8_t value_type, uint32_t slot,
                               uint64_t offset);
  // Built-ins that are decoded, validated and refused. `core_type` is what they are given.
  Result<void> gated_builtin(jit::FuncType core_type, uint64_t offset);
  Result<void> gated_builtin(jit::FuncType core_type, const CanonOptions& options, uint64_t offset);
  Result<void> check_stream_or_future(TypeKind kind, uint32_t type, uint64_t offset);
  Result<void> check_stream_options(bool is_write, uint32_t type, const CanonOptions& options,
                                    uint64_t offset);
  Result<void> check_options(const CanonOptions& options, uint64_t offset);
  Result<void> check_task_return(const ValType* result, const CanonOptions& options,
                                 uint64_t offset);
  Result<void> check_thread_start(uint32_t core_type, uint32_t table, bool has_table,
                                  uint64_t offset);

  // --- types
  Result<const ValType*> record(std::vector<LabeledType> fields, uint64_t offset);
  Result<const ValType*> variant(std::vector<LabeledType> cases, uint64_t offset);
  Result<const ValType*> tuple(std::vector<LabeledType> members, uint64_t offset);
  Result<const ValType*> flags(std::vector<LabeledType> labels, uint64_t offset);
  Result<const ValType*> enumeration(std::vector<LabeledType> labels, uint64_t offset);
  Result<const ValType*> list(const ValType* element, uint64_t offset);
  Result<const ValType*> fixed_list(const ValType* element, uint32_t length, uint64_t offset);
  Result<const ValType*> map(const ValType* key, const ValType* value, uint64_t offset);
  Result<const ValType*> option(const ValType* payload, uint64_t offset);
  Result<const ValType*> result(const ValType* ok, const ValType* error, uint64_t offset);
  Result<const ValType*> handle(TypeKind kind, uint32_t type, uint64_t offset);
  Result<const ValType*> stream_or_future(TypeKind kind, const ValType* element, uint64_t offset);
  Result<const FuncType*> func(std::vector<LabeledType> params, const ValType* result,
                               bool is_async, uint64_t offset);
  Result<TypeDef> resource(uint8_t representation, uint32_t destructor, uint64_t offset);
  Result<const ModuleType*> module_type(std::vector<CoreImport> imports,
                                        std::vector<CoreExport> exports, uint64_t offset);

  // --- lookups
  Result<TypeDef> type_at(uint32_t index, uint64_t offset);
  Result<const ValType*> value_type_at(uint32_t index, uint64_t offset);
  Result<const ResourceType*> resource_at(uint32_t index, uint64_t offset);
  Result<CoreTypeDef> core_type_at(uint32_t index, uint64_t offset);
  Result<CoreTypeDef> outer_core_type(uint32_t count, uint32_t index, uint64_t offset);
  // The type of an import or export declaration, from a type index.
  Result<ExternType> extern_type(ExternSort sort, uint32_t index, uint64_t offset);
  ExternType fresh_resource(std::string_view name);
  ExternType type_alias(TypeDef type);

  // Remembers the first gated feature: valid or not is found out first.
  void gate(std::string message, uint64_t offset);

 private:
  // What export items and arguments refer to.
  Result<ExternType> item_type(const DecodedArgument& item, uint64_t offset);
  Result<void> push(const ExternType& type, uint64_t offset);
  // Index spaces of core items; those of functions are vectors of another kind, others have none.
  std::vector<CoreExternType>* core_space(CoreSort sort);
  Result<void> push_core(const CoreExternType& type, uint64_t offset);
  Result<CoreExternType> core_item(CoreSort sort, uint32_t index, uint64_t offset);
  Definition& define(DefinitionKind kind, uint64_t offset);
  // What a comparison that did not end well says.
  Error mismatch(const std::string& what, const SubtypeChecker& checker, uint64_t offset) const;
  Result<Scope*> outer_scope(uint32_t count, uint64_t offset);
  bool crosses_component(uint32_t count) const;
  bool has_free_resources(const TypeDef& type) const;

  // Imports and exports.
  Result<void> declare(Direction direction, std::string_view name, const Attributes& attributes,
                       const ExternType& type, uint64_t offset);
  Result<void> check_attributes(const ExternName& name, const Attributes& attributes,
                                const ExternType& type, uint64_t offset);
  Result<void> check_annotation(const ExternName& name, const ScopeNames& names,
                                const ExternType& type, uint64_t offset);
  Result<void> add_name(ScopeNames& names, Direction direction, std::string_view name,
                        const Attributes& attributes, const ExternType& type, uint64_t offset);
  bool is_importable(const ExternType& type);
  bool make_visible(Direction direction, const ExternType& type);
  void note_resources(Direction direction, const ExternType& type);
  bool is_named(const ValType* type, Direction direction);
  bool is_named(const FuncType* type, Direction direction);
  bool parts_are_named(const ValType* type, Direction direction);
  bool parts_are_named(const TypeDef& type, Direction direction);
  bool free_resources_are_named(const ComponentType* type, Direction direction);
  // An instance type with its own resource types made new.
  const InstanceType* open(const InstanceType* type);

  // Types.
  Result<const ValType*> made(const ValType* type, uint64_t offset);
  Result<void> check_labels(std::span<const LabeledType> members, LabelKind kind, uint64_t offset);

  // Canonical definitions.
  // Null: of a module that Wisp cannot read.
  Result<const jit::FuncType*> core_func_at(uint32_t index, uint64_t offset);
  Result<void> check_option_type(const char* option, uint32_t func, const jit::FuncType& expected,
                                 const CanonOptions& options, uint64_t offset);
  bool has_unknown_abi(const CanonOptions& options);
  Result<void> check_lift_options(const FuncType& type, const CanonOptions& options,
                                  uint64_t offset);
  Result<void> check_lower_options(const FuncType& type, const CanonOptions& options,
                                   uint64_t offset);
  Result<void> check_post_return(const CanonOptions& options, const jit::FuncType& lifted,
                                 uint64_t offset);
  const jit::FuncType* own_core_type(jit::FuncType type);

  TypeBuilder builder_;
  Decoded& decoded_;
  std::vector<Scope> scopes_;
  std::unordered_set<const ResourceType*> wide_resources_;  // represented by an i64: gated
  // Of types, for the whole file: what takes longer is no program.
  uint64_t comparisons_left_ = 20'000'000;
};

// The item types of both sorts of instance, as a core type or an extern type would say it.
inline Error invalid(uint64_t offset, std::string message) {
  return Error(ErrorCode::kInvalid, std::move(message), offset);
}

}  // namespace wisp::component
