// Compiling a module with several threads: calls reach their functions and traps know theirs,
// whichever thread compiled them.
#include "jit/compiler/module_compiler.h"

#include <gtest/gtest.h>

#include "jit/engine.h"

namespace wisp::jit {
namespace {

using Bytes = std::vector<uint8_t>;

void append(Bytes& bytes, const Bytes& more) {
  bytes.insert(bytes.end(), more.begin(), more.end());
}
Bytes leb(uint32_t value) {
  Bytes bytes;
  for (; value >= 0x80; value >>= 7) bytes.push_back(static_cast<uint8_t>(value | 0x80));
  bytes.push_back(static_cast<uint8_t>(value));
  return bytes;
}
void append_section(Bytes& module, uint8_t id, const Bytes& content) {
  module.push_back(id);
  append(module, leb(static_cast<uint32_t>(content.size())));
  append(module, content);
}

// Function i returns 1 more than function i + 1 and is long enough for several batches; the last
// one returns its parameter and traps if that is zero. Function 0 is exported as "f".
Bytes chain(uint32_t count) {
  Bytes module{0, 'a', 's', 'm', 1, 0, 0, 0};
  append_section(module, 1, {1, 0x60, 1, 0x7f, 1, 0x7f});
  Bytes types = leb(count);
  types.resize(types.size() + count);
  append_section(module, 3, types);
  append_section(module, 7, {1, 1, 'f', 0, 0});
  Bytes bodies = leb(count);
  for (uint32_t i = 0; i < count; ++i) {
    Bytes body{0, 0x20, 0};  // local.get 0
    if (i + 1 < count) {
      body.push_back(0x10);  // call
      append(body, leb(i + 1));
      append(body, {0x41, 1, 0x6a});  // i32.const 1, i32.add
    } else {
      append(body, {0x45, 0x04, 0x40, 0x00, 0x0b, 0x20, 0});  // i32.eqz, if, unreachable, end
    }
    body.resize(body.size() + 80, 0x01);  // nop
    body.push_back(0x0b);
    append(bodies, leb(static_cast<uint32_t>(body.size())));
    append(bodies, body);
  }
  append_section(module, 10, bodies);
  return module;
}

TEST(ModuleCompiler, ThreadsMakeOneProgram) {
  constexpr uint32_t kCount = 3000;
  const Bytes bytes = chain(kCount);
  for (unsigned threads : {1u, 2u, 5u}) {
    auto engine = Engine::create({.compile_threads = threads, .disabled = ""}).value();
    auto module = engine->compile(bytes).value();
    Store store(engine);
    Instance& instance = *store.instantiate(module, {}).value();
    FuncRef* function = std::get<FuncRef*>(*instance.find_export("f"));
    uint64_t values[] = {7};
    ASSERT_TRUE(store.call(*function, values).has_value());
    EXPECT_EQ(values[0], 7 + kCount - 1) << threads << " threads";
    values[0] = 0;
    ASSERT_FALSE(store.call(*function, values).has_value());
    EXPECT_EQ(store.last_trap().code, TrapCode::kUnreachable);
    const std::vector<Frame>& frames = store.last_trap().backtrace;
    ASSERT_GE(frames.size(), 10u);
    for (uint32_t i = 0; i < 10; ++i) EXPECT_EQ(frames[i].function_index, kCount - 1 - i);
  }
}

}  // namespace
}  // namespace wisp::jit
