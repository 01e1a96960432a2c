#include "cli/demangle.h"

#include <gtest/gtest.h>

namespace wisp::cli {
namespace {

TEST(Demangle, ReadsBothSchemesOfRust) {
  EXPECT_EQ(demangled("_ZN4core5outer17h0123456789abcdefE"), "core::outer");
  EXPECT_EQ(demangled("_ZN3std2rt10lang_start28_$u7b$$u7b$closure$u7d$$u7d$17h093fc27e602f7eb4E"),
            "std::rt::lang_start::{{closure}}");
  EXPECT_EQ(demangled("_RNvNtCshXfaRvt2tfW_3std3env4args"), "std::env::args");
  EXPECT_EQ(
      demangled("_RNvXs_CsdoP2VuzOoNC_5adderNtB4_3SumNtNtCs9mTIkYvSNs1_4core3fmt7Display3fmt"),
      "<adder::Sum as core::fmt::Display>::fmt");
  EXPECT_EQ(demangled("_RINvCs1234_7mycrate3foolE"), "mycrate::foo::<i32>");
}

TEST(Demangle, ReadsCPlusPlus) {
  EXPECT_EQ(demangled("_ZN3foo3barEi"), "foo::bar(int)");
  EXPECT_EQ(demangled("_ZNSt6vectorIiSaIiEE9push_backEOi"),
            "std::vector<int, std::allocator<int> >::push_back(int&&)");
}

TEST(Demangle, LeavesOtherNamesAlone) {
  for (const char* name : {"", "_", "_Z", "_R", "main", "__main_void", "_RNvC", "_ZN4core",
                           "name with spaces", "\x1b[31m"}) {
    EXPECT_EQ(demangled(name), name);
  }
}

// Each parameter is the function type of the one before, twice: 2^40 characters.
TEST(Demangle, DoesNotExplode) {
  std::string name = "_Z1fFivE";
  constexpr char kDigits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  name = "_Z1fPFviiE";
  for (int i = 0; i < 35; i++) {
    const std::string last = i == 0 ? "S0_" : std::string("S") + kDigits[i] + "_";
    name += "PFv" + last + last + "E";
  }
  EXPECT_EQ(demangled(name), name);
  EXPECT_EQ(demangled("_ZN3fooE" + std::string(100'000, 'i')),
            "_ZN3fooE" + std::string(100'000, 'i'));
}

}  // namespace
}  // namespace wisp::cli
