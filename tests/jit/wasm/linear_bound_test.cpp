// Hostile inputs that made other engines quadratic: validation takes time in proportion to the
// size. Each case is measured at two sizes; 32 times the input may take at most 256 times as long
// (caches and fresh memory take their share), where a quadratic walk would take 1024 times as long.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include "jit/wasm/module_decoder.h"
#include "tests/support/module_builder.h"

namespace wisp::jit {
namespace {

using test::Bytes;
using test::join;
using test::ModuleBuilder;
using test::repeat;

double thread_seconds() {
  timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double seconds_to_validate(const Bytes& bytes) {
  double best = 1e9;
  for (int i = 0; i < 5; ++i) {
    const double start = thread_seconds();
    const Result<void> result = validate_module(bytes);
    const double time = thread_seconds() - start;
    EXPECT_TRUE(result.has_value()) << result.error().message();
    best = std::min(best, time);
  }
  return best;
}

void expect_linear(const char* what, size_t size, const std::function<Bytes(size_t)>& make) {
  const double small = seconds_to_validate(make(size));
  const double large = seconds_to_validate(make(32 * size));
  std::printf("%-28s %8.3f ms, 32x: %8.3f ms\n", what, small * 1e3, large * 1e3);
  EXPECT_LT(large, 256 * small) << what;
}

// A module with one function ()->() and a memory.
Bytes one_function(const Bytes& code, const ModuleBuilder::Locals& locals = {}) {
  ModuleBuilder builder;
  builder.function(builder.type({}, {}), code, locals);
  builder.memory(1);
  return builder.build();
}

TEST(LinearBound, BrTableWithManyRows) {
  // Many targets, all labels of the function, over and over.
  expect_linear("br_table", 10'000, [](size_t rows) {
    Bytes targets;
    for (size_t i = 0; i < rows; ++i) test::append_u32(targets, static_cast<uint32_t>(i % 100));
    return one_function(join({repeat({0x02, 0x40}, 100),
                              {0x41, 0x00, 0x0e},
                              test::u32(static_cast<uint32_t>(rows)),
                              targets,
                              {0x00},
                              repeat({0x0b}, 100)}));
  });
}

TEST(LinearBound, BrTableOverWideLabels) {
  // Each target takes 1000 operands: they are compared once per label, not once per row.
  expect_linear("br_table over wide labels", 10'000, [](size_t rows) {
    ModuleBuilder builder;
    const uint32_t wide = builder.type({}, ModuleBuilder::Types(1000, ValueType::kI32));
    builder.function(wide, join({repeat({0x41, 0x00}, 1001),
                                 {0x0e},
                                 test::u32(static_cast<uint32_t>(rows)),
                                 repeat({0x00}, rows + 1)}));
    return builder.build();
  });
}

TEST(LinearBound, ChainedBlocks) {
  expect_linear("chained blocks", 15'000, [](size_t blocks) {
    return one_function(repeat({0x02, 0x40, 0x41, 0x00, 0x0d, 0x00, 0x0b}, blocks));
  });
}

TEST(LinearBound, NestedBlocks) {
  expect_linear("nested blocks", 10'000, [](size_t depth) {
    return one_function(join({repeat({0x02, 0x40}, depth), repeat({0x0b}, depth)}));
  });
}

TEST(LinearBound, NestedIfs) {
  expect_linear("nested ifs", 10'000, [](size_t depth) {
    return one_function(join({repeat({0x41, 0x00, 0x04, 0x40}, depth), repeat({0x0b}, depth)}));
  });
}

TEST(LinearBound, TallOperandStack) {
  expect_linear("tall operand stack", 30'000, [](size_t height) {
    return one_function(join({repeat({0x41, 0x00}, height), repeat({0x1a}, height)}));
  });
}

TEST(LinearBound, FarBranches) {
  expect_linear("far branches", 20'000, [](size_t branches) {
    return one_function(join({{0x02, 0x40}, repeat({0x41, 0x00, 0x0d, 0x00}, branches), {0x0b}}));
  });
}

TEST(LinearBound, ManyLocals) {
  // Each small function declares 50,000 locals: no more work than their declaration.
  expect_linear("functions with many locals", 1'000, [](size_t functions) {
    ModuleBuilder builder;
    const uint32_t type = builder.type({}, {});
    for (size_t i = 0; i < functions; ++i) {
      builder.function(type, {0x20, 0xcf, 0x86, 0x03, 0x1a}, {{50'000, ValueType::kI64}});
    }
    return builder.build();
  });
}

TEST(LinearBound, ManyGroupsOfLocals) {
  expect_linear("groups of locals", 1'500, [](size_t groups) {
    ModuleBuilder::Locals locals;
    Bytes code;
    for (size_t i = 0; i < groups; ++i) {
      locals.emplace_back(1, i % 2 == 0 ? ValueType::kI32 : ValueType::kF64);
      test::append(code, join({{0x20}, test::u32(static_cast<uint32_t>(i)), {0x1a}}));
    }
    return one_function(code, locals);
  });
}

TEST(LinearBound, DeadCode) {
  expect_linear("dead code", 50'000, [](size_t opcodes) {
    return one_function(join({{0x00}, repeat({0x6a, 0x1a}, opcodes)}));
  });
}

TEST(LinearBound, ManyExports) {
  expect_linear("exports with equal prefixes", 2'000, [](size_t exports) {
    ModuleBuilder builder;
    builder.memory(1);
    for (size_t i = 0; i < exports; ++i) {
      builder.export_item(std::string(50, 'x') + std::to_string(i), 2, 0);
    }
    return builder.build();
  });
}

TEST(LinearBound, LongConstantExpressions) {
  expect_linear("constant expression", 20'000, [](size_t terms) {
    ModuleBuilder builder;
    builder.add(
        ModuleBuilder::kGlobals,
        join({{0x7f, 0x00}, repeat({0x41, 0x01}, terms), repeat({0x6a}, terms - 1), {0x0b}}));
    return builder.build();
  });
}

}  // namespace
}  // namespace wisp::jit
