// wisp.h: engines.
#include "api/handles.h"

namespace wisp {

namespace {

Result<std::shared_ptr<jit::Engine>> create(const wisp_engine_options_t* options) {
  jit::EngineOptions engine_options;
  if (options != nullptr) {
    const auto given = WISP_TRY(read_struct("wisp_engine_options_t", *options));
    engine_options.compile_threads = given.compile_threads;
  }
  return jit::Engine::create(engine_options);
}

}  // namespace
}  // namespace wisp

wisp_error_t* wisp_engine_new(const wisp_engine_options_t* options, wisp_engine_t** engine) {
  auto created = wisp::create(options);
  if (!created.has_value()) return wisp::make_error(created.error());
  *engine = new wisp_engine{std::move(created).value()};
  return nullptr;
}

void wisp_engine_free(wisp_engine_t* engine) { delete engine; }
