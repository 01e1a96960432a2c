#include "jit/engine.h"

#include <algorithm>

#include "jit/compiler/module_compiler.h"
#include "jit/compiler/trampolines.h"
#include "jit/runtime/trap_handler.h"
#include "jit/wasm/module_decoder.h"
#include "jit/x64/compiler.h"
#include "jit/x64/trampolines.h"
#include "platform/check.h"

namespace wisp::jit {
namespace {

std::vector<uint32_t> without_duplicates(std::span<const uint32_t> ids) {
  std::vector<uint32_t> result(ids.begin(), ids.end());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

Result<std::shared_ptr<const PublishedCode>> publish(const TrampolineBatch& batch) {
  if (batch.error != nullptr) {
    return Error(ErrorCode::kLimit, std::string("cannot make trampolines: ") + batch.error);
  }
  auto code = std::make_shared<PublishedCode>(WISP_TRY(CodeArena::publish(batch.text)));
  for (const TrampolineBatch::Entry& entry : batch.entries) {
    code->allow_unwinding(entry.unwind_begin, entry.unwind_end);
  }
  code->allow_unwinding(batch.unwind_begin, batch.unwind_end);
  return std::shared_ptr<const PublishedCode>(std::move(code));
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
  return compile(WISP_TRY(decode(bytes, file_offset)));
}

Result<std::shared_ptr<const Module>> Engine::decode(std::span<const uint8_t> bytes,
                                                     uint64_t file_offset) {
  return std::make_shared<const Module>(WISP_TRY(decode_module(bytes, file_offset)));
}

Result<std::shared_ptr<const CompiledModule>> Engine::compile(
    std::shared_ptr<const Module> module) {
  SignatureSet signatures(signatures_);
  for (const FuncType& type : module->types) WISP_TRY(signatures.add(type));
  ModuleCompileOptions options{parts_, features_, compile_threads_};
  CodeImage image = WISP_TRY(compile_module(*module, x64::backend(), options));
  ModuleCode code{WISP_TRY(CodeArena::publish(std::move(image.memory), image.text_bytes)),
                  std::move(image.function_offsets), std::move(image.functions_by_offset),
                  std::move(image.trap_sites)};
  return std::make_shared<const CompiledModule>(std::move(module), std::move(code),
                                                std::move(signatures));
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

Result<EntryTrampoline> Engine::entry_trampoline(uint32_t signature) {
  const void* code = signatures_->trampolines_of(signature).entry;
  if (code == nullptr) {
    WISP_TRY(make_trampolines({&signature, 1}, {}));
    code = signatures_->trampolines_of(signature).entry;
  }
  return reinterpret_cast<EntryTrampoline>(const_cast<void*>(code));
}

Result<const void*> Engine::exit_trampoline(uint32_t signature) {
  const void* code = signatures_->trampolines_of(signature).exit;
  if (code != nullptr) return code;
  WISP_TRY(make_trampolines({}, {&signature, 1}));
  return signatures_->trampolines_of(signature).exit;
}

Result<void> Engine::make_common_code() {
  TrampolineRequest request;
  request.with_common_code = true;
  const TrampolineBatch batch = x64::compile_trampolines(features_, request);
  common_code_ = WISP_TRY(publish(batch));
  for (uint32_t offset : batch.builtins) builtin_stubs_.push_back(common_code_->at(offset));
  trap_exit_ = common_code_->at(batch.trap_exit);
  return {};
}

Result<void> Engine::make_trampolines(std::span<const uint32_t> entries,
                                      std::span<const uint32_t> exits) {
  std::lock_guard lock(making_trampolines_);
  TrampolineRequest request;
  std::vector<uint32_t> new_entries = without_duplicates(entries);
  std::vector<uint32_t> new_exits = without_duplicates(exits);
  std::erase_if(new_entries,
                [&](uint32_t id) { return signatures_->trampolines_of(id).entry != nullptr; });
  std::erase_if(new_exits,
                [&](uint32_t id) { return signatures_->trampolines_of(id).exit != nullptr; });
  if (new_entries.empty() && new_exits.empty()) return {};
  for (uint32_t id : new_entries) request.entries.push_back(&signatures_->type_of(id));
  for (uint32_t id : new_exits) request.exits.push_back(&signatures_->type_of(id));
  const TrampolineBatch batch = x64::compile_trampolines(features_, request);
  const std::shared_ptr<const PublishedCode> code = WISP_TRY(publish(batch));
  for (size_t i = 0; i < new_entries.size(); i++) {
    signatures_->set_entry(new_entries[i], code->at(batch.entries[i].offset), code);
  }
  for (size_t i = 0; i < new_exits.size(); i++) {
    signatures_->set_exit(new_exits[i], code->at(batch.exits[i]), code);
  }
  return {};
}

}  // namespace wisp::jit
