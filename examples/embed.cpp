// Runs a component with the C++ API: example_embed FILE [ARGS]...
//
// The guest gets its arguments, one variable, the current directory to read, ten seconds and 64
// MiB.
#include <cstdio>
#include <string>
#include <vector>

#include "wisp/wisp.hpp"

namespace {

int fail(const wisp::Error& error) {
  std::fprintf(stderr, "embed: %s\n", std::string(error.message()).c_str());
  for (size_t i = 0; i < error.frame_count(); i++) {
    std::fprintf(stderr, "  at %s\n", error.frame(i).function_name);
  }
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  auto engine = wisp::Engine::create();
  if (!engine) return fail(engine.error());
  auto component = wisp::Component::from_file(*engine, argv[1]);
  if (!component) return fail(component.error());

  wisp::Wasi wasi;
  if (auto error = wasi.set_arguments({argv + 1, argv + argc})) return fail(error);
  if (auto error = wasi.set_environment("GREETING", "hello")) return fail(error);
  if (auto error = wasi.preopen_directory(".", ".", WISP_DIRECTORY_READ_ONLY)) return fail(error);

  wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
  options.timeout_ns = 10'000'000'000;
  options.max_memory_bytes = 64 << 20;
  auto exit_status = wisp::run_command(*component, wasi, &options);
  return exit_status ? *exit_status : fail(exit_status.error());
}
