// wisp.h: core modules.
#include <mutex>
#include <optional>
#include <string_view>

#include "api/handles.h"
#include "jit/runtime/compiled_module.h"
#include "wasi/preview1/module_command.h"

namespace wisp {

namespace {

// What it needs to call the host is made at once: one by one takes longer.
Result<void> make_trampolines(jit::Engine& engine, const jit::CompiledModule& compiled) {
  const jit::Module& module = compiled.module();
  std::vector<uint32_t> exits;
  for (uint32_t i = 0; i < module.imported_functions; i++) {
    exits.push_back(compiled.signature_ids()[module.functions[i]]);
  }
  return engine.make_trampolines({}, exits);
}

// Made once; several threads may ask at a time.
Result<std::shared_ptr<const jit::CompiledModule>> code_of(wisp_module& module) {
  std::lock_guard lock(module.making_code);
  if (module.code == nullptr) {
    auto compiled = WISP_TRY(module.engine->compile(module.module));
    WISP_TRY(make_trampolines(*module.engine, *compiled));
    module.code = std::move(compiled);
  }
  return module.code;
}

Result<std::unique_ptr<wisp_module>> load_module(const wisp_engine& engine,
                                                 Result<FileContents> loaded) {
  FileContents contents = WISP_TRY(std::move(loaded));
  if (!is_core_module(contents.bytes()))
    return Error(ErrorCode::kUsage, "this is not a core module");
  auto decoded = WISP_TRY(jit::Engine::decode(contents.bytes()));
  std::unique_ptr<wisp_module> module(
      new wisp_module{engine.engine, std::move(contents), std::move(decoded)});
  if (!engine.compiles_at_first_run) WISP_TRY(code_of(*module));
  return module;
}

wisp_error_t* new_module(const wisp_engine& engine, Result<FileContents> loaded,
                         wisp_module_t** module) {
  auto made = load_module(engine, std::move(loaded));
  if (!made.has_value()) return make_error(made.error());
  *module = std::move(made).value().release();
  return nullptr;
}

// Code is made when it is clear that the run can begin.
Result<wasi::Invoked> run(wisp_module& module, wasi::WasiContext& context,
                          const wasi::CommandOptions& options, const char* name,
                          std::span<const char* const> arguments, jit::Trap& trap) {
  auto call = WISP_TRY(wasi::preview1::prepare_call(
      *module.module, options.unknown_imports,
      name == nullptr ? std::nullopt : std::optional<std::string_view>(name), arguments));
  auto code = WISP_TRY(code_of(module));
  return wasi::preview1::run_module(module.engine, std::move(code), context, options,
                                    std::move(call), trap);
}

}  // namespace
}  // namespace wisp

wisp_error_t* wisp_module_from_bytes(wisp_engine_t* engine, const uint8_t* bytes, size_t size,
                                     wisp_module_t** module) {
  return wisp::new_module(*engine, wisp::FileContents::copy({bytes, size}), module);
}

wisp_error_t* wisp_module_from_file(wisp_engine_t* engine, const char* path,
                                    wisp_module_t** module) {
  return wisp::new_module(*engine, wisp::FileContents::read(path), module);
}

wisp_error_t* wisp_module_from_opened(wisp_engine_t* engine, wisp_file_t* file,
                                      wisp_module_t** module) {
  return wisp::new_module(*engine, std::move(file->contents), module);
}

void wisp_module_free(wisp_module_t* module) { delete module; }

wisp_error_t* wisp_module_invoke(wisp_module_t* module, wisp_wasi_t* wasi,
                                 const wisp_run_options_t* options, const char* name, size_t count,
                                 const char* const* arguments, char** results, int* exit_status) {
  auto given = wisp::translate(options);
  if (!given.has_value()) return wisp::make_error(given.error());
  const wisp_wasi nothing_granted;
  const wisp_wasi& granted = wasi == nullptr ? nothing_granted : *wasi;
  wisp::EventLoop loop(granted.io);
  wisp::wasi::WasiContext context(loop);
  wisp::grant(granted, context);
  wisp::jit::Trap trap;
  auto outcome = wisp::run(*module, context, *given, name, {arguments, count}, trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *results = outcome->result ? wisp::copy_string(*outcome->result) : nullptr;
  *exit_status = outcome->exit_status;
  return nullptr;
}
