// Small clients and servers by the standard libraries of several languages (tests/guests/net), on
// io_uring and on epoll: against curl, nc, socat, dig and a server of Python's, and against each
// other.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "tests/support/program.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/wisp_program.h"

namespace wisp::cli {
namespace {

using test::Completed;
using test::Input;
using test::Invocation;
using test::RunningProgram;

struct Guest {
  const char* name;
  bool serves_at_once = true;  // several connections at the same time
};
constexpr Guest kGuests[] = {
    {.name = "std_net", .serves_at_once = false}, {"bsd_net"}, {"tokio_net"}, {"python_net"}};

using Parameter = std::tuple<Guest, const char*>;

Invocation with_input(std::vector<std::string> command, std::string input) {
  Invocation invocation;
  invocation.command = std::move(command);
  invocation.input_kind = Input::kText;
  invocation.input = std::move(input);
  return invocation;
}

// Bytes of every value, more than the buffers of the guests and of a pipe hold.
std::string much_data() {
  std::string data;
  for (uint32_t i = 0; i < 200'000; i++) data.push_back(static_cast<char>(i * 2654435761u >> 24));
  return data;
}

// The port at the end of a line such as "listening on 127.0.0.1:80" or "port 80".
std::string port_of(const std::string& line) {
  const size_t end = line.find_last_of("0123456789");
  const size_t begin = line.find_last_not_of("0123456789", end);
  return end == std::string::npos ? "no port in: " + line : line.substr(begin + 1, end - begin);
}
std::string read_port(RunningProgram& server, const std::string& mark) {
  for (;;) {
    const std::string line = server.read_line();
    if (line.empty() || line.find(mark) != std::string::npos) return port_of(line);
  }
}

// Its messages too: they say the port.
std::vector<std::string> shell(const std::string& command) {
  return {"/bin/sh", "-c", "exec " + command + " 2>&1"};
}

class NetworkGuests : public ::testing::TestWithParam<Parameter> {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(wasm())) {
      GTEST_SKIP() << wasm() << " is not there: scripts/build_guests.sh makes it";
    }
  }

  static const Guest& guest() { return std::get<0>(GetParam()); }
  static std::string wasm() {
    return WISP_SOURCE_DIR "/tests/guests/net/" + std::string(guest().name) + ".wasm";
  }
  std::vector<std::string> command(std::vector<std::string> arguments) {
    std::vector<std::string> all = {test::kProgram, "run",
                                    std::string("--io=") + std::get<1>(GetParam())};
    if (may_use_network) all.insert(all.end(), {"-S", "inherit-network,allow-ip-name-lookup"});
    all.push_back(wasm());
    all.insert(all.end(), arguments.begin(), arguments.end());
    return all;
  }
  RunningProgram start(std::vector<std::string> arguments) {
    return RunningProgram(with_input(command(std::move(arguments)), ""));
  }
  Completed run(std::vector<std::string> arguments, std::string input = {}) {
    return test::run_program(with_input(command(std::move(arguments)), std::move(input)));
  }

  bool may_use_network = true;
};

void expect_success(const Completed& completed, const std::string& output) {
  EXPECT_EQ(completed.status, 0) << completed.errors;
  EXPECT_EQ(completed.errors, "");
  EXPECT_TRUE(completed.output == output)
      << completed.output.size() << " bytes instead of " << output.size();
}

// ---- Servers ----

TEST_P(NetworkGuests, ServerAnswersCurl) {
  RunningProgram server = start({"tcp-server", "127.0.0.1", "0", "2"});
  const std::string url = "http://127.0.0.1:" + read_port(server, "listening") + "/";
  for (int i = 0; i < 2; i++) {
    expect_success(test::run_program(with_input({"/usr/bin/curl", "-sS", url}, "")),
                   "it answers\n");
  }
  expect_success(server.finish(), "");
}

TEST_P(NetworkGuests, ServerEchoesToNetcat) {
  RunningProgram server = start({"tcp-server", "127.0.0.1", "0", "1"});
  const std::string port = read_port(server, "listening");
  expect_success(
      test::run_program(with_input({"/usr/bin/nc", "-N", "127.0.0.1", port}, much_data())),
      much_data());
  expect_success(server.finish(), "");
}

TEST_P(NetworkGuests, ServerListensOnIpv6) {
  RunningProgram server = start({"tcp-server", "::1", "0", "1"});
  const std::string line = server.read_line();
  EXPECT_TRUE(line.starts_with("listening on [::1]:")) << line;
  expect_success(test::run_program(with_input({"/usr/bin/nc", "-N", "::1", port_of(line)}, "six")),
                 "six");
  expect_success(server.finish(), "");
}

TEST_P(NetworkGuests, ServerServesManyAtOnce) {
  if (!guest().serves_at_once) GTEST_SKIP() << "it serves one connection after the other";
  constexpr size_t kConnections = 8;
  RunningProgram server = start({"tcp-server", "127.0.0.1", "0", std::to_string(kConnections)});
  const auto port = static_cast<uint16_t>(std::stoi(read_port(server, "listening")));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::array<int, kConnections> connections;
  for (int& connection : connections) {
    connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const timeval limit{.tv_sec = 30, .tv_usec = 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ASSERT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  // The last one first, while all the others are open and silent.
  for (size_t i = kConnections; i-- > 0;) {
    const std::string message = "message " + std::to_string(i);
    char answer[64] = {};
    ASSERT_EQ(send(connections[i], message.data(), message.size(), 0), ssize_t(message.size()));
    ASSERT_EQ(recv(connections[i], answer, message.size(), MSG_WAITALL), ssize_t(message.size()));
    EXPECT_EQ(answer, message);
  }
  for (const int connection : connections) close(connection);
  expect_success(server.finish(), "");
}

// ---- Clients ----

TEST_P(NetworkGuests, ClientExchangesWithNetcat) {
  const std::string sent = "from the client\n";
  RunningProgram server(with_input(shell("/usr/bin/nc -l -v -N 127.0.0.1 0"), "from the server\n"));
  const std::string port = read_port(server, "istening");
  expect_success(run({"tcp-client", "127.0.0.1", port}, sent), "from the server\n");
  const Completed got = server.finish();
  EXPECT_NE(got.output.find(sent), std::string::npos) << got.output;
}

TEST_P(NetworkGuests, ClientGetsItsDataBackFromSocat) {
  // By both protocols: which of them localhost is first, the machine decides.
  RunningProgram server(
      with_input(shell("/usr/bin/socat -d -d TCP6-LISTEN:0,ipv6-v6only=0 EXEC:cat"), ""));
  const std::string port = read_port(server, "listening");
  expect_success(run({"tcp-client", "localhost", port}, much_data()), much_data());
  EXPECT_EQ(server.finish().status, 0);
}

TEST_P(NetworkGuests, ClientReadsAFileOverHttp) {
  const wisp::testing::TemporaryDirectory directory;
  directory.write("file.txt", "what the file says\n");
  RunningProgram server(
      with_input(shell("/usr/bin/python3 -u -m http.server --bind 127.0.0.1 --directory " +
                       directory.path() + " 0"),
                 ""));
  // "Serving HTTP on 127.0.0.1 port 40000 (http://127.0.0.1:40000/) ..."
  const std::string port = read_port(server, "Serving");
  const Completed got = run({"tcp-client", "127.0.0.1", port}, "GET /file.txt HTTP/1.0\r\n\r\n");
  EXPECT_EQ(got.status, 0) << got.errors;
  EXPECT_TRUE(got.output.starts_with("HTTP/1.0 200 OK\r\n")) << got.output;
  EXPECT_TRUE(got.output.ends_with("\r\n\r\nwhat the file says\n")) << got.output;
}

TEST_P(NetworkGuests, ClientSaysThatItIsRefused) {
  // Bound, but nobody listens there.
  const int unused = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(bind(unused, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(getsockname(unused, reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));
  const Completed got = run({"tcp-client", "127.0.0.1", port});
  EXPECT_EQ(got.status, 1);
  EXPECT_EQ(got.output, "");
  EXPECT_NE(got.errors, "");
  close(unused);
}

// ---- Datagrams ----

TEST_P(NetworkGuests, DatagramsGoThereAndBack) {
  RunningProgram server = start({"udp-server", "127.0.0.1", "0", "3"});
  const std::string port = read_port(server, "listening");
  const std::string lines = "one\ntwo\n" + std::string(1400, '3') + "\n";
  expect_success(run({"udp-client", "127.0.0.1", port}, lines), lines);
  expect_success(server.finish(), "");
}

TEST_P(NetworkGuests, DatagramsComeBackFromSocat) {
  // It never ends by itself.
  RunningProgram server(
      with_input(shell("/usr/bin/socat -d -d UDP-LISTEN:0,bind=127.0.0.1 EXEC:cat"), ""));
  const std::string port = read_port(server, "listening");
  expect_success(run({"udp-client", "127.0.0.1", port}, "one\ntwo\n"), "one\ntwo\n");
}

TEST_P(NetworkGuests, DigGetsAnAnswer) {
  if (guest().name != std::string("std_net")) GTEST_SKIP() << "it answers no DNS queries";
  RunningProgram server = start({"udp-server", "127.0.0.1", "0", "1"});
  const std::string port = read_port(server, "listening");
  const Completed got =
      test::run_program(with_input({"/usr/bin/dig", "@127.0.0.1", "-p", port, "+short", "+noedns",
                                    "+tries=1", "+timeout=30", "wisp.example"},
                                   ""));
  expect_success(got, "192.0.2.7\n");
  expect_success(server.finish(), "");
}

// ---- Names and permissions ----

TEST_P(NetworkGuests, NamesAreLookedUp) {
  const Completed got = run({"lookup", "localhost"});
  EXPECT_EQ(got.status, 0) << got.errors;
  EXPECT_NE(got.output.find("127.0.0.1\n"), std::string::npos) << got.output;
  expect_success(run({"lookup", "192.0.2.1"}), "192.0.2.1\n");
}

TEST_P(NetworkGuests, NothingWorksUnlessItIsAllowed) {
  may_use_network = false;
  for (const char* command : {"tcp-server", "udp-server"}) {
    const Completed got = run({command, "127.0.0.1", "0", "1"});
    EXPECT_EQ(got.status, 1) << command;
    EXPECT_EQ(got.output, "") << command;
    EXPECT_NE(got.errors, "") << command;
  }
}

INSTANTIATE_TEST_SUITE_P(Each, NetworkGuests,
                         ::testing::Combine(::testing::ValuesIn(kGuests),
                                            ::testing::Values("uring", "epoll")),
                         [](const ::testing::TestParamInfo<Parameter>& each) {
                           return std::string(std::get<0>(each.param).name) + "_" +
                                  std::get<1>(each.param);
                         });

}  // namespace
}  // namespace wisp::cli
