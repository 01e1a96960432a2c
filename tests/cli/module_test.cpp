// Core modules as programs: what is called, what it may import, and what is said about those that
// cannot be run. What the functions of preview 1 do is in guest_test.cpp.
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "tests/support/native_socket.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

const std::string kModules = WISP_SOURCE_DIR "/tests/guests/modules/";

std::string error_of(const Completed& completed, const std::string& file) {
  const std::string begin = "wisp: error: " + file + ": ";
  EXPECT_EQ(completed.status, 1);
  EXPECT_TRUE(completed.errors.starts_with(begin)) << completed.errors;
  return completed.errors.substr(std::min(begin.size(), completed.errors.size()));
}

TEST(ModuleCommand, UnknownImportsAreInOneError) {
  const std::string file = kModules + "unknown.wasm";
  EXPECT_EQ(error_of(wisp({"run", "--invoke", "call", file}), file),
            "5 imports cannot be linked:\n"
            "  `env.compute` is not provided\n"
            "  `wasi_unstable.fd_write` is not provided: that is older than preview 1; rebuild the "
            "module with a current toolchain, for example for wasm32-wasip1\n"
            "  `wasi_snapshot_preview1.fd_reed` is not provided; the nearest is `fd_read`\n"
            "  `env.table` is not provided\n"
            "  `env.global` is not provided\n");
}

// Function bodies are looked at when code is made, and one here is invalid: which of the two errors
// is there tells what came first.
TEST(ModuleCommand, CanBeRunOrNotIsFoundBeforeCodeIsMade) {
  const std::string file = kModules + "before_code.wasm";
  const auto error = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "run");
    return error_of(wisp(std::move(arguments)), file);
  };
  EXPECT_EQ(error({file}), "the module cannot be linked: `env.nothing` is not provided\n");
  EXPECT_TRUE(error({"--invoke", "third", file}).starts_with("there is no exported function"));
  const std::string options[] = {"-W", "unknown-imports-trap"};
  EXPECT_TRUE(error({options[0], options[1], "--invoke", "half", file, "x"}).find("`x`") !=
              std::string::npos);
  EXPECT_TRUE(error({options[0], options[1], file}).starts_with("type mismatch: "));
}

TEST(ModuleCommand, UnknownImportsMayTrapOrBeEmpty) {
  const std::string file = kModules + "unknown.wasm";
  const Completed trapped = wisp({"run", "-W", "unknown-imports-trap", "--invoke", "call", file});
  EXPECT_EQ(trapped.status, 134);
  EXPECT_NE(trapped.errors.find("unknown import: `env.compute` is not provided"), std::string::npos)
      << trapped.errors;
  EXPECT_EQ(wisp({"run", "-W", "unknown-imports-default", "--invoke", "call", file}).output, "0\n");
  EXPECT_EQ(wisp({"run", "-W", "unknown-imports-default", "--invoke", "size", file}).output, "3\n");
}

TEST(ModuleCommand, FunctionsHaveTheirTypes) {
  const std::string file = kModules + "mistyped.wasm";
  EXPECT_EQ(error_of(wisp({"run", file}), file),
            "incompatible import type of \"wasi_snapshot_preview1\" \"fd_close\": a function (i64) "
            "-> (i32) is needed, a function (i32) -> (i32) is given\n");
}

TEST(ModuleCommand, AModuleWithoutMemoryTrapsAtTheFirstCall) {
  const Completed completed = wisp({"run", kModules + "no_memory.wasm"});
  EXPECT_EQ(completed.status, 134);
  EXPECT_NE(completed.errors.find("wasm trap: wasi_snapshot_preview1.sched_yield: the module "
                                  "exports no memory by the name `memory`\n"),
            std::string::npos)
      << completed.errors;
}

TEST(ModuleCommand, AStartFunctionMayCallTheHost) {
  EXPECT_EQ(wisp({"run", kModules + "start.wasm"}).output, "start\n_start\n");
}

TEST(ModuleCommand, AReactorIsInitialisedBeforeACall) {
  const std::string file = kModules + "reactor.wasm";
  EXPECT_EQ(wisp({"run", "--invoke", "ready", file}).output, "1\n");
  EXPECT_EQ(wisp({"run", "--invoke", "arguments", file, "a", "b"}).output, "3\n");
  const Completed alone = wisp({"run", file});
  EXPECT_EQ(alone.status, 0) << alone.errors;
  EXPECT_EQ(alone.output, "");
}

TEST(ModuleCommand, TheExportWithoutANameComesFirst) {
  const std::string file = kModules + "nameless.wasm";
  EXPECT_EQ(wisp({"run", file, "41"}).output, "42\n");
  EXPECT_EQ(error_of(wisp({"run", file}), file), "`` takes 1 arguments, 0 were given\n");
}

TEST(ModuleCommand, WhatIsNoCommandSaysWhatItExports) {
  const std::string file = kModules + "plain.wasm";
  EXPECT_EQ(error_of(wisp({"run", file}), file),
            "this is not a command: it does not export `_start`; it exports `add`; `wisp run "
            "--invoke NAME FILE` calls a function\n");
}

TEST(ModuleCommand, AModuleIsNoPartOfAComposition) {
  const std::string file = kModules + "plain.wasm";
  EXPECT_EQ(error_of(wisp({"run", "--plug", file, file}), file),
            file +
                ": this is a core module, where a component is needed; `wasm-tools component "
                "new` makes one of it\n");
}

// The guest is not there at once.
NativeSocket connect_patiently(uint16_t port) {
  for (int attempt = 0; attempt < 1000; attempt++) {
    try {
      return NativeSocket::connected_to(port);
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }
  throw std::runtime_error("nobody listens");
}

void expect(const NativeSocket& peer, const std::string& expected) {
  std::string received(expected.size(), 0);
  EXPECT_EQ(::recv(peer.number(), received.data(), received.size(), MSG_WAITALL),
            static_cast<ssize_t>(expected.size()));
  EXPECT_EQ(received, expected);
}

TEST(ModuleCommand, AcceptsConnectionsOfASocketThatItIsGiven) {
  for (const char* io : {"--io=uring", "--io=epoll"}) {
    const uint16_t port = NativeSocket::listening().port();
    std::thread other([port] {
      const NativeSocket peer = connect_patiently(port);
      expect(peer, "hello");
      peer.send("ping");
      expect(peer, "more");
      peer.send("one");
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      peer.send("two");
      EXPECT_EQ(peer.receive_all(), "");
      peer.send("bye");
    });
    const Completed completed = wisp({"run", io, "-Stcplisten=127.0.0.1:" + std::to_string(port),
                                      WISP_SOURCE_DIR "/tests/guests/preview1.wasm", "peer-serve"});
    other.join();
    EXPECT_EQ(completed.output, "ok\n") << completed.errors;
  }
}

TEST(ModuleCommand, SaysWhyItCannotListen) {
  const std::string file = kModules + "plain.wasm";
  for (const char* address : {"", "127.0.0.1", "localhost:1", "10.0.0.0/8:1", "tcp:127.0.0.1:1"}) {
    EXPECT_EQ(wisp({"run", std::string("-Stcplisten=") + address, file}).status, 2) << address;
  }
  const NativeSocket taken = NativeSocket::listening();
  const std::string address = "127.0.0.1:" + std::to_string(taken.port());
  EXPECT_EQ(error_of(wisp({"run", "-Stcplisten=" + address, file}), file),
            "cannot listen at " + address + ": Address already in use\n");
}

}  // namespace
}  // namespace wisp::test
