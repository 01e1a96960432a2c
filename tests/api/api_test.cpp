// The public API, as an embedder uses it: ownership, errors, option structs, running more than
// once.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "wisp/wisp.hpp"

namespace wisp {
namespace {

const std::string kHello = WISP_SOURCE_DIR "/examples/hello.wasm";
const std::string kTraps = WISP_SOURCE_DIR "/tests/guests/traps.wasm";

std::vector<uint8_t> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The standard output of a guest, which is shorter than a pipe.
class Pipe {
 public:
  Pipe() { EXPECT_EQ(pipe(ends_), 0); }
  ~Pipe() {
    close(ends_[0]);
    close(ends_[1]);
  }
  int writing() const { return ends_[1]; }
  std::string take() {
    char buffer[4096];
    const ssize_t count = read(ends_[0], buffer, sizeof buffer);
    return {buffer, static_cast<size_t>(std::max<ssize_t>(count, 0))};
  }

 private:
  int ends_[2];
};

TEST(Api, RunsAComponentTwiceInOneContext) {
  Pipe output;
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  auto component = Component::from_file(*engine, kHello);
  ASSERT_TRUE(component);
  Wasi wasi;
  wasi.set_stdio(0, output.writing(), 2);
  for (int i = 0; i < 2; i++) {
    auto status = run_command(*component, wasi);
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(*status, 0);
    EXPECT_EQ(output.take(), "Hello, world!\n");
  }
}

TEST(Api, CallsExportsAndCoreFunctions) {
  const std::string guests = WISP_SOURCE_DIR "/tests/guests/";
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  auto echo = Component::from_file(*engine, guests + "echo.wasm");
  ASSERT_TRUE(echo);
  Wasi wasi;
  for (int i = 0; i < 2; i++) {
    auto invoked = invoke(*echo, wasi, "add(1, 2)");
    ASSERT_TRUE(invoked) << invoked.error().message();
    EXPECT_TRUE(invoked->has_result);
    EXPECT_EQ(invoked->result, "3");
  }
  auto refused = invoke(*echo, wasi, "add(1)");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), WISP_ERROR_USAGE);
  auto missing = invoke(*echo, wasi, "subtract(1)");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), WISP_ERROR_LINK);

  auto exiting = Component::from_file(*engine, guests + "nested_exit.wasm");
  ASSERT_TRUE(exiting);
  auto exited = invoke(*exiting, wasi, "run()");
  ASSERT_TRUE(exited);
  EXPECT_FALSE(exited->has_result);
  EXPECT_EQ(exited->exit_status, 42);

  auto module = Module::from_file(*engine, guests + "numbers.wasm");
  ASSERT_TRUE(module);
  auto sum = module->invoke("add", {"1", "2"});
  ASSERT_TRUE(sum);
  EXPECT_EQ(*sum, "3");
  auto trapped = module->invoke("divide", {"1", "0"});
  ASSERT_FALSE(trapped);
  EXPECT_EQ(trapped.error().kind(), WISP_ERROR_TRAP);
  auto component = Module::from_file(*engine, kHello);
  ASSERT_FALSE(component);
  EXPECT_EQ(component.error().kind(), WISP_ERROR_USAGE);
}

TEST(Api, AComponentOutlivesItsEngine) {
  Pipe output;
  const std::vector<uint8_t> bytes = read_file(kHello);
  Component component;
  {
    auto engine = Engine::create();
    ASSERT_TRUE(engine);
    auto compiled = Component::from_bytes(*engine, bytes);
    ASSERT_TRUE(compiled);
    component = std::move(*compiled);
  }
  Wasi wasi;
  wasi.set_stdio(0, output.writing(), 2);
  ASSERT_TRUE(run_command(component, wasi));
  EXPECT_EQ(output.take(), "Hello, world!\n");
}

TEST(Api, OptionsOfAnOlderHeaderAreEnough) {
  wisp_engine_options_t options = WISP_ENGINE_OPTIONS_INIT;
  options.size = sizeof options.size;  // the rest is as if it were not there
  options.compile_threads = 12345;
  wisp_engine_t* engine = nullptr;
  ASSERT_EQ(wisp_engine_new(&options, &engine), nullptr);
  wisp_engine_free(engine);
}

TEST(Api, FreeingNothingIsAllowed) {
  wisp_error_free(nullptr);
  wisp_engine_free(nullptr);
  wisp_component_free(nullptr);
  wisp_wasi_free(nullptr);
  wisp_module_free(nullptr);
  wisp_string_free(nullptr);
}

TEST(Api, ErrorsSayWhatAndWhere) {
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  const std::vector<uint8_t> hello = read_file(kHello);
  auto cut = Component::from_bytes(*engine, std::span(hello).first(1000));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().kind(), WISP_ERROR_MALFORMED);
  EXPECT_LE(cut.error().offset(), 1000u);
  EXPECT_FALSE(cut.error().message().empty());
  EXPECT_EQ(cut.error().frame_count(), 0u);

  auto missing = Component::from_file(*engine, "/nonexistent");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), WISP_ERROR_IO);
  EXPECT_EQ(missing.error().offset(), WISP_NO_OFFSET);

  const uint8_t core[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  auto module = Component::from_bytes(*engine, core);
  ASSERT_FALSE(module);
  EXPECT_EQ(module.error().kind(), WISP_ERROR_UNSUPPORTED);
  wisp_binary_kind_t kind = WISP_BINARY_COMPONENT;
  EXPECT_EQ(wisp_validate_bytes(core, sizeof core, &kind), nullptr);
  EXPECT_EQ(kind, WISP_BINARY_MODULE);
}

TEST(Api, ATrapHasABacktrace) {
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  auto component = Component::from_file(*engine, kTraps);
  ASSERT_TRUE(component) << component.error().message();
  auto status = run_command(*component, Wasi());
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().kind(), WISP_ERROR_TRAP);
  EXPECT_EQ(status.error().message(), "wasm trap: unreachable");
  ASSERT_EQ(status.error().frame_count(), 3u);
  const wisp_frame_t frame = status.error().frame(0);
  EXPECT_STREQ(frame.module_name, "traps");
  EXPECT_STREQ(frame.function_name, "inner");
  EXPECT_EQ(frame.function_index, 0u);
  EXPECT_GT(frame.wasm_offset, 0u);
}

TEST(Api, ContextsRefuseWhatMakesNoSense) {
  Wasi wasi;
  for (const char* name : {"", "A=B"}) {
    const Error error = wasi.set_environment(name, "x");
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error.kind(), WISP_ERROR_USAGE);
  }
  EXPECT_TRUE(wasi.set_environment("A", "\xff"));
  EXPECT_FALSE(wasi.set_environment("A", ""));
  EXPECT_TRUE(wasi.enable_feature("no-such-feature"));
  EXPECT_FALSE(wasi.enable_feature("clocks-timezone"));
  const Error error = wasi.preopen_directory("/nonexistent", "x", WISP_DIRECTORY_READ_ONLY);
  ASSERT_TRUE(error);
  EXPECT_EQ(error.kind(), WISP_ERROR_IO);
}

}  // namespace
}  // namespace wisp
