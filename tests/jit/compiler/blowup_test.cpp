// Inputs on which other compilers took quadratic time or memory (jit.md, section 8): four times the
// input may take at most about four times the time and the code. Hostile, but valid; each is made
// here from a few opcodes.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include "jit/compiler/module_compiler.h"
#include "jit/wasm/module_decoder.h"
#include "jit/x64/compiler.h"

namespace wisp::jit {
namespace {

using Bytes = std::vector<uint8_t>;

void append(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

Bytes leb(uint64_t value) {
  Bytes bytes;
  do {
    uint8_t byte = value & 0x7f;
    value >>= 7;
    bytes.push_back(value != 0 ? byte | 0x80 : byte);
  } while (value != 0);
  return bytes;
}

Bytes section(uint8_t id, const Bytes& content) {
  Bytes bytes{id};
  append(bytes, leb(content.size()));
  append(bytes, content);
  return bytes;
}

// A module with one function (i32) -> (i32), its locals and its opcodes.
Bytes module_of(uint32_t locals, const Bytes& code) {
  Bytes body;
  append(body, locals == 0 ? leb(0) : Bytes{1});
  if (locals != 0) {
    append(body, leb(locals));
    body.push_back(0x7f);
  }
  append(body, code);
  body.push_back(0x0b);
  Bytes bytes{0, 'a', 's', 'm', 1, 0, 0, 0};
  append(bytes, section(1, {1, 0x60, 1, 0x7f, 1, 0x7f}));
  append(bytes, section(3, {1, 0}));
  append(bytes, section(5, {1, 0, 1}));
  Bytes content{1};
  append(content, leb(body.size()));
  append(content, body);
  append(bytes, section(10, content));
  return bytes;
}

struct Cost {
  double seconds;
  size_t code_bytes;
};

// Of this thread: what else runs on the machine does not count.
double cpu_seconds() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

Cost compile(const Bytes& bytes) {
  auto module = decode_module(bytes);
  EXPECT_TRUE(module.has_value()) << module.error().message();
  Cost best{1e9, 0};
  for (int round = 0; round < 5; ++round) {
    double start = cpu_seconds();
    auto image = compile_module(module.value(), x64::backend(), {{}, CpuFeatures(), 1});
    double seconds = cpu_seconds() - start;
    EXPECT_TRUE(image.has_value()) << image.error().message();
    if (!image.has_value()) return best;
    best = {std::min(best.seconds, seconds), image.value().text_bytes};
  }
  return best;
}

// Slack for a machine that does other things: quadratic would be sixteen times.
constexpr double kMaxGrowth = 10;

void expect_linear(uint32_t size, const std::function<Bytes(uint32_t)>& make) {
  Cost small = compile(make(size));
  Cost large = compile(make(size * 4));
  EXPECT_LT(large.seconds, std::max(small.seconds, 0.0015) * kMaxGrowth)
      << "time " << small.seconds << " then " << large.seconds;
  EXPECT_LT(large.code_bytes, small.code_bytes * 5) << "code";
}

Bytes repeat(uint32_t count, const Bytes& unit) {
  Bytes bytes;
  for (uint32_t i = 0; i < count; ++i) append(bytes, unit);
  return bytes;
}

const Bytes kGetParam = {0x20, 0};
const Bytes kDrop = {0x1a};

TEST(Blowup, BranchTables) {
  expect_linear(2'000, [](uint32_t size) {
    Bytes code = repeat(64, {0x02, 0x40});
    append(code, kGetParam);
    code.push_back(0x0e);
    append(code, leb(size));
    for (uint32_t i = 0; i <= size; ++i) append(code, leb(i % 64));
    append(code, repeat(64, {0x0b}));
    append(code, kGetParam);
    return module_of(0, code);
  });
}

TEST(Blowup, BranchTablesWithSeveralValues) {
  expect_linear(500, [](uint32_t size) {
    Bytes code = repeat(size, {0x02, 0x7f});
    append(code, kGetParam);
    append(code, kGetParam);
    code.push_back(0x0e);
    append(code, leb(size - 1));
    for (uint32_t i = 0; i < size; ++i) append(code, leb(i));
    append(code, repeat(size, {0x0b}));
    return module_of(0, code);
  });
}

TEST(Blowup, ChainedBlocks) {
  expect_linear(5'000, [](uint32_t size) {
    Bytes code = repeat(size, {0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b});
    append(code, kGetParam);
    return module_of(0, code);
  });
}

TEST(Blowup, NestedBlocks) {
  expect_linear(25'000, [](uint32_t size) {
    Bytes code = repeat(size, {0x02, 0x40});
    append(code, repeat(size, {0x20, 0, 0x0d, 0, 0x0b}));
    append(code, kGetParam);
    return module_of(0, code);
  });
}

TEST(Blowup, ManyLocals) {
  expect_linear(12'000, [](uint32_t size) {
    Bytes code;
    for (uint32_t i = 0; i < size; ++i) {
      code.push_back(0x20);
      append(code, leb(1 + i));
      append(code, kDrop);
    }
    append(code, kGetParam);
    return module_of(size, code);
  });
}

TEST(Blowup, ManyShortLives) {
  expect_linear(12'000, [](uint32_t size) {
    Bytes code;
    for (uint32_t i = 0; i < size; ++i) {
      append(code, {0x41, 7, 0x21});
      append(code, leb(1 + i));
      code.push_back(0x20);
      append(code, leb(1 + i));
      append(code, kDrop);
    }
    append(code, kGetParam);
    return module_of(size, code);
  });
}

TEST(Blowup, TallStackOfPendingLocals) {
  expect_linear(5'000, [](uint32_t size) {
    // All reads of the locals lie below a tall stack when the locals are written.
    Bytes code;
    for (uint32_t i = 0; i < size; ++i) {
      code.push_back(0x20);
      append(code, leb(1 + i));
    }
    append(code, repeat(size, {0x41, 1}));
    for (uint32_t i = 0; i < size; ++i) {
      append(code, {0x41, 2, 0x21});
      append(code, leb(1 + i));
    }
    append(code, repeat(2 * size - 1, {0x6a}));
    return module_of(size, code);
  });
}

TEST(Blowup, BlocksOnATallStack) {
  expect_linear(5'000, [](uint32_t size) {
    Bytes code = repeat(size, kGetParam);
    append(code, repeat(size, {0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b}));
    append(code, repeat(size - 1, {0x6a}));
    return module_of(0, code);
  });
}

TEST(Blowup, CallsOnATallStack) {
  expect_linear(5'000, [](uint32_t size) {
    Bytes code = repeat(size, kGetParam);
    append(code, repeat(size, {0x20, 0, 0x10, 0, 0x1a}));
    append(code, repeat(size - 1, {0x6a}));
    return module_of(0, code);
  });
}

TEST(Blowup, ManyFunctionsWithManyDeclaredLocals) {
  Bytes body{1};
  append(body, leb(40'000));
  append(body, {0x7f, 0x20, 0, 0x0b});
  Bytes sized = leb(body.size());
  append(sized, body);
  auto make = [&](uint32_t size) {
    Bytes bytes{0, 'a', 's', 'm', 1, 0, 0, 0};
    append(bytes, section(1, {1, 0x60, 1, 0x7f, 1, 0x7f}));
    Bytes types = leb(size);
    append(types, Bytes(size, 0));
    append(bytes, section(3, types));
    Bytes content = leb(size);
    append(content, repeat(size, sized));
    append(bytes, section(10, content));
    return bytes;
  };
  expect_linear(500, make);
}

}  // namespace
}  // namespace wisp::jit
