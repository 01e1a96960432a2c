// wisp.h: engines.
#include "api/handles.h"

wisp_error_t* wisp_engine_new(const wisp_engine_options_t* options, wisp_engine_t** engine) {
  wisp_engine_options_t given = WISP_ENGINE_OPTIONS_INIT;
  wisp::copy_options(options, given);
  wisp::jit::EngineOptions engine_options;
  engine_options.compile_threads = given.compile_threads;
  auto created = wisp::jit::Engine::create(engine_options);
  if (!created.has_value()) return wisp::make_error(created.error());
  *engine = new wisp_engine{std::move(created).value()};
  return nullptr;
}

void wisp_engine_free(wisp_engine_t* engine) { delete engine; }
