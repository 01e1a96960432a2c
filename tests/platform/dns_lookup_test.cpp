// Lookups against a name server that behaves, and against many that do not. Each on both backends.
#include "platform/dns_lookup.h"

#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <filesystem>
#include <optional>

#include "tests/platform/io_test_support.h"
#include "tests/support/dns_server.h"

namespace wisp {
namespace {

using test::DnsAnswer;
using test::DnsQuery;
using test::DnsServer;
using test::Packet;
namespace dns = test::dns;

size_t open_descriptors() {
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd"))
    count++;
  return count;
}

// Silence is to end soon; where an answer comes, it comes long before.
DnsOptions asking(std::vector<SocketAddress> servers, uint32_t timeout_ms = 5000) {
  return {std::move(servers), timeout_ms, 2};
}

struct Counter {
  int taken = 0;
  int limit = 1000;

  DescriptorCounter as_counter() {
    return {[](void* self) {
              auto* counter = static_cast<Counter*>(self);
              if (counter->taken == counter->limit) return false;
              counter->taken++;
              return true;
            },
            [](void* self) { static_cast<Counter*>(self)->taken--; }, this};
  }
};

class DnsLookupTest : public testing::IoTest {
 protected:
  std::unique_ptr<DnsLookup> start(const std::string& name, const DnsOptions& options) {
    return std::make_unique<DnsLookup>(
        loop, options, counter.as_counter(), name,
        [](void* self) { static_cast<DnsLookupTest*>(self)->told++; }, this);
  }
  void finish(DnsLookup& lookup) {
    loop.wait_until(
        [](void* self) { return static_cast<DnsLookup*>(self)->status() != DnsStatus::kPending; },
        &lookup);
  }
  // What comes out, "found: 192.0.2.1 2001:db8::1" or why nothing does.
  std::string resolve(const std::string& name, const DnsOptions& options) {
    const auto lookup = start(name, options);
    finish(*lookup);
    switch (lookup->status()) {
      case DnsStatus::kPending:
        return "pending";
      case DnsStatus::kFound:
        break;
      case DnsStatus::kNotFound:
        return "not found";
      case DnsStatus::kTemporaryFailure:
        return "temporary failure";
      case DnsStatus::kPermanentFailure:
        return "permanent failure";
      case DnsStatus::kOutOfMemory:
        return "out of memory";
    }
    std::vector<std::string> texts;
    for (const SocketAddress& address : lookup->addresses()) {
      EXPECT_EQ(address.port(), 0);
      texts.push_back(address.address_to_string());
    }
    // Which of them comes first depends on the addresses of this machine.
    std::ranges::sort(texts);
    std::string result = "found:";
    for (const std::string& text : texts) result += " " + text;
    return result;
  }
  std::string resolve_by(DnsServer::Behaviour behaviour, uint32_t timeout_ms = 5000) {
    const DnsServer server(std::move(behaviour));
    return resolve("host.test", asking({server.address()}, timeout_ms));
  }
  void TearDown() override {
    IoTest::TearDown();
    EXPECT_EQ(counter.taken, 0);
  }

  Counter counter;
  int told = 0;
};

WISP_ON_BOTH_BACKENDS(DnsLookupTest);

TEST_P(DnsLookupTest, FindsAddressesOfBothFamilies) {
  EXPECT_EQ(resolve_by(dns::addresses({"192.0.2.1", "2001:db8::1", "192.0.2.2"})),
            "found: 192.0.2.1 192.0.2.2 2001:db8::1");
  EXPECT_EQ(resolve_by(dns::addresses({"192.0.2.1"})), "found: 192.0.2.1");
  EXPECT_EQ(resolve_by(dns::addresses({"2001:db8::1"})), "found: 2001:db8::1");
  EXPECT_GT(loop.statistics().submissions, 0u);
  EXPECT_EQ(told, 3);
}

TEST_P(DnsLookupTest, FindsNothing) {
  EXPECT_EQ(resolve_by(dns::code(3)), "not found");
  EXPECT_EQ(resolve_by(dns::addresses({})), "not found");
}

TEST_P(DnsLookupTest, IsTemporaryWhereServersFail) {
  EXPECT_EQ(resolve_by(dns::code(2)), "temporary failure");
  EXPECT_EQ(resolve_by(dns::code(5)), "temporary failure");
}

TEST_P(DnsLookupTest, IsPermanentWhereTheServerDoesNotUnderstand) {
  EXPECT_EQ(resolve_by(dns::code(1)), "permanent failure");
}

TEST_P(DnsLookupTest, AsksASilentServerTwice) {
  const DnsServer server(dns::silence);
  EXPECT_EQ(resolve("host.test", asking({server.address()}, 20)), "temporary failure");
  EXPECT_EQ(server.queries(), 4);  // each for A and AAAA
}

TEST_P(DnsLookupTest, AsksTheNextServer) {
  const DnsServer silent(dns::silence);
  const DnsServer failing(dns::code(2));
  const DnsServer good(dns::addresses({"192.0.2.1"}));
  // A port where nobody is.
  SocketAddress nobody;
  { nobody = DnsServer(dns::silence).address(); }
  EXPECT_EQ(resolve("host.test",
                    asking({nobody, failing.address(), silent.address(), good.address()}, 50)),
            "found: 192.0.2.1");
  EXPECT_EQ(resolve("host.test", asking({nobody})), "temporary failure");
}

TEST_P(DnsLookupTest, BelievesNoAnswerToAnotherQuestion) {
  for (const bool and_then_the_truth : {true, false}) {
    const auto lies = [&](const DnsQuery& query) {
      const auto id = static_cast<uint16_t>(query.packet[0] << 8 | query.packet[1]);
      const char* lie = query.asks_a() ? "203.0.113.66" : "2001:db8::66";
      std::vector<Packet> answers = {
          DnsAnswer(query).id(static_cast<uint16_t>(id + 1)).address(lie).packet(),
          DnsAnswer(query).question("other.test").address(lie).packet(),
          DnsAnswer(query).id(static_cast<uint16_t>(id ^ 0x800)).address(lie).packet(),
      };
      if (and_then_the_truth) answers.push_back(dns::addresses({"192.0.2.1"})(query)[0]);
      return answers;
    };
    EXPECT_EQ(resolve_by(lies, and_then_the_truth ? 5000 : 20),
              and_then_the_truth ? "found: 192.0.2.1" : "temporary failure");
  }
}

TEST_P(DnsLookupTest, IsNotPutOffByRubbish) {
  const auto rubbish = [](const DnsQuery& query) {
    Packet header_only(query.packet.begin(), query.packet.begin() + 12);
    std::vector<Packet> answers = {Packet(),          Packet(1, 0xff), Packet(11, 0),
                                   Packet(512, 0xff), header_only,     Packet()};
    answers.push_back(dns::addresses({"192.0.2.1"})(query)[0]);
    return answers;
  };
  EXPECT_EQ(resolve_by(rubbish), "found: 192.0.2.1");
}

TEST_P(DnsLookupTest, ReadsOnAfterAFlood) {
  const auto flood = [](const DnsQuery& query) {
    std::vector<Packet> answers(100, Packet(20, 0xff));
    answers.push_back(dns::addresses({"192.0.2.1"})(query)[0]);
    return answers;
  };
  EXPECT_EQ(resolve_by(flood), "found: 192.0.2.1");
}

// Whatever the packet is, the lookup ends, and gives none of what is broken.
TEST_P(DnsLookupTest, SurvivesBrokenAnswers) {
  const auto pointing_to_itself = [](const DnsQuery& query) -> std::vector<Packet> {
    DnsAnswer answer(query);
    Packet packet = answer.alias("x").packet();
    const auto size = static_cast<uint16_t>(packet.size());
    packet[size - 3] = static_cast<uint8_t>(0xc0 | (size - 3) >> 8);
    packet[size - 2] = static_cast<uint8_t>(size - 3);
    return {packet};
  };
  const auto cut = [](const DnsQuery& query) -> std::vector<Packet> {
    Packet packet = DnsAnswer(query).address("192.0.2.66").packet();
    packet.resize(packet.size() - 2);
    return {packet};
  };
  const auto wrong_size = [](const DnsQuery& query) -> std::vector<Packet> {
    return {DnsAnswer(query).record(query.type, Packet(3, 1)).packet()};
  };
  const auto of_somebody_else = [](const DnsQuery& query) -> std::vector<Packet> {
    return {
        DnsAnswer(query).address(query.asks_a() ? "192.0.2.66" : "::66", "other.test").packet()};
  };
  const auto many_records_promised = [](const DnsQuery& query) -> std::vector<Packet> {
    Packet packet = DnsAnswer(query).packet();
    packet[6] = packet[7] = 0xff;
    return {packet};
  };
  for (const DnsServer::Behaviour& broken :
       {DnsServer::Behaviour(pointing_to_itself), DnsServer::Behaviour(cut),
        DnsServer::Behaviour(wrong_size), DnsServer::Behaviour(of_somebody_else),
        DnsServer::Behaviour(many_records_promised)}) {
    const std::string outcome = resolve_by(broken, 50);
    EXPECT_EQ(outcome.find("66"), std::string::npos) << outcome;
    EXPECT_NE(outcome, "pending");
  }
}

TEST_P(DnsLookupTest, FollowsAliases) {
  const auto chain = [](const DnsQuery& query) -> std::vector<Packet> {
    DnsAnswer answer(query);
    answer.alias("a.test").alias("b.test", "a.test");
    if (query.asks_a()) answer.address("192.0.2.1", "b.test");
    return {answer.packet()};
  };
  EXPECT_EQ(resolve_by(chain), "found: 192.0.2.1");
  const auto circle = [](const DnsQuery& query) -> std::vector<Packet> {
    return {DnsAnswer(query).alias("a.test").alias("host.test", "a.test").packet()};
  };
  EXPECT_EQ(resolve_by(circle), "not found");
}

TEST_P(DnsLookupTest, AsksByTcpWhereAnAnswerIsTruncated) {
  std::vector<std::string> many;
  for (int i = 0; i < 200; i++) many.push_back("192.0.2." + std::to_string(i));
  const auto large = [&](const DnsQuery& query) -> std::vector<Packet> {
    if (!query.is_tcp) return {DnsAnswer(query).truncated().packet()};
    return dns::addresses(many)(query);
  };
  std::string expected = "found:";
  std::ranges::sort(many);
  for (const std::string& address : many) expected += " " + address;
  EXPECT_EQ(resolve_by(large), expected);
}

TEST_P(DnsLookupTest, IsTemporaryWhereTheConnectionEnds) {
  const auto closes = [](const DnsQuery& query) -> std::vector<Packet> {
    if (query.is_tcp) return {};
    return {DnsAnswer(query).truncated().packet()};
  };
  EXPECT_EQ(resolve_by(closes, 50), "temporary failure");
}

// Over TCP an answer could have 64 KiB.
TEST_P(DnsLookupTest, TakesAnswersOfSomeSize) {
  for (const int count : {400, 600}) {
    const auto large = [&](const DnsQuery& query) -> std::vector<Packet> {
      if (!query.is_tcp) return {DnsAnswer(query).truncated().packet()};
      DnsAnswer answer(query);
      for (int i = 0; i < count && query.asks_a(); i++) {
        answer.record(query.type, {10, 0, static_cast<uint8_t>(i >> 8), static_cast<uint8_t>(i)});
      }
      return {answer.packet()};
    };
    const DnsServer server(large);
    const auto lookup = start("host.test", asking({server.address()}));
    finish(*lookup);
    const bool fits = count * 16 <= static_cast<int>(DnsLookup::kMostAnswerBytes);
    EXPECT_EQ(lookup->status(), fits ? DnsStatus::kFound : DnsStatus::kTemporaryFailure);
    EXPECT_EQ(lookup->addresses().size(), fits ? static_cast<size_t>(count) : 0);
  }
}

// A name is two bytes in an answer, and 255 where it is unpacked.
TEST_P(DnsLookupTest, HoldsWhatItSays) {
  const std::string label(49, 'a');
  const std::string name = label + "." + label + "." + label + "." + label + ".test";
  const auto aliases = [&](const DnsQuery& query) -> std::vector<Packet> {
    if (!query.is_tcp) return {DnsAnswer(query).truncated().packet()};
    if (!query.asks_a()) return {DnsAnswer(query).id(0).packet()};  // none: the lookup goes on
    DnsAnswer answer(query);
    for (int i = 0; i < 545; i++) answer.record(test::kTypeCname, {0xc0, 12});
    return {answer.address("192.0.2.1").packet()};
  };
  const DnsServer server(aliases);
  const size_t before = mallinfo2().uordblks;
  const auto lookup = std::make_unique<DnsLookup>(
      loop, asking({server.address()}, 50), DescriptorCounter{}, name, [](void*) {}, nullptr);
  size_t most = 0;
  while (lookup->status() == DnsStatus::kPending) {
    loop.tick(kForever);
    most = std::max(most, mallinfo2().uordblks - std::min(before, mallinfo2().uordblks));
  }
  EXPECT_LT(most, DnsLookup::kMostBytes);
#ifndef WISP_SANITIZED  // whose allocator does not tell
  EXPECT_GT(most, DnsLookup::kMostBytes / 2);
#endif
}

TEST_P(DnsLookupTest, GivesMappedAddressesAsWhatTheyStandFor) {
  EXPECT_EQ(resolve_by(dns::addresses({"::ffff:192.0.2.1"})), "found: 192.0.2.1");
}

bool has_route_to(const SocketAddress& address) {
  const int descriptor = ::socket(address.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const SocketAddress there = address.with_port(9);
  const bool connects = ::connect(descriptor, there.data(), there.size()) == 0;
  ::close(descriptor);
  return connects;
}

// RFC 6724: first what can be reached, and of that ::1 before 127.0.0.1.
TEST_P(DnsLookupTest, TheBestComesFirst) {
  const DnsServer server(dns::addresses({"127.0.0.1", "192.0.2.1", "::1", "2001:db8::1"}));
  const auto lookup = start("host.test", asking({server.address()}));
  finish(*lookup);
  ASSERT_EQ(lookup->addresses().size(), 4u);
  const SocketAddress loopback = *SocketAddress::parse("::1");
  EXPECT_EQ(lookup->addresses()[0].address_to_string(),
            has_route_to(loopback) ? "::1" : "127.0.0.1");
  bool is_past_reach = false;
  for (const SocketAddress& address : lookup->addresses()) {
    const bool reachable = has_route_to(address);
    EXPECT_FALSE(is_past_reach && reachable) << address.address_to_string();
    is_past_reach |= !reachable;
  }
}

TEST_P(DnsLookupTest, SeveralAtATime) {
  const auto by_name = [](const DnsQuery& query) {
    return dns::addresses({"192.0.2." + query.name.substr(0, query.name.find('.'))})(query);
  };
  const DnsServer server(by_name);
  std::vector<std::unique_ptr<DnsLookup>> lookups;
  for (int i = 0; i < 40; i++) {
    lookups.push_back(start(std::to_string(i) + ".test", asking({server.address()})));
  }
  for (int i = 0; i < 40; i++) {
    DnsLookup& lookup = *lookups[static_cast<size_t>(i)];
    finish(lookup);
    ASSERT_EQ(lookup.status(), DnsStatus::kFound) << i;
    EXPECT_EQ(lookup.addresses()[0].address_to_string(), "192.0.2." + std::to_string(i));
  }
  EXPECT_EQ(told, 40);
}

TEST_P(DnsLookupTest, DroppingItEndsIt) {
  const DnsServer server(dns::silence);
  ASSERT_TRUE(loop.open_backend().has_value());
  const size_t before = open_descriptors();
  for (int i = 0; i < 20; i++) {
    auto lookup = start("host.test", asking({server.address()}));
    EXPECT_EQ(lookup->status(), DnsStatus::kPending);
    EXPECT_GT(counter.taken, 0);
    if (i % 2 == 1) loop.tick(0);  // so that the kernel knows of it
    lookup = nullptr;
    EXPECT_EQ(counter.taken, 0);
  }
  for (int i = 0; i < 1000 && open_descriptors() > before; i++) loop.tick(0);
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(told, 0);
}

// -- Where nothing goes through the loop ----------------------------------------------------------

constexpr auto kNobody = [](void*) { ADD_FAILURE() << "was told"; };

TEST(DnsLookup, LocalhostAsksNobody) {
  const DnsServer server(dns::code(3));
  EventLoop loop(IoChoice::kAuto);
  const DnsLookup lookup(loop, asking({server.address()}), {}, "localhost", kNobody, nullptr);
  EXPECT_EQ(lookup.status(), DnsStatus::kFound);
  ASSERT_FALSE(lookup.addresses().empty());
  for (const SocketAddress& address : lookup.addresses()) EXPECT_TRUE(address.is_loopback());
  EXPECT_EQ(server.queries(), 0);
  EXPECT_STREQ(loop.backend_name(), "none");
}

TEST(DnsLookup, DoesWithoutDescriptors) {
  const DnsServer server(dns::addresses({"192.0.2.1"}));
  Counter counter;
  counter.limit = 0;
  EventLoop loop(IoChoice::kAuto);
  const DnsLookup lookup(loop, asking({server.address()}), counter.as_counter(), "host.test",
                         kNobody, nullptr);
  EXPECT_EQ(lookup.status(), DnsStatus::kTemporaryFailure);
}

TEST(DnsLookup, TheLoopMayEndBeforeTheKernelIsDone) {
  const DnsServer server(dns::silence);
  const size_t before = open_descriptors();
  for (const IoChoice choice : {IoChoice::kUring, IoChoice::kEpoll}) {
    EventLoop loop(choice);
    if (!loop.open_backend().has_value()) continue;
    const DnsLookup lookup(loop, asking({server.address()}), {}, "host.test", kNobody, nullptr);
    loop.tick(0);
  }
  EXPECT_EQ(open_descriptors(), before);
}

}  // namespace
}  // namespace wisp
