// wisp.h: core modules.
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

Result<std::unique_ptr<wisp_module>> compile_module(const wisp_engine& engine,
                                                    Result<FileContents> loaded) {
  FileContents contents = WISP_TRY(std::move(loaded));
  if (!is_core_module(contents.bytes()))
    return Error(ErrorCode::kUsage, "this is not a core module");
  auto compiled = WISP_TRY(engine.engine->compile(contents.bytes()));
  WISP_TRY(make_trampolines(*engine.engine, *compiled));
  return std::unique_ptr<wisp_module>(
      new wisp_module{engine.engine, std::move(contents), std::move(compiled)});
}

wisp_error_t* new_module(const wisp_engine& engine, Result<FileContents> loaded,
                         wisp_module_t** module) {
  auto compiled = compile_module(engine, std::move(loaded));
  if (!compiled.has_value()) return make_error(compiled.error());
  *module = std::move(compiled).value().release();
  return nullptr;
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
  auto outcome = wisp::wasi::preview1::run_module(
      module->engine, module->module, context, *given,
      name == nullptr ? std::nullopt : std::optional<std::string_view>(name), {arguments, count},
      trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *results = outcome->result ? wisp::copy_string(*outcome->result) : nullptr;
  *exit_status = outcome->exit_status;
  return nullptr;
}
