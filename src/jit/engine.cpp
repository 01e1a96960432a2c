#include "jit/engine.h"

#include <algorithm>

#include "jit/compiler/module_compiler.h"
#include "jit/compiler/trampolines.h"
#include "jit/runtime/code_registry.h"
#include "jit/runtime/trap_handler.h"
#include "jit/wasm/module_decoder.h"
#include "jit/x64/compiler.h"
#include "jit/x64/trampolines.h"
#include "platform/check.h"

namespace wisp::jit {
namespace {

void remove_duplicates(std::vector<uint32_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

struct Parts {
  CompilerOptions compiler;
  CpuFeatures features = CpuFeatures::of_host();
};

Result<Parts> parse_disabled(std::string_view list) {
  Parts parts;
  while (!list.empty()) {
    std::string_view name = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), name.size() + 1));
    if (name == "homes") {
      parts.compiler.homes = false;
    } else if (name == "folding") {
      parts.compiler.folding = false;
    } else if (name == "fusion") {
      parts.compiler.fusion = false;
    } else if (name == "extensions") {
      const bool has_baseline = parts.features.has_baseline;
      parts.features = CpuFeatures();
      parts.features.has_baseline = has_baseline;
    } else {
      return Error(ErrorCode::kUsage, "the compiler has no part named \"" + std::string(name) +
                                          "\"; it has homes, folding, fusion and extensions");
    }
  }
  return parts;
}

}  // namespace

Engine::Engine(unsigned compile_threads, const CompilerOptions& parts, const CpuFeatures& features)
    : compile_threads_(compile_threads), parts_(parts), features_(features) {}

Engine::~Engine() {
  for (uintptr_t begin : registered_ranges_) code_registry::remove(begin);
}

Result<std::shared_ptr<Engine>> Engine::create(const EngineOptions& options) {
  Parts parts = WISP_TRY(parse_disabled(options.disabled));
  parts.compiler.checks_seed = options.checks_seed;
  std::shared_ptr<Engine> engine(
      new Engine(options.compile_threads, parts.compiler, parts.features));
  if (!engine->features_.has_baseline) {
    return Error(ErrorCode::kUnsupported, "this processor lacks x86-64-v2");
  }
  install_trap_handler();
  WISP_TRY(engine->make_common_code());
  return engine;
}

Result<void> Engine::validate(std::span<const uint8_t> bytes, uint64_t file_offset) {
  return validate_module(bytes, file_offset);
}

Result<std::shared_ptr<const CompiledModule>> Engine::compile(std::span<const uint8_t> bytes,
                                                              uint64_t file_offset) {
  Module module = WISP_TRY(decode_module(bytes, file_offset));
  std::vector<uint32_t> signature_ids;
  signature_ids.reserve(module.types.size());
  for (const FuncType& type : module.types) signature_ids.push_back(signatures_.id_of(type));
  // What the instance will need at once; the rest is made when it is asked for.
  std::vector<uint32_t> entries;
  std::vector<uint32_t> exits;
  for (uint32_t i = 0; i < module.imported_functions; i++) {
    exits.push_back(signature_ids[module.functions[i]]);
  }
  for (const Export& item : module.exports) {
    if (item.kind == ExternKind::kFunc) {
      entries.push_back(signature_ids[module.functions[item.index]]);
    }
  }
  if (module.start) entries.push_back(signature_ids[module.functions[*module.start]]);
  remove_duplicates(entries);
  remove_duplicates(exits);
  WISP_TRY(make_trampolines(entries, exits));
  ModuleCompileOptions options{parts_, features_, compile_threads_};
  CodeImage image = WISP_TRY(compile_module(module, x64::backend(), options));
  ModuleCode code{WISP_TRY(CodeArena::publish(std::move(image.memory), image.text_bytes)),
                  std::move(image.function_offsets), std::move(image.functions_by_offset),
                  std::move(image.trap_sites)};
  return std::make_shared<const CompiledModule>(std::move(module), std::move(code),
                                                std::move(signature_ids));
}

Result<std::shared_ptr<const AdapterCode>> Engine::compile_adapters(
    std::span<const AdapterShape> shapes) {
  AdapterBatch batch = x64::compile_adapters(features_, shapes);
  if (batch.error != nullptr) {
    return Error(ErrorCode::kLimit, std::string("cannot make adapters: ") + batch.error);
  }
  CodeArena arena = WISP_TRY(CodeArena::publish(batch.text));
  return std::make_shared<const AdapterCode>(std::move(arena), std::move(batch.offsets));
}

Engine::Trampolines& Engine::trampolines(uint32_t signature) {
  if (signature >= trampolines_.size()) trampolines_.resize(signature + 1);
  return trampolines_[signature];
}

EntryTrampoline Engine::entry_trampoline(uint32_t signature) {
  WISP_CHECK(make_trampolines({&signature, 1}, {}).has_value());
  std::lock_guard lock(mutex_);
  return reinterpret_cast<EntryTrampoline>(const_cast<void*>(trampolines(signature).entry));
}

const void* Engine::exit_trampoline(uint32_t signature) {
  WISP_CHECK(make_trampolines({}, {&signature, 1}).has_value());
  std::lock_guard lock(mutex_);
  return trampolines(signature).exit;
}

Result<void> Engine::make_common_code() {
  TrampolineRequest request;
  request.with_common_code = true;
  return make_batch(request, {}, {});
}

Result<void> Engine::make_trampolines(std::span<const uint32_t> entries,
                                      std::span<const uint32_t> exits) {
  std::lock_guard lock(mutex_);
  TrampolineRequest request;
  std::vector<uint32_t> new_entries;
  std::vector<uint32_t> new_exits;
  for (uint32_t id : entries) {
    if (trampolines(id).entry != nullptr) continue;
    new_entries.push_back(id);
    request.entries.push_back(&signatures_.type_of(id));
  }
  for (uint32_t id : exits) {
    if (trampolines(id).exit != nullptr) continue;
    new_exits.push_back(id);
    request.exits.push_back(&signatures_.type_of(id));
  }
  if (new_entries.empty() && new_exits.empty()) return {};
  return make_batch(request, new_entries, new_exits);
}

Result<void> Engine::make_batch(const TrampolineRequest& request, std::span<const uint32_t> entries,
                                std::span<const uint32_t> exits) {
  TrampolineBatch batch = x64::compile_trampolines(features_, request);
  if (batch.error != nullptr) {
    return Error(ErrorCode::kLimit, std::string("cannot make trampolines: ") + batch.error);
  }
  CodeArena arena = WISP_TRY(CodeArena::publish(batch.text));
  const uint8_t* base = arena.base();
  auto address = reinterpret_cast<uintptr_t>(base);
  auto allow_unwinding = [&](uint32_t begin, uint32_t end) {
    if (begin == end) return;
    code_registry::add({address + begin, address + end, nullptr});
    registered_ranges_.push_back(address + begin);
  };
  for (size_t i = 0; i < entries.size(); i++) {
    trampolines(entries[i]).entry = base + batch.entries[i].offset;
    allow_unwinding(batch.entries[i].unwind_begin, batch.entries[i].unwind_end);
  }
  for (size_t i = 0; i < exits.size(); i++) trampolines(exits[i]).exit = base + batch.exits[i];
  allow_unwinding(batch.unwind_begin, batch.unwind_end);
  for (uint32_t offset : batch.builtins) builtin_stubs_.push_back(base + offset);
  if (request.with_common_code) trap_exit_ = base + batch.trap_exit;
  arenas_.push_back(std::move(arena));
  return {};
}

}  // namespace wisp::jit
