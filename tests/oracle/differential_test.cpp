// The tester on modules of our own: what they must compute, and that each kind of difference is
// seen. How it fares against faults of the compiler is what tests/mutants is about.
#include "tests/oracle/differential.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "jit/wasm/module_decoder.h"
#include "tests/oracle/cases.h"
#include "tests/oracle/run.h"

namespace wisp::oracle {
namespace {

struct Case {
  std::string module;
  Call call;
  Value result;
};

const Case kCases[] = {
    {"constant_branch", {"count", {i32(5)}}, i32(5)},
    {"constant_branch", {"operands", {i32(5)}}, i32(20)},
    {"constant_branch", {"operands", {i32(0)}}, i32(50)},
    {"constant_branch", {"table", {i32(5)}}, i32(21)},
    {"load_into_address", {"subtract", {i32(64), i32(100)}}, i32(9995)},
    {"load_into_address", {"xor", {i32(64), i32(3)}}, i32(773)},
    {"load_into_address", {"wide", {i64(64), i64(0xf000000000000004)}}, i64(0x0000000000000005)},
    {"load_into_address", {"follow", {i32(64)}}, i32(136)},
};

TEST(Differential, AgreesOnTheRightValue) {
  Differential differential;
  for (const Case& it : kCases) {
    SCOPED_TRACE(it.module + " " + it.call.name);
    const std::vector<uint8_t> bytes = read_case(it.module);
    const jit::Module module = jit::decode_module(bytes).value();
    const std::span<const Call> calls(&it.call, 1);
    const std::span<const jit::Module> modules(&module, 1);
    const Outcome outcome =
        run_in_interpreter(modules, {calls, link_modules(modules, 0), 0, {}, 0});
    ASSERT_EQ(outcome.calls.at(0).ending, Ending::kReturned);
    EXPECT_EQ(to_string(outcome.calls.at(0).results.at(0)), to_string(it.result));
    const Finding finding = differential.check(bytes, calls);
    EXPECT_EQ(finding.verdict, Verdict::kSame) << finding.text;
    EXPECT_EQ(finding.conclusive, 1u);
  }
}

TEST(Differential, ComparesAllKindsOfCalls) {
  Differential differential;
  const std::vector<Call> calls = {
      {"trap", {i32(7)}},
      {"trap", {i32(0)}},
      {"trap", {i32(0xffffffff)}},
      {"indirect", {i32(0)}},
      {"indirect", {i32(1)}},
      {"indirect", {i32(2)}},
      {"indirect", {i32(9)}},
      {"host", {f64(1)}},
      {"grow", {i32(1), {jit::ValueType::kExternRef, {}, 3}}},
      {"indirect", {i32(3)}},
      {"hold", {}},
  };
  const Finding finding = differential.check_isolated(read_case("everything"), calls);
  EXPECT_EQ(finding.verdict, Verdict::kSame) << finding.text;
  EXPECT_EQ(finding.conclusive, calls.size());
}

TEST(Differential, MakesCallsWhereNoneAreGiven) {
  DifferentialOptions options;
  options.rounds = 5;
  const Finding finding = Differential(options).check_isolated(read_case("everything"));
  EXPECT_EQ(finding.verdict, Verdict::kSame) << finding.text;
  EXPECT_EQ(finding.conclusive, 25u);
}

// What the second module gets from the first one, and what the first one does with the second one's
// function in a table that they share.
TEST(Differential, LinksTheModulesOfASystem) {
  const std::vector<uint8_t> first = read_case("provider"), second = read_case("user");
  const std::vector<Bytes> modules = {first, second};
  const std::vector<Call> calls = {{"call", {i32(20)}, 1},
                                   {"through", {i32(1), i32(20)}, 0},
                                   {"trap", {i32(0)}, 1},
                                   {"through", {i32(9), i32(20)}, 0}};
  std::vector<jit::Module> decoded;
  for (const Bytes bytes : modules) decoded.push_back(jit::decode_module(bytes).value());
  DifferentialOptions options;
  const auto links_everything = [&decoded](uint64_t seed) {
    const Linking linking = link_modules(decoded, seed);
    return std::all_of(linking[1].begin(), linking[1].end(), [](const auto& it) { return it; });
  };
  while (!links_everything(options.seed)) ++options.seed;
  const Finding finding = Differential(options).check_system_isolated(modules, calls);
  EXPECT_EQ(finding.verdict, Verdict::kSame) << finding.text;
  EXPECT_EQ(finding.conclusive, calls.size());

  const Outcome outcome =
      run_in_interpreter(decoded, {calls, link_modules(decoded, options.seed), 0, {}, 0});
  ASSERT_EQ(outcome.calls.size(), calls.size());
  EXPECT_EQ(to_string(outcome.calls.at(0).results.at(0)), "i32 41");  // 2 n + 1
  EXPECT_EQ(to_string(outcome.calls.at(1).results.at(0)),
            "i32 61");                               // 3 n + what the call above counted
  ASSERT_EQ(outcome.calls.at(2).frames.size(), 2u);  // of both modules
  EXPECT_EQ(outcome.calls.at(3).trap, jit::TrapCode::kUndefinedElement);
  EXPECT_EQ(outcome.states[0].globals, outcome.states[1].globals);
}

TEST(Differential, LeavesOutWhatDoesNotEnd) {
  DifferentialOptions options;
  options.limits.fuel = 1'000;
  const std::vector<Call> calls = {
      {"count", {i32(5)}}, {"count", {i32(0)}}, {"operands", {i32(5)}}, {"count", {i32(5)}}};
  const Finding finding = Differential(options).check(read_case("constant_branch"), calls);
  EXPECT_EQ(finding.verdict, Verdict::kSame) << finding.text;
  EXPECT_EQ(finding.conclusive, 2u);
}

// The shrinker asks for such ones: they must not look like a crash.
TEST(Differential, MakesNoCallsThatAreNotPossible) {
  Differential differential;
  const std::vector<uint8_t> bytes = read_case("constant_branch");
  for (const Call& call :
       {Call{"none", {}}, Call{"count", {}}, Call{"count", {i64(5)}}, Call{"count", {i32(5)}, 1}}) {
    EXPECT_EQ(differential.check_isolated(bytes, {&call, 1}).verdict, Verdict::kNotCompared);
  }
}

TEST(Differential, SaysWhyAModuleIsNotCompared) {
  const std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 2, 0, 0, 0};
  const Finding finding = Differential().check(bytes);
  EXPECT_EQ(finding.verdict, Verdict::kNotCompared);
  EXPECT_NE(finding.text, "");
}

// A module whose instantiation traps has written to what it imports before, and its functions may
// stay in a table that it imports.
TEST(Differential, ComparesWhatATrapInInstantiationLeaves) {
  const std::vector<uint8_t> provider = read_case("trapping_provider");
  const std::vector<uint8_t> user = read_case("trapping_user");
  const Bytes files[] = {provider, user};
  const jit::Module modules[] = {jit::decode_module(provider).value(),
                                 jit::decode_module(user).value()};
  const std::vector<Call> calls = {{"call", {i32(1)}}, {"load", {i32(8)}}, {"load", {i32(12)}}};
  const Linking linking = {{}, {Supplier{0, 0}, Supplier{0, 0}}};
  const Plan plan{calls, linking, 0, {}, 1'000'000'000};
  const Outcome expected = run_in_interpreter(modules, plan);
  EXPECT_EQ(expected.instantiations.back().trap, jit::TrapCode::kMemoryOutOfBounds);
  ASSERT_EQ(expected.calls.size(), 3u);
  EXPECT_EQ(to_string(expected.calls[0].results.at(0)), to_string(i32(41)));
  EXPECT_EQ(to_string(expected.calls[1].results.at(0)), to_string(i32(42)));
  EXPECT_EQ(to_string(expected.calls[2].results.at(0)), to_string(i32(41)));
  const Outcome actual = run_in_wisp(jit::Engine::create().value(), files, plan).value();
  EXPECT_EQ(difference(expected, actual).value_or("none"), "none");
}

}  // namespace
}  // namespace wisp::oracle
