#include "component/type/dependency_name.h"

#include <gtest/gtest.h>

#include "component/type/names.h"

namespace wisp::component {
namespace {

TEST(DependencyName, WellFormed) {
  for (const char* good :
       {"url=<>", "url=<https://example.com/a?b=c>", "url=<a>,integrity=<sha512-ab+/==>",
        "locked-dep=<a:b>", "locked-dep=<a:b@1.2.3-rc.1>",
        "locked-dep=<a:b:c/d/e@1.2.3>,integrity=<sha384-a>", "unlocked-dep=<a:b>",
        "unlocked-dep=<a:b@*>", "unlocked-dep=<a:b@{>=1.2.3}>", "unlocked-dep=<a:b@{<1.2.3}>",
        "unlocked-dep=<a:b@{>=1.2.3 <2.0.0-rc}>", "integrity=<sha256-a>",
        "integrity=<  sha256-a  sha512-b?opaque >"}) {
    EXPECT_EQ(why_no_dependency_name(good), nullptr) << good;
  }
}

TEST(DependencyName, SaysWhatIsWrong) {
  struct Case {
    const char* name;
    const char* why;
  };
  const Case cases[] = {
      {"", "nor an interface name"},
      {"path=<a>", "nor an interface name"},
      {"url=<<>", "cannot contain `<`"},
      {"url=<a", "expected `>`"},
      {"url=<a>x", "trailing characters"},
      {"url=<a>,integrity=<>", "cannot be empty"},
      {"locked-dep=<a>", "no namespace"},
      {"locked-dep=<a/b>", "no namespace"},
      {"locked-dep=<a:>", "kebab case"},
      {"locked-dep=<A:b>", "kebab case"},
      {"locked-dep=<a:b@>", "semantic version"},
      {"locked-dep=<a:b@1.2>", "semantic version"},
      {"locked-dep=<a:b@1.2.3", "expected `>`"},
      {"unlocked-dep=<a:b@1.2.3>", "expected `{`"},
      {"unlocked-dep=<a:b@{1.2.3}>", "expected `>=` or `<`"},
      {"unlocked-dep=<a:b@{<1.2.3 >=2.0.0}>", "semantic version"},
      {"unlocked-dep=<a:b@{>=1.2.3 >=2.0.0}>", "expected `>=` or `<`"},
      {"unlocked-dep=<a:b@{>=1.2.3>", "semantic version"},
      {"unlocked-dep=<a:b>,integrity=<sha256-a>", "trailing characters"},
      {"integrity=<sha256-a", "expected `>`"},
      {"integrity=<sha256-a>x", "trailing characters"},
      {"integrity=<sha256>", "expected `-`"},
      {"integrity=<sha1-a>", "unrecognized hash algorithm"},
      {"integrity=<sha256-a===>", "base64"},
      {"integrity=<sha256-=>", "base64"},
      {"integrity=<sha256-a*>", "base64"},
  };
  for (const Case& each : cases) {
    const char* why = why_no_dependency_name(each.name);
    ASSERT_NE(why, nullptr) << each.name;
    EXPECT_NE(std::string_view(why).find(each.why), std::string_view::npos)
        << each.name << ": " << why;
  }
}

// Hashes differ in the case of their letters.
TEST(DependencyName, KeepsItsCase) {
  Result<ExternName> lower = parse_extern_name("integrity=<sha256-a>");
  Result<ExternName> upper = parse_extern_name("integrity=<sha256-A>");
  ASSERT_TRUE(lower.has_value() && upper.has_value());
  EXPECT_NE(uniqueness_key(*lower), uniqueness_key(*upper));
}

}  // namespace
}  // namespace wisp::component
