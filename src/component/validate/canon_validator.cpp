// Canonical definitions: options, and the core signatures that they must have.
//
// https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md, "Canonical
// Definitions". Every core function that an option names is checked: an unchecked callback was a
// native stack overflow elsewhere.
#include <utility>

#include "component/type/layout.h"
#include "component/validate/component_validator.h"

namespace wisp::component {

namespace {

using jit::ValueType;

constexpr uint32_t kMaxFlatAsyncParams = 4;
constexpr uint32_t kContextSlots = 2;

uint64_t flat_count(const FuncType& type) {
  uint64_t count = 0;
  for (const LabeledType& param : type.params) count += param.type->flat_count;
  return count;
}

bool params_have_pointer(const FuncType& type) {
  for (const LabeledType& param : type.params) {
    if (param.type->traits.has_pointer) return true;
  }
  return false;
}

bool result_has_pointer(const FuncType& type) {
  return type.result != nullptr && type.result->traits.has_pointer;
}

bool result_in_memory(const FuncType& type) {
  return type.result != nullptr && type.result->flat_count > 1;
}

Error required(const char* option, uint64_t offset) {
  return invalid(offset, std::string("canonical option `") + option + "` is required");
}

// What `canon lift` and `canon lower` make of a function with the option `async`.
jit::FuncType flatten_async(const FuncType& type, CanonicalDirection direction, bool callback) {
  jit::FuncType core;
  bool lower = direction == CanonicalDirection::kLower;
  if (flat_count(type) > (lower ? kMaxFlatAsyncParams : kMaxFlatParams)) {
    core.params = {ValueType::kI32};
  } else {
    for (const LabeledType& param : type.params) flatten_type(*param.type, core.params);
  }
  if (lower && type.result != nullptr) core.params.push_back(ValueType::kI32);
  if (lower || callback) core.results = {ValueType::kI32};
  return core;
}

}  // namespace

const jit::FuncType* ComponentValidator::own_core_type(jit::FuncType type) {
  decoded_.core_types.push_back(std::move(type));
  return &decoded_.core_types.back();
}

// The core function that an option names must have this type.
Result<void> ComponentValidator::check_option_type(const char* option, uint32_t func,
                                                   const jit::FuncType& expected,
                                                   const CanonOptions& options, uint64_t offset) {
  const jit::FuncType* found = WISP_TRY(core_func_at(func, offset));
  if (found == nullptr || has_unknown_abi(options) || *found == expected) return {};
  return invalid(offset, std::string("canonical option `") + option +
                             "` uses a core function with an incorrect signature: expected " +
                             to_string(expected) + ", found " + to_string(*found));
}

// With gc references, or perhaps with 64-bit addresses: what Wisp refuses to run, so that it does
// not know the signatures either.
bool ComponentValidator::has_unknown_abi(const CanonOptions& options) {
  const uint32_t memory = options.decoded.memory;
  return options.is_gc || (memory != kNoIndex && scope().core_memories[memory].is_opaque);
}

// What holds for options wherever they stand.
Result<void> ComponentValidator::check_options(const CanonOptions& options, uint64_t offset) {
  if (options.decoded.memory != kNoIndex) {
    if (options.decoded.memory >= scope().core_memories.size()) {
      return invalid(offset, "unknown memory " + std::to_string(options.decoded.memory) +
                                 ": memory index out of bounds");
    }
  }
  if (options.decoded.realloc != kNoIndex) {
    const jit::FuncType expected{std::vector(4, ValueType::kI32), {ValueType::kI32}};
    WISP_TRY(check_option_type("realloc", options.decoded.realloc, expected, options, offset));
    if (options.decoded.memory == kNoIndex) {
      return invalid(offset, "canonical option `realloc` requires `memory` to also be specified");
    }
  }
  if (options.callback != kNoIndex) {
    const jit::FuncType expected{std::vector(3, ValueType::kI32), {ValueType::kI32}};
    WISP_TRY(check_option_type("callback", options.callback, expected, options, offset));
    if (!options.is_async) {
      return invalid(offset, "canonical option `callback` cannot be specified without `async`");
    }
  }
  if (options.is_async && options.decoded.post_return != kNoIndex) {
    return invalid(offset, "canonical option `post-return` cannot be specified with `async`");
  }
  return {};
}

Result<void> ComponentValidator::check_post_return(const CanonOptions& options,
                                                   const jit::FuncType& lifted, uint64_t offset) {
  if (options.decoded.post_return == kNoIndex) return {};
  return check_option_type("post-return", options.decoded.post_return, {lifted.results, {}},
                           options, offset);
}

Result<void> ComponentValidator::check_lift_options(const FuncType& type,
                                                    const CanonOptions& options, uint64_t offset) {
  WISP_TRY(check_options(options, offset));
  if (options.is_async && !type.is_async) {
    return invalid(offset, "the `async` option requires an async function type");
  }
  if (options.is_gc) return {};
  bool lowers_pointers = params_have_pointer(type) || flat_count(type) > kMaxFlatParams;
  uint32_t result_count = type.result == nullptr ? 0 : type.result->flat_count;
  bool big_result = result_count > (options.is_async ? kMaxFlatParams : 1);
  if (options.decoded.memory == kNoIndex &&
      (lowers_pointers || big_result || result_has_pointer(type))) {
    return required("memory", offset);
  }
  if (options.decoded.realloc == kNoIndex && lowers_pointers) return required("realloc", offset);
  return {};
}

Result<void> ComponentValidator::check_lower_options(const FuncType& type,
                                                     const CanonOptions& options, uint64_t offset) {
  WISP_TRY(check_options(options, offset));
  if (options.decoded.post_return != kNoIndex) {
    return invalid(offset, "canonical option `post-return` cannot be specified for lowerings");
  }
  if (options.callback != kNoIndex) {
    return invalid(offset, "canonical option `callback` cannot be specified for lowerings");
  }
  if (options.is_async && !type.is_async) {
    return invalid(offset, "the `async` option requires an async function type");
  }
  if (options.is_gc) return {};
  bool big_params = flat_count(type) > (options.is_async ? kMaxFlatAsyncParams : kMaxFlatParams);
  bool big_result = options.is_async ? type.result != nullptr : result_in_memory(type);
  bool pointers = params_have_pointer(type) || result_has_pointer(type);
  if (options.decoded.memory == kNoIndex && (big_params || big_result || pointers)) {
    return required("memory", offset);
  }
  if (options.decoded.realloc == kNoIndex && result_has_pointer(type)) {
    return required("realloc", offset);
  }
  return {};
}

Result<void> ComponentValidator::lift(uint32_t core_func, const CanonOptions& options,
                                      uint32_t type_index, uint64_t offset) {
  ExternType type = WISP_TRY(extern_type(ExternSort::kFunc, type_index, offset));
  const jit::FuncType* core = WISP_TRY(core_func_at(core_func, offset));
  WISP_TRY(check_lift_options(*type.func, options, offset));
  jit::FuncType expected =
      options.is_async
          ? flatten_async(*type.func, CanonicalDirection::kLift, options.callback != kNoIndex)
          : flatten_functype(*type.func, CanonicalDirection::kLift);
  if (core != nullptr && !has_unknown_abi(options) && *core != expected) {
    return invalid(offset, "core function " + std::to_string(core_func) +
                               " has the wrong type to be lifted as " + to_string(*type.func) +
                               ": expected " + to_string(expected) + ", found " + to_string(*core));
  }
  WISP_TRY(check_post_return(options, expected, offset));
  Definition& definition = define(DefinitionKind::kLift, offset);
  definition.index = core_func;
  definition.func_type = type.func;
  definition.options = options.decoded;
  return push(type, offset);
}

Result<void> ComponentValidator::lower(uint32_t func, const CanonOptions& options,
                                       uint64_t offset) {
  DecodedArgument item;
  item.index = func;
  ExternType type = WISP_TRY(item_type(item, offset));
  WISP_TRY(check_lower_options(*type.func, options, offset));
  const jit::FuncType* core =
      own_core_type(options.is_async ? flatten_async(*type.func, CanonicalDirection::kLower, false)
                                     : flatten_functype(*type.func, CanonicalDirection::kLower));
  Definition& definition = define(DefinitionKind::kLower, offset);
  definition.index = func;
  definition.func_type = type.func;
  definition.core_type = core;
  definition.options = options.decoded;
  scope().core_funcs.push_back(has_unknown_abi(options) ? nullptr : core);
  return {};
}

Result<void> ComponentValidator::resource_builtin(TrampolineKind kind, uint32_t type,
                                                  uint64_t offset) {
  const ResourceType* resource = WISP_TRY(resource_at(type, offset));
  bool local = scope().local_resources.contains(resource->identity);
  if (kind != TrampolineKind::kResourceDrop && !local) {
    return invalid(offset, "type index " + std::to_string(type) +
                               " is not a local resource: only the component that defines it may "
                               "make it or see its representation");
  }
  const ValueType representation =
      wide_resources_.contains(resource->identity) ? ValueType::kI64 : ValueType::kI32;
  jit::FuncType core;
  core.params = {kind == TrampolineKind::kResourceNew ? representation : ValueType::kI32};
  if (kind == TrampolineKind::kResourceNew) core.results = {ValueType::kI32};
  if (kind == TrampolineKind::kResourceRep) core.results = {representation};
  Definition& definition = define(DefinitionKind::kResourceBuiltin, offset);
  definition.builtin = kind;
  definition.resource = resource;
  definition.core_type = own_core_type(std::move(core));
  scope().core_funcs.push_back(definition.core_type);
  return {};
}

Result<void> ComponentValidator::context_builtin(TrampolineKind kind, uint8_t value_type,
                                                 uint32_t slot, uint64_t offset) {
  constexpr uint8_t kI32 = 0x7f, kI64 = 0x7e;
  if (value_type == kI64) gate("context slots of type i64: not in this version", offset);
  if (value_type != kI32 && value_type != kI64) {
    return invalid(offset, "context slots are of type `i32`");
  }
  if (slot >= kContextSlots) {
    return invalid(offset,
                   "context slot " + std::to_string(slot) + " is out of range: there are 2");
  }
  ValueType type = value_type == kI32 ? ValueType::kI32 : ValueType::kI64;
  jit::FuncType core;
  (kind == TrampolineKind::kContextGet ? core.results : core.params) = {type};
  Definition& definition = define(DefinitionKind::kContextBuiltin, offset);
  definition.builtin = kind;
  definition.index = slot;
  definition.core_type = own_core_type(std::move(core));
  scope().core_funcs.push_back(definition.core_type);
  return {};
}

Result<void> ComponentValidator::gated_builtin(jit::FuncType core_type, uint64_t offset) {
  return gated_builtin(std::move(core_type), CanonOptions(), offset);
}

Result<void> ComponentValidator::gated_builtin(jit::FuncType core_type, const CanonOptions& options,
                                               uint64_t offset) {
  // Never linked: the component is refused. The definition is there so that indices stay right.
  Definition& definition = define(DefinitionKind::kContextBuiltin, offset);
  definition.core_type = own_core_type(std::move(core_type));
  scope().core_funcs.push_back(has_unknown_abi(options) ? nullptr : definition.core_type);
  return {};
}

Result<void> ComponentValidator::check_stream_or_future(TypeKind kind, uint32_t index,
                                                        uint64_t offset) {
  const ValType* type = WISP_TRY(value_type_at(index, offset));
  if (type->kind == kind) return {};
  return invalid(offset,
                 "type index " + std::to_string(index) + " is not a " + to_string(kind) + " type");
}

Result<void> ComponentValidator::check_stream_options(bool is_write, uint32_t type,
                                                      const CanonOptions& options,
                                                      uint64_t offset) {
  WISP_TRY(check_options(options, offset));
  const ValType* element = WISP_TRY(value_type_at(type, offset))->element;
  if (element == nullptr) return {};
  if (options.decoded.memory == kNoIndex) return required("memory", offset);
  if (!is_write && element->traits.has_pointer && options.decoded.realloc == kNoIndex) {
    return required("realloc", offset);
  }
  return {};
}

Result<void> ComponentValidator::check_task_return(const ValType* result,
                                                   const CanonOptions& options, uint64_t offset) {
  WISP_TRY(check_options(options, offset));
  if (options.decoded.realloc != kNoIndex || options.decoded.post_return != kNoIndex ||
      options.is_async) {
    return invalid(offset, "task.return takes only the options `memory` and `string-encoding`");
  }
  if (result != nullptr && result->traits.has_borrow) {
    return invalid(offset, "function result cannot contain a `borrow` type");
  }
  FuncType type;
  LabeledType param{"result", result, 0};
  if (result != nullptr) type.params = {&param, 1};
  bool needs_memory = flat_count(type) > kMaxFlatParams || params_have_pointer(type);
  if (needs_memory && options.decoded.memory == kNoIndex) return required("memory", offset);
  return gated_builtin(flatten_functype(type, CanonicalDirection::kLower), options, offset);
}

Result<void> ComponentValidator::check_thread_start(uint32_t core_type, uint32_t table,
                                                    bool has_table, uint64_t offset) {
  CoreTypeDef type = WISP_TRY(core_type_at(core_type, offset));
  if (type.func == nullptr || type.func->params != std::vector{ValueType::kI32} ||
      !type.func->results.empty()) {
    return invalid(offset, "a thread's start function must have type (i32) -> ()");
  }
  if (!has_table) return {};
  if (table >= scope().core_tables.size()) {
    return invalid(offset,
                   "unknown table " + std::to_string(table) + ": table index out of bounds");
  }
  const CoreExternType& found = scope().core_tables[table];
  if (!found.is_opaque && found.table.element != ValueType::kFuncRef) {
    return invalid(offset, "the table of start functions must have element type funcref");
  }
  return {};
}

}  // namespace wisp::component
