// Decoded: what the decoder and validator hand to the linker (component_flattener.h): the
// definitions of each component in order, with every index checked.
//
// Index spaces are not stored: the flattener builds them again, with what the definitions stand for
// in one instance. Private to the component layer.
#pragma once

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/model/component.h"
#include "component/type/types.h"
#include "jit/wasm/module.h"
#include "platform/arena.h"

namespace wisp::component {

struct DecodedComponent;

enum class DefinitionKind : uint8_t {
  kCoreModule,         // index: in Decoded::modules
  kCoreInstantiate,    // index: core module; arguments: names and core instances
  kCoreInlineExports,  // arguments: names, core sorts and indices
  kComponent,          // component
  kInstantiate,        // index: component; arguments; type: of the new instance
  kInlineExports,      // arguments; type: of the new instance
  kAliasExport,        // index: instance; name, sort, type: of the item
  kAliasCoreExport,    // index: core instance; name, core_sort
  kAliasOuter,         // outer_count, index; sort: kModule or kComponent
  kResource,           // resource; index: of the destructor, or kNoIndex
  kLift,               // index: core function; func_type, options
  kLower,              // index: function; func_type, options, core_type
  kResourceBuiltin,    // builtin, resource, core_type
  kContextBuiltin,     // builtin, index: slot, core_type
  kImport,             // name, type
  kExport,             // name, sort, index or (types) type_value; type: of the new item
};

// A `with` argument or an inline export.
struct DecodedArgument {
  std::string_view name;
  ExternSort sort = ExternSort::kFunc;
  CoreSort core_sort = CoreSort::kFunc;
  uint32_t index = 0;
  TypeDef type;  // sort kType
};

struct DecodedOptions {
  StringEncoding encoding = StringEncoding::kUtf8;
  uint32_t memory = kNoIndex;
  uint32_t realloc = kNoIndex;
  uint32_t post_return = kNoIndex;
};

struct Definition {
  DefinitionKind kind = DefinitionKind::kImport;
  ExternSort sort = ExternSort::kFunc;
  CoreSort core_sort = CoreSort::kFunc;
  TrampolineKind builtin = TrampolineKind::kLower;
  uint32_t index = 0;
  uint32_t outer_count = 0;
  uint64_t file_offset = 0;
  std::string_view name;
  std::span<const DecodedArgument> arguments;
  ExternType type;
  TypeDef type_value;
  DecodedOptions options;
  const FuncType* func_type = nullptr;
  const jit::FuncType* core_type = nullptr;
  const ResourceType* resource = nullptr;
  const DecodedComponent* component = nullptr;
};

struct DecodedComponent {
  std::vector<Definition> definitions;
  const ComponentType* type = nullptr;
};

struct DecodedModule {
  std::span<const uint8_t> bytes;
  uint64_t file_offset = 0;
  std::unique_ptr<const jit::Module> module;  // null: it needs what Decoded::gated says
};

struct GatedFeature {
  std::string message;
  uint64_t file_offset = 0;
};

struct Decoded {
  std::deque<DecodedComponent> components;
  std::vector<DecodedModule> modules;
  std::deque<jit::FuncType> core_types;  // that no module owns
  // The first thing that is valid as far as we know, but that Wisp does not run.
  std::optional<GatedFeature> gated;
  const DecodedComponent* root = nullptr;
};

}  // namespace wisp::component
