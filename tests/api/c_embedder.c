#include "tests/api/c_embedder.h"

#include "wisp/wisp.h"

static int failed(wisp_error_t* error) {
  const int is_error = error != NULL;
  wisp_frame_t frame = WISP_FRAME_INIT;
  if (is_error && wisp_error_frame_count(error) != 0) wisp_error_frame(error, 0, &frame);
  wisp_error_free(error);
  return is_error;
}

int run_from_c(const char* path, int output) {
  const wisp_engine_options_t engine_options = WISP_ENGINE_OPTIONS_INIT;
  const wisp_run_options_t run_options = WISP_RUN_OPTIONS_INIT;
  wisp_part_t root = WISP_PART_INIT;
  wisp_engine_t* engine = NULL;
  wisp_component_t* component = NULL;
  wisp_wasi_t* wasi = wisp_wasi_new();
  int status = -1;
  root.name = path;
  wisp_wasi_set_stdio(wasi, 0, output, 2);
  if (!failed(wisp_engine_new(&engine_options, &engine)) &&
      !failed(wisp_component_compose(engine, &root, NULL, 0, &component)) &&
      failed(wisp_run_command(component, wasi, &run_options, &status))) {
    status = -1;
  }
  wisp_component_free(component);
  wisp_engine_free(engine);
  wisp_wasi_free(wasi);
  return status;
}
