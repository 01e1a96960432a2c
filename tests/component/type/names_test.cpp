#include "component/type/names.h"

#include <gtest/gtest.h>

namespace wisp::component {
namespace {

NameKind kind_of(std::string_view text) {
  Result<ExternName> name = parse_extern_name(text);
  EXPECT_TRUE(name) << text;
  return name ? name->kind : NameKind::kLabel;
}

TEST(Names, KebabCase) {
  for (const char* good : {"a", "a-b-c", "a1-2-3", "A", "A-B-C", "A1-2-3", "a11-w0rds",
                           "m1x3d-4CR0NYMS", "is-XML", "x-1"}) {
    EXPECT_TRUE(is_kebab_case(good)) << good;
  }
  for (const char* bad :
       {"", "-", "a-", "-a", "a--b", "1", "1-a", "aB", "Ab", "a_b", "a b", "a.b", "\xc3\xa4"}) {
    EXPECT_FALSE(is_kebab_case(bad)) << bad;
  }
}

TEST(Names, Versions) {
  for (const char* good :
       {"0.0.0", "1.2.3", "123456.7890.488", "0.0.0+abcd-efg", "0.0.0-abcd.1.2+efg.4.ee.5",
        "1.0.0--", "0.0.0+001", "18446744073709551615.0.0"}) {
    Version version;
    EXPECT_TRUE(parse_version(good, version)) << good;
  }
  for (const char* bad :
       {"", ".", "1", "1.", "1.2", "1.2.", "a.2.3", "01.2.3", "1.2.3-", "1.2.3+", "1.2.3-a..b",
        "1.2.3-01", "1.2.3x", "18446744073709551616.0.0", "1.2.3-a_b"}) {
    Version version;
    EXPECT_FALSE(parse_version(bad, version)) << bad;
  }
}

TEST(Names, VersionsHaveAnOrder) {
  const char* ordered[] = {"1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                           "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                           "1.0.0-rc.1",  "1.0.0",         "1.0.1",
                           "1.1.0",       "2.0.0",         "10.0.0"};
  for (size_t i = 0; i < std::size(ordered); ++i) {
    for (size_t j = 0; j < std::size(ordered); ++j) {
      Version a, b;
      ASSERT_TRUE(parse_version(ordered[i], a) && parse_version(ordered[j], b));
      EXPECT_EQ(compare_versions(a, b), i < j   ? -1
                                        : i > j ? 1
                                                : 0)
          << ordered[i] << " " << ordered[j];
    }
  }
}

TEST(Names, Kinds) {
  EXPECT_EQ(kind_of("foo-BAR"), NameKind::kLabel);
  EXPECT_EQ(kind_of("[constructor]foo"), NameKind::kConstructor);
  EXPECT_EQ(kind_of("[method]foo.bar"), NameKind::kMethod);
  EXPECT_EQ(kind_of("[static]foo.bar"), NameKind::kStatic);
  EXPECT_EQ(kind_of("wasi:cli/run@0.2.12"), NameKind::kInterface);
  EXPECT_EQ(kind_of("ns-1-a:b-1-c/D-2"), NameKind::kInterface);
  EXPECT_EQ(kind_of("url=<https://example.com/a>"), NameKind::kDependency);
  EXPECT_EQ(kind_of("locked-dep=<a:b@1.2.3>,integrity=<sha256-a>"), NameKind::kDependency);
  EXPECT_EQ(kind_of("unlocked-dep=<a:b@{>=1.2.3}>"), NameKind::kDependency);
  EXPECT_EQ(kind_of("integrity=<sha256-a>"), NameKind::kDependency);
}

TEST(Names, PartsOfInterfaces) {
  Result<ExternName> name = parse_extern_name("wasi:io/streams@0.2.6-rc.1");
  ASSERT_TRUE(name);
  EXPECT_EQ(name->package, "wasi:io");
  EXPECT_EQ(name->label, "streams");
  EXPECT_EQ(name->version, "0.2.6-rc.1");
}

TEST(Names, RefusesOthers) {
  for (const char* bad :
       {"",           "Foo",           "[constructor]", "[method]a", "[method]a.",
        "[method].a", "[method]a.b.c", "[async]a",      "wasi:",     "wasi:/",
        ":/",         "wasi/http",     "A:b/c",         "ns:A/b",    "ns:pkg/TyPe",
        "a:b/c@",     "a:b/c@1.",      "a:b:c/d",       "a:b/c/d",   "url=<<>>",
        "url=<a",     "url=<a>,x",     "integrity=<>"}) {
    Result<ExternName> name = parse_extern_name(bad);
    ASSERT_FALSE(name) << bad;
    EXPECT_EQ(name.error().code(), ErrorCode::kInvalid);
    EXPECT_NE(name.error().message().find(bad), std::string::npos) << name.error().message();
  }
}

// The two lists of Explainer.md, "Name Uniqueness".
TEST(Names, StrongUniqueness) {
  auto key = [](std::string_view text) {
    Result<ExternName> name = parse_extern_name(text);
    EXPECT_TRUE(name) << text;
    return uniqueness_key(*name);
  };
  const char* unique[] = {
      "foo", "foo-bar", "[constructor]foo", "[method]foo.bar", "[static]foo.baz", "foo:bar/baz"};
  for (size_t i = 0; i < std::size(unique); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_NE(key(unique[i]), key(unique[j]));
  }
  for (const char* taken :
       {"foo", "FOO", "foo-BAR", "[constructor]FOO", "[method]foo.BAR", "[static]foo.bar",
        "[method]foo.baz", "[method]foo.foo", "[static]foo-BAR.FOO-bar", "foo:bar/BAZ"}) {
    bool found = false;
    for (const char* name : unique) found |= key(name) == key(taken);
    EXPECT_TRUE(found) << taken;
  }
}

TEST(Names, CompatibilityTracks) {
  EXPECT_EQ(compatibility_track("a:b/c@1.2.3"), "a:b/c@1");
  EXPECT_EQ(compatibility_track("a:b/c@0.2.6"), "a:b/c@0.2");
  EXPECT_EQ(compatibility_track("a:b/c@0.0.6"), "");
  EXPECT_EQ(compatibility_track("a:b/c@0.2.6-rc.1"), "");
  EXPECT_EQ(compatibility_track("a:b/c"), "");
}

TEST(Names, VersionsCutAtTheirTrack) {
  EXPECT_TRUE(is_canonical_version("0.2", ".6-rc.1"));
  EXPECT_TRUE(is_canonical_version("1", ".2.3"));
  EXPECT_TRUE(is_canonical_version("0.0.1", "-alpha"));
  EXPECT_FALSE(is_canonical_version("0.2.6", ""));
  EXPECT_FALSE(is_canonical_version("1.2", ".3"));
  EXPECT_FALSE(is_canonical_version("0", ".2.6"));
}

}  // namespace
}  // namespace wisp::component
