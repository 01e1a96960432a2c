// The public API, as an embedder uses it: ownership, errors, option structs, running more than
// once.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <optional>
#include <thread>

#include "tests/api/c_embedder.h"
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

TEST(Api, IsOneOfC) {
  Pipe output;
  EXPECT_EQ(run_from_c(kHello.c_str(), output.writing()), 0);
  EXPECT_EQ(output.take(), "Hello, world!\n");
  EXPECT_EQ(run_from_c(kTraps.c_str(), output.writing()), -1);
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
  auto sum = invoke(*module, wasi, "add", {"1", "2"});
  ASSERT_TRUE(sum);
  EXPECT_EQ(sum->result, "3");
  auto trapped = invoke(*module, wasi, "divide", {"1", "0"});
  ASSERT_FALSE(trapped);
  EXPECT_EQ(trapped.error().kind(), WISP_ERROR_TRAP);
  auto component = Module::from_file(*engine, kHello);
  ASSERT_FALSE(component);
  EXPECT_EQ(component.error().kind(), WISP_ERROR_USAGE);
}

TEST(Api, RunsAModuleOfPreview1AsItsContextSays) {
  Pipe output;
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  auto module = Module::from_file(*engine, WISP_SOURCE_DIR "/tests/guests/preview1.wasm");
  ASSERT_TRUE(module) << module.error().message();
  Wasi wasi;
  wasi.set_stdio(0, output.writing(), 2);
  for (int i = 0; i < 2; i++) {
    ASSERT_FALSE(wasi.set_arguments({"preview1.wasm", "yields"}));
    auto returned = invoke(*module, wasi, std::nullopt);
    ASSERT_TRUE(returned) << returned.error().message();
    EXPECT_TRUE(returned->has_result);
    EXPECT_EQ(returned->exit_status, 0);
    EXPECT_EQ(output.take(), "ok\n");
    ASSERT_FALSE(wasi.set_arguments({"preview1.wasm", "exit-3"}));
    auto exited = invoke(*module, wasi, std::nullopt);
    ASSERT_TRUE(exited) << exited.error().message();
    EXPECT_FALSE(exited->has_result);
    EXPECT_EQ(exited->exit_status, 3);
  }
  auto missing = invoke(*module, wasi, "start");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind(), WISP_ERROR_LINK);
}

TEST(Api, TakesTheBytesOfAnOpenFile) {
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  wisp_file_t* file = nullptr;
  ASSERT_EQ(wisp_file_open(kHello.c_str(), &file), nullptr);
  wisp_component_t* component = nullptr;
  EXPECT_EQ(wisp_component_from_opened(engine->get(), file, &component), nullptr);
  size_t size = 1;
  wisp_file_bytes(file, &size);
  EXPECT_EQ(size, 0u);
  wisp_module_t* module = nullptr;
  wisp_error_t* error = wisp_module_from_opened(engine->get(), file, &module);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(wisp_error_kind(error), WISP_ERROR_USAGE);
  wisp_error_free(error);
  wisp_file_free(file);
  int status = -1;
  EXPECT_EQ(wisp_run_command(component, Wasi().get(), nullptr, &status), nullptr);
  EXPECT_EQ(status, 0);
  wisp_component_free(component);
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

TEST(Api, ComponentsAreCompiledWhenTheyAreMadeOrFirstRun) {
  const std::string shop = WISP_SOURCE_DIR "/tests/guests/before_code/shop.wasm";  // invalid
  wisp_engine_options_t options = WISP_ENGINE_OPTIONS_INIT;
  auto engine = Engine::create(&options);
  ASSERT_TRUE(engine);
  auto refused = Component::from_file(*engine, shop);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), WISP_ERROR_INVALID);

  options.compile_at_first_run = 1;
  auto later = Engine::create(&options);
  ASSERT_TRUE(later);
  auto component = Component::from_file(*later, shop);
  ASSERT_TRUE(component) << component.error().message();
  const auto kind_of_run = [&](wisp_unknown_imports_t policy) {
    wisp_run_options_t run_options = WISP_RUN_OPTIONS_INIT;
    run_options.unknown_imports = policy;
    auto status = run_command(*component, Wasi(), &run_options);
    return status ? WISP_ERROR_USAGE : status.error().kind();
  };
  for (int i = 0; i < 2; i++) {
    EXPECT_EQ(kind_of_run(WISP_UNKNOWN_IMPORTS_REFUSE), WISP_ERROR_LINK);
    EXPECT_EQ(kind_of_run(WISP_UNKNOWN_IMPORTS_TRAP), WISP_ERROR_INVALID);
  }
}

TEST(Api, ModulesAreCompiledWhenTheyAreMadeOrFirstRun) {
  const std::string path = WISP_SOURCE_DIR "/tests/guests/modules/before_code.wasm";  // invalid
  wisp_engine_options_t options = WISP_ENGINE_OPTIONS_INIT;
  auto engine = Engine::create(&options);
  ASSERT_TRUE(engine);
  auto refused = Module::from_file(*engine, path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), WISP_ERROR_INVALID);

  options.compile_at_first_run = 1;
  auto later = Engine::create(&options);
  ASSERT_TRUE(later);
  auto module = Module::from_file(*later, path);
  ASSERT_TRUE(module) << module.error().message();
  wisp_run_options_t run_options = WISP_RUN_OPTIONS_INIT;
  for (int i = 0; i < 2; i++) {
    run_options.unknown_imports = WISP_UNKNOWN_IMPORTS_REFUSE;
    auto run = invoke(*module, Wasi(), std::nullopt, {}, &run_options);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().kind(), WISP_ERROR_LINK);
    run_options.unknown_imports = WISP_UNKNOWN_IMPORTS_TRAP;
    run = invoke(*module, Wasi(), std::nullopt, {}, &run_options);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().kind(), WISP_ERROR_INVALID);
  }
}

TEST(Api, ThreadsMayRunAComponentForTheFirstTimeTogether) {
  wisp_engine_options_t options = WISP_ENGINE_OPTIONS_INIT;
  options.compile_at_first_run = 1;
  auto engine = Engine::create(&options);
  ASSERT_TRUE(engine);
  auto component = Component::from_file(*engine, WISP_SOURCE_DIR "/tests/guests/echo.wasm");
  ASSERT_TRUE(component);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++) {
    threads.emplace_back([&] {
      auto invoked = invoke(*component, Wasi(), "add(1, 2)");
      ASSERT_TRUE(invoked) << invoked.error().message();
      EXPECT_EQ(invoked->result, "3");
    });
  }
  for (std::thread& thread : threads) thread.join();
}

// What an older header gives ends earlier.
TEST(Api, StructsOfAnOlderHeaderAreEnough) {
  wisp_engine_options_t options = WISP_ENGINE_OPTIONS_INIT;
  options.size = sizeof options.size;  // the rest is as if it were not there
  options.compile_threads = 12345;
  wisp_engine_t* engine = nullptr;
  ASSERT_EQ(wisp_engine_new(&options, &engine), nullptr);
  wisp_engine_free(engine);

  auto another = Engine::create();
  ASSERT_TRUE(another);
  auto component = Component::from_file(*another, kTraps);
  ASSERT_TRUE(component);
  auto status = run_command(*component, Wasi());
  ASSERT_FALSE(status);
  wisp_frame_t frame = WISP_FRAME_INIT;
  frame.size = offsetof(wisp_frame_t, function_name);
  wisp_error_frame(status.error().get(), 0, &frame);
  EXPECT_STREQ(frame.module_name, "traps");
  EXPECT_STREQ(frame.function_name, "");
}

// What a newer header gives beyond is refused, unless it says nothing.
template <class Struct>
struct Newer {
  Struct known;
  uint64_t unknown = 0;
};

std::string message_of(wisp_error_t* handle) {
  const Error error(handle);
  if (!error) return "";
  EXPECT_EQ(error.kind(), WISP_ERROR_USAGE);
  return std::string(error.message());
}

TEST(Api, StructsOfANewerHeaderAreRefusedWhereTheySayMore) {
  Newer<wisp_engine_options_t> engine_options{WISP_ENGINE_OPTIONS_INIT};
  engine_options.known.size = sizeof engine_options;
  wisp_engine_t* engine = nullptr;
  EXPECT_EQ(message_of(wisp_engine_new(&engine_options.known, &engine)), "");
  engine_options.unknown = uint64_t{1} << 56;  // the last byte
  wisp_engine_t* none = nullptr;
  EXPECT_EQ(message_of(wisp_engine_new(&engine_options.known, &none)),
            "wisp_engine_options_t sets what Wisp " + std::string(wisp_version()) +
                " does not have (at byte " + std::to_string(sizeof engine_options - 1) +
                " of it): the program was built for a newer version");
  EXPECT_EQ(none, nullptr);

  auto another = Engine::create();
  ASSERT_TRUE(another);
  auto module = Module::from_file(*another, WISP_SOURCE_DIR "/tests/guests/numbers.wasm");
  ASSERT_TRUE(module);
  Newer<wisp_run_options_t> run_options{WISP_RUN_OPTIONS_INIT};
  run_options.known.size = sizeof run_options;
  EXPECT_TRUE(invoke(*module, Wasi(), "add", {"1", "2"}, &run_options.known));
  run_options.unknown = 1;
  auto refused = invoke(*module, Wasi(), "add", {"1", "2"}, &run_options.known);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind(), WISP_ERROR_USAGE);

  Newer<wisp_part_t> parts[2] = {{WISP_PART_INIT}, {WISP_PART_INIT}};
  const std::string plug = WISP_SOURCE_DIR "/tests/guests/plug/";
  const std::string files[2] = {plug + "app.wasm", plug + "counters.wasm"};
  for (int i = 0; i < 2; i++) {
    parts[i].known.size = sizeof parts[i];
    parts[i].known.name = files[i].c_str();
  }
  wisp_component_t* component = nullptr;
  EXPECT_EQ(
      message_of(wisp_component_compose(engine, &parts[0].known, &parts[1].known, 1, &component)),
      "");
  wisp_component_free(component);
  parts[1].unknown = 1;
  EXPECT_NE(
      message_of(wisp_component_compose(engine, &parts[0].known, &parts[1].known, 1, &component)),
      "");
  parts[1].known.size = sizeof(wisp_part_t);
  EXPECT_EQ(
      message_of(wisp_component_compose(engine, &parts[0].known, &parts[1].known, 1, &component)),
      "plug 0 is a wisp_part_t of another size than the root");
  wisp_engine_free(engine);
}

TEST(Api, StructsThatNobodyInitialisedAreRefused) {
  for (const size_t size : {size_t{0}, sizeof(size_t) - 1, size_t{1} << 40}) {
    wisp_engine_options_t options = WISP_ENGINE_OPTIONS_INIT;
    options.size = size;
    wisp_engine_t* engine = nullptr;
    EXPECT_EQ(message_of(wisp_engine_new(&options, &engine)),
              "wisp_engine_options_t begins with the size " + std::to_string(size) +
                  ": it was not initialised");
  }
}

TEST(Api, ALimitMayBeZero) {
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  auto module = Module::from_file(*engine, WISP_SOURCE_DIR "/tests/guests/numbers.wasm");
  ASSERT_TRUE(module);
  const auto run = [&](uint64_t wisp_run_options_t::*limit, uint64_t value) {
    wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
    options.*limit = value;
    auto outcome = invoke(*module, Wasi(), "add", {"1", "2"}, &options);
    return outcome ? outcome->result : std::string(outcome.error().message());
  };
  for (const auto limit : {&wisp_run_options_t::max_memory_bytes, &wisp_run_options_t::timeout_ns,
                           &wisp_run_options_t::max_stack_bytes}) {
    EXPECT_EQ(run(limit, 0), "3");
    EXPECT_NE(run(limit, WISP_ZERO), "3");
  }
  EXPECT_EQ(run(&wisp_run_options_t::timeout_ns, WISP_ZERO), "wasm trap: interrupted");
  EXPECT_EQ(run(&wisp_run_options_t::max_stack_bytes, WISP_ZERO),
            "wasm trap: call stack exhausted");
}

TEST(Api, APolicyThatDoesNotExistIsRefused) {
  auto engine = Engine::create();
  ASSERT_TRUE(engine);
  auto component = Component::from_file(*engine, kHello);
  ASSERT_TRUE(component);
  wisp_run_options_t options = WISP_RUN_OPTIONS_INIT;
  options.unknown_imports = static_cast<wisp_unknown_imports_t>(3);
  auto status = run_command(*component, Wasi(), &options);
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "wisp_unknown_imports_t 3 means nothing");
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
  ASSERT_EQ(status.error().frame_count(), 5u);
  const wisp_frame_t frame = status.error().frame(0);
  EXPECT_STREQ(frame.module_name, "traps");
  EXPECT_STREQ(frame.function_name, "inner");
  EXPECT_EQ(frame.function_index, 0u);
  EXPECT_GT(frame.wasm_offset, 0u);
  const wisp_frame_t none = status.error().frame(5);
  EXPECT_STREQ(none.module_name, "");
  EXPECT_EQ(none.wasm_offset, 0u);
}

TEST(Api, TextsCanBeMadeFitForATerminal) {
  EXPECT_EQ(printable("a\x1b[31m\n\xff"), "a\\u{1b}[31m\\u{a}\\xff");
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
  EXPECT_EQ(wasi.set_arguments({"a", "b\xff"}).message(),
            "argument 1 of the guest, `b\\xff`, is not UTF-8");
  EXPECT_FALSE(wasi.set_arguments({"é", ""}));
  EXPECT_EQ(wasi.set_initial_cwd("\xff").kind(), WISP_ERROR_USAGE);
  EXPECT_FALSE(wasi.set_initial_cwd("/é"));
  EXPECT_EQ(wasi.preopen_directory("/", "\xff", WISP_DIRECTORY_READ_ONLY).kind(), WISP_ERROR_USAGE);
  EXPECT_TRUE(wasi.enable_feature("no-such-feature"));
  const Error no_io = wasi.set_io(static_cast<wisp_io_t>(3));
  ASSERT_TRUE(no_io);
  EXPECT_EQ(no_io.message(), "wisp_io_t 3 means nothing");
  // Rights are not given by mistake.
  const Error no_access = wasi.preopen_directory("/", "/", static_cast<wisp_directory_access_t>(2));
  ASSERT_TRUE(no_access);
  EXPECT_EQ(no_access.message(), "wisp_directory_access_t 2 means nothing");
  EXPECT_FALSE(wasi.enable_feature("clocks-timezone"));
  EXPECT_FALSE(wasi.enable_feature("network-error-code"));
  const Error error = wasi.preopen_directory("/nonexistent", "x", WISP_DIRECTORY_READ_ONLY);
  ASSERT_TRUE(error);
  EXPECT_EQ(error.kind(), WISP_ERROR_IO);
}

TEST(Api, RulesForTheNetworkAreJudgedAtOnce) {
  Wasi wasi;
  EXPECT_FALSE(wasi.allow_net("tcp:example.com:443"));
  EXPECT_FALSE(wasi.allow_net("[fd00::/8]:443"));
  EXPECT_FALSE(wasi.allow_listen("[::]:8080"));
  const Error no_port = wasi.allow_net("example.com:https");
  ASSERT_TRUE(no_port);
  EXPECT_EQ(no_port.kind(), WISP_ERROR_USAGE);
  EXPECT_EQ(no_port.message(), "allow-net: `example.com:https`: a port is a number of 0 to 65535");
  const Error no_address = wasi.allow_listen("example.com:80");
  ASSERT_TRUE(no_address);
  EXPECT_EQ(no_address.message(),
            "allow-listen: `example.com:80`: expected an address of this machine instead of a "
            "name, as in 127.0.0.1:8080, or 0.0.0.0:8080 for all interfaces");
}

}  // namespace
}  // namespace wisp
