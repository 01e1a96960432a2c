// wisp.h: engines.
#include "api/handles.h"

namespace wisp {

namespace {

Result<std::unique_ptr<wisp_engine>> create(const wisp_engine_options_t* options) {
  jit::EngineOptions engine_options;
  bool compiles_at_first_run = false;
  if (options != nullptr) {
    const auto given = WISP_TRY(read_struct("wisp_engine_options_t", *options));
    engine_options.compile_threads = given.compile_threads;
    compiles_at_first_run = given.compile_at_first_run != 0;
  }
  auto engine = WISP_TRY(jit::Engine::create(engine_options));
  return std::unique_ptr<wisp_engine>(new wisp_engine{std::move(engine), compiles_at_first_run});
}

}  // namespace
}  // namespace wisp

wisp_error_t* wisp_engine_new(const wisp_engine_options_t* options, wisp_engine_t** engine) {
  auto created = wisp::create(options);
  if (!created.has_value()) return wisp::make_error(created.error());
  *engine = std::move(created).value().release();
  return nullptr;
}

void wisp_engine_free(wisp_engine_t* engine) { delete engine; }
