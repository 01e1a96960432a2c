// What a guest may look up, by the options of the program and what the program says of it. Which
// addresses it may use is in tests/wasi/sockets/cases.txt.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <sstream>

#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"

namespace wisp::test {
namespace {

// What comes out for each name, a line each. `localhost` needs no server, whatever the machine has.
Completed resolve(std::vector<std::string> options, std::vector<std::string> names,
                  std::function<bool()> restrict_child = nullptr) {
  Invocation invocation;
  invocation.command = {kProgram, "run"};
  const auto append = [&](const std::vector<std::string>& more) {
    invocation.command.insert(invocation.command.end(), more.begin(), more.end());
  };
  append(options);
  append({WISP_SOURCE_DIR "/tests/guests/names.wasm", "resolve"});
  append(names);
  invocation.environment = {{"WISP_LOG", "info"}};
  invocation.restrict_child = std::move(restrict_child);
  return run_program(invocation);
}

TEST(NetworkOptions, NoNameIsLookedUpUnlessSaid) {
  const Completed denied = resolve({}, {"localhost", "localhost", "127.0.0.1"});
  EXPECT_EQ(denied.output,
            "permanent-resolver-failure\npermanent-resolver-failure\npermanent-resolver-failure\n");
  EXPECT_EQ(denied.errors,
            "wisp: info: denied lookup localhost; add --allow-net=localhost or "
            "-S allow-ip-name-lookup\n"
            "wisp: info: denied lookup 127.0.0.1; add --allow-net=127.0.0.1 or "
            "-S allow-ip-name-lookup\n");
}

TEST(NetworkOptions, WhatALineSaysToAddAllowsIt) {
  for (const std::vector<std::string>& options : {std::vector<std::string>{"--allow-net=localhost"},
                                                  {"--allow-net", "tcp:LOCALHOST:80"},
                                                  {"-S", "allow-ip-name-lookup"},
                                                  {"-S", "inherit-network,allow-ip-name-lookup"}}) {
    const Completed allowed = resolve(options, {"localhost", "127.0.0.1"});
    EXPECT_EQ(allowed.output.find("failure"), std::string::npos) << allowed.output;
    EXPECT_TRUE(allowed.output.ends_with("127.0.0.1\n")) << allowed.output;
    EXPECT_EQ(allowed.errors, "");
  }
}

TEST(NetworkOptions, TheHostsFileIsAskedFirst) {
  const testing::TemporaryDirectory directory;
  directory.write("hosts",
                  "192.0.2.5 printer.test printer\n2001:db8::5 Printer.Test\n"
                  "192.0.2.6 localhost.test # not this one\n");
  const std::string hosts = directory / "hosts";
  const auto with_hosts = [&] {
    return unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount(hosts.c_str(), "/etc/hosts", nullptr, MS_BIND, nullptr) == 0;
  };
  const Completed found = resolve({"-S", "allow-ip-name-lookup"},
                                  {"printer", "PRINTER.TEST", "localhost.test"}, with_hosts);
  if (found.status == 125) GTEST_SKIP() << "mounts take privileges";
  EXPECT_EQ(found.status, 0) << found.errors;
  std::istringstream lines(found.output);
  std::string short_name, full_name, other;
  std::getline(lines, short_name);
  std::getline(lines, full_name);
  std::getline(lines, other);
  EXPECT_EQ(short_name, "192.0.2.5");
  EXPECT_TRUE(full_name == "192.0.2.5 2001:db8::5" || full_name == "2001:db8::5 192.0.2.5")
      << full_name;
  EXPECT_EQ(other, "192.0.2.6");
}

// Neither a file nor a server has to know it.
TEST(NetworkOptions, LocalhostIsThisMachineEverywhere) {
  const testing::TemporaryDirectory directory;               // without a file of hosts
  directory.write("resolv.conf", "nameserver 127.0.0.1\n");  // where nobody listens
  const auto elsewhere = [&] {
    return unshare(CLONE_NEWNS) == 0 &&
           mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
           mount(directory.path().c_str(), "/etc", nullptr, MS_BIND, nullptr) == 0;
  };
  const Completed found =
      resolve({"-S", "allow-ip-name-lookup"}, {"localhost", "localhost."}, elsewhere);
  if (found.status == 125) GTEST_SKIP() << "mounts take privileges";
  EXPECT_EQ(found.output, "::1 127.0.0.1\n::1 127.0.0.1\n") << found.errors;
}

// As in wasmtime: addresses are one thing, names another.
TEST(NetworkOptions, AllAddressesAreNotAllNames) {
  EXPECT_EQ(resolve({"-S", "inherit-network"}, {"localhost"}).output,
            "permanent-resolver-failure\n");
  EXPECT_EQ(resolve({"-S", "allow-ip-name-lookup,allow-ip-name-lookup=n"}, {"localhost"}).output,
            "permanent-resolver-failure\n");
  EXPECT_EQ(resolve({"--allow-net=other.test"}, {"localhost"}).output,
            "permanent-resolver-failure\n");
}

TEST(NetworkOptions, ANameOfTheGuestForgesNoLine) {
  const Completed denied = resolve({}, {"a\u202eb.test", "x.test\nwisp: info: fine"});
  EXPECT_EQ(denied.output, "invalid-argument\ninvalid-argument\n");
  EXPECT_EQ(denied.errors, "");
}

}  // namespace
}  // namespace wisp::test
