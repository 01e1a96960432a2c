// wisp.h: core modules, and calling their functions with numbers as text.
#include <string_view>

#include "api/handles.h"
#include "component/text/core_call.h"
#include "jit/runtime/compiled_module.h"

namespace wisp {

namespace {

Result<std::unique_ptr<wisp_module>> compile_module(const wisp_engine& engine,
                                                    Result<FileContents> loaded) {
  FileContents contents = WISP_TRY(std::move(loaded));
  if (!is_core_module(contents.bytes()))
    return Error(ErrorCode::kUsage, "this is not a core module");
  auto compiled = WISP_TRY(component::compile_without_imports(*engine.engine, contents.bytes()));
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

Result<std::string> invoke(const wisp_module& module, const wasi::CommandOptions& options,
                           std::string_view name, std::span<const char* const> arguments,
                           jit::Trap& trap) {
  jit::Store store(module.engine, options.limits);
  if (options.timeout_ns != 0) WISP_TRY(store.set_deadline(options.timeout_ns));
  auto outcome = component::call_core_export(store, module.module, name, arguments);
  if (!outcome.has_value() && outcome.error().code() == ErrorCode::kTrap) trap = store.last_trap();
  return outcome;
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

void wisp_module_free(wisp_module_t* module) { delete module; }

wisp_error_t* wisp_module_invoke(wisp_module_t* module, const wisp_run_options_t* options,
                                 const char* name, size_t count, const char* const* arguments,
                                 char** results) {
  auto given = wisp::translate(options);
  if (!given.has_value()) return wisp::make_error(given.error());
  wisp::jit::Trap trap;
  auto outcome = wisp::invoke(*module, *given, name, {arguments, count}, trap);
  if (!outcome.has_value()) return wisp::make_error(outcome.error(), std::move(trap));
  *results = wisp::copy_string(*outcome);
  return nullptr;
}
