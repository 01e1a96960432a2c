#include "wasi/sockets/host_name.h"

#include <gtest/gtest.h>

namespace wisp::wasi::sockets {
namespace {

// "name", "name." for an absolute one, "=address", or "none".
std::string parsed(std::string_view text) {
  const std::optional<HostName> host = parse_host_name(text);
  if (!host) return "none";
  if (host->address) return "=" + host->address->address_to_string();
  return host->name + (host->is_absolute ? "." : "");
}

// A name whose labels have these sizes.
std::string of_labels(std::initializer_list<size_t> sizes) {
  std::string name;
  for (const size_t size : sizes) {
    if (!name.empty()) name.push_back('.');
    name.append(size, 'a');
  }
  return name;
}

TEST(HostName, Names) {
  EXPECT_EQ(parsed("example.com"), "example.com");
  EXPECT_EQ(parsed("Example.COM."), "example.com.");
  EXPECT_EQ(parsed("localhost"), "localhost");
  EXPECT_EQ(parsed("_dmarc.a-b.c"), "_dmarc.a-b.c");
  EXPECT_EQ(parsed("1a"), "1a");
  EXPECT_EQ(parsed("10.0.0.1x"), "10.0.0.1x");
  EXPECT_EQ(parsed(std::string(63, 'a')), std::string(63, 'a'));
  const std::string longest = of_labels({63, 63, 63, 61});
  EXPECT_EQ(parsed(longest), longest);
  EXPECT_EQ(parsed(longest + "."), longest + ".");
}

TEST(HostName, WhatNoHostIsCalled) {
  for (const char* text : {"",
                           " ",
                           ".",
                           "..",
                           "a..b",
                           ".a",
                           "a b",
                           " a",
                           "a ",
                           "a\tb",
                           "a\nb",
                           "a/b",
                           "a@b",
                           "a,b",
                           "a%62",
                           "a.b<&>",
                           "http://example.com/",
                           "example.com:80",
                           "127.0.0.1:80",
                           "[::]:80",
                           "[::1",
                           "::1]",
                           "[127.0.0.1]",
                           "[]",
                           "[a]",
                           "fe80::1%eth0",
                           "fe80::1%1",
                           ":::",
                           "1:2"}) {
    EXPECT_EQ(parsed(text), "none") << text;
  }
  EXPECT_EQ(parsed(std::string_view("a\0b", 3)), "none");
  EXPECT_EQ(parsed(std::string_view("a\0", 2)), "none");
  EXPECT_EQ(parsed("\xff.com"), "none");
  EXPECT_EQ(parsed(std::string(64, 'a')), "none");
  EXPECT_EQ(parsed(of_labels({63, 63, 63, 62})), "none");
  EXPECT_EQ(parsed(std::string(1 << 20, 'a')), "none");
  EXPECT_EQ(parsed(std::string(1 << 20, '.')), "none");
}

TEST(HostName, Addresses) {
  EXPECT_EQ(parsed("127.0.0.1"), "=127.0.0.1");
  EXPECT_EQ(parsed("127.0.0.1."), "=127.0.0.1");
  EXPECT_EQ(parsed("0.0.0.0"), "=0.0.0.0");
  EXPECT_EQ(parsed("::"), "=::");
  EXPECT_EQ(parsed("[::1]"), "=::1");
  EXPECT_EQ(parsed("DEAD:BEEF::0"), "=dead:beef::");
  EXPECT_EQ(parsed("2001:0db8:0:0:0:0:0:0"), "=2001:db8::");
  EXPECT_EQ(parsed("::ffff:192.0.2.1"), "=192.0.2.1");
  EXPECT_EQ(parsed("[::ffff:192.0.2.1]"), "=192.0.2.1");
}

// Every form that some resolver takes for an address is that here as well, whatever it looks like.
TEST(HostName, NumbersAreAddressesOrNothing) {
  EXPECT_EQ(parsed("127.1"), "=127.0.0.1");
  EXPECT_EQ(parsed("2130706433"), "=127.0.0.1");
  EXPECT_EQ(parsed("0x7f.0.0.1"), "=127.0.0.1");
  EXPECT_EQ(parsed("0X7F000001"), "=127.0.0.1");
  EXPECT_EQ(parsed("0177.0.0.1"), "=127.0.0.1");
  for (const char* text :
       {"1.2.3.4.5", "256.0.0.1", "1.2.3.256", "a.1", "example.0x1", "09", "4294967296", "1..2"}) {
    EXPECT_EQ(parsed(text), "none") << text;
  }
}

TEST(HostName, UnicodeBecomesAscii) {
  EXPECT_EQ(parsed("münchen.de"), "xn--mnchen-3ya.de");
  EXPECT_EQ(parsed("MÜNCHEN.de"), "xn--mnchen-3ya.de");
  EXPECT_EQ(parsed("mu\u0308nchen.de"), "xn--mnchen-3ya.de");
  EXPECT_EQ(parsed("faß.de"), "xn--fa-hia.de");
  EXPECT_EQ(parsed("例え.テスト"), "xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(parsed("xn--mnchen-3ya.de"), "xn--mnchen-3ya.de");
  EXPECT_EQ(parsed("XN--MNCHEN-3YA.de"), "xn--mnchen-3ya.de");
  // What looks like ASCII is ASCII in the end.
  EXPECT_EQ(parsed("ｅｘａｍｐｌｅ．com"), "example.com");
  EXPECT_EQ(parsed("example。com"), "example.com");
  EXPECT_EQ(parsed("１２７.0.0.1"), "=127.0.0.1");
  EXPECT_EQ(parsed("127。1"), "=127.0.0.1");
  for (const char* text : {"xn--a", "xn--\x7f", "xn--zzzzzzzzzzz.de", "ex\u200bample..com", "a／b",
                           "a：80", "\u202e.com", "\ufffd.com", "a\u2488com"}) {
    EXPECT_EQ(parsed(text), "none") << text;
  }
}

}  // namespace
}  // namespace wisp::wasi::sockets
