// Lists and strings that compiled adapters move as blocks (guests/blocks.wat): sizes around those
// of the copying code, contents that are refused, wrong pointers and lengths, hostile allocators.
#include <gtest/gtest.h>

#include "tests/component/support/guest_fixture.h"

namespace wisp::component {
namespace {

constexpr uint32_t kPage = 65536;

// As "hash" of the guest.
std::string hash(const std::string& content, size_t length) {
  auto sum = static_cast<uint32_t>(length * 1'000'003);
  for (uint32_t i = 0; i < content.size(); i++) {
    sum += static_cast<uint8_t>(content[i]) * (i + 1);
  }
  return std::to_string(sum);
}
std::string hash(const std::string& bytes) { return hash(bytes, bytes.size()); }

class FusedBlockTest : public testing::GuestFixture {
 protected:
  enum Mode : uint32_t { kGood, kUnaligned, kFar, kTraps, kGrows, kLeaves };

  void SetUp() override {
    GuestFixture::SetUp();
    component = compile("tests/component/guests/blocks.wasm");
    restart();
  }
  // What trapped cannot be entered again.
  void restart() {
    instance.reset();
    store = std::make_unique<jit::Store>(engine);
    auto made = ComponentLinker().instantiate(*store, component);
    ASSERT_TRUE(made.has_value()) << made.error().message();
    instance = std::move(made).value();
    for (uint32_t i = 0; i < component->trampolines.size(); i++) {
      EXPECT_NE(component->adapter_code(i), nullptr);
    }
  }
  // The result, or the text of the trap.
  std::string call(const char* name, std::vector<uint32_t> arguments = {}) {
    std::vector<Value> values;
    for (uint32_t each : arguments) values.push_back(Value{TypeKind::kU32, each, {}, {}});
    Result<std::optional<Value>> result = instance->find_function("", name)->call(values);
    if (!result.has_value()) return result.error().message();
    return result->has_value() ? std::to_string((*result)->bits) : "";
  }
  std::string call_anew(const char* name, std::vector<uint32_t> arguments) {
    restart();
    return call(name, std::move(arguments));
  }
  void poke(uint32_t address, const std::string& content) {
    for (const char each : content) call("poke", {address++, static_cast<uint8_t>(each)});
  }

  std::shared_ptr<const Component> component;
  std::unique_ptr<ComponentInstance> instance;
};

TEST_F(FusedBlockTest, BytesOfAllSizes) {
  std::string content;
  for (uint32_t i = 0; i < 150; i++) content += static_cast<char>(i * 37 + 1);
  poke(1024, content);
  for (uint32_t offset : {0u, 3u}) {
    for (uint32_t length = 0; length + offset <= content.size(); length++) {
      ASSERT_EQ(call("bytes", {1024 + offset, length}), hash(content.substr(offset, length)));
    }
  }
  EXPECT_EQ(call("bytes", {kPage, 0}), hash(""));
  EXPECT_EQ(call("bytes", {0, kPage}).find("bounds"), std::string::npos);
}

TEST_F(FusedBlockTest, ElementsOfSeveralBytes) {
  std::string content;
  for (uint32_t i = 0; i < 120; i++) content += static_cast<char>(i + 1);
  poke(1024, content);
  for (uint32_t length = 0; length <= 30; length++) {
    ASSERT_EQ(call("words", {1024, length}), hash(content.substr(0, length * 4), length));
    ASSERT_EQ(call("triples", {1025, length}), hash(content.substr(1, length * 3), length));
  }
}

TEST_F(FusedBlockTest, RestrictedElements) {
  poke(1024, std::string("\x00\x01\xff\x80", 4));
  EXPECT_EQ(call("bools", {1024, 4}), hash(std::string("\0\1\1\1", 4)));
  poke(1024, std::string("\xff\xff\x10\x00", 4));
  EXPECT_EQ(call("chars", {1024, 1}), hash(std::string("\xff\xff\x10\x00", 4), 1));
  poke(1024, std::string("\x00\xd8\x00\x00", 4));
  EXPECT_EQ(call("chars", {1024, 1}), "invalid `char` bit pattern");
  EXPECT_EQ(call("chars", {1024, 1}), "cannot enter component instance");
}

TEST_F(FusedBlockTest, Strings) {
  const std::string text = "some text \xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80 ";
  EXPECT_EQ(call("text", {512, 0}), hash(""));
  EXPECT_EQ(call("text", {512, 10}), hash(text.substr(0, 10)));
  EXPECT_EQ(call("text", {512, 20}), hash(text));
  EXPECT_EQ(call("text", {512, 21}), "invalid utf-8");
  EXPECT_EQ(call_anew("text", {512, 18}), "incomplete utf-8 byte sequence");
  EXPECT_EQ(call_anew("text16", {512, 10}), hash(text, 10));
  EXPECT_EQ(call("text16", {513, 0}), "unaligned pointer: string pointer not aligned to 2");
  restart();
  poke(1024, std::string("\x00\xdc", 2));
  EXPECT_EQ(call("text16", {1024, 1}), "unpaired surrogate");
}

// Three blocks, plain values and a record between them.
TEST_F(FusedBlockTest, SeveralInOneCall) {
  poke(1024, "abcdef");
  const uint32_t expected = static_cast<uint32_t>(std::stoul(hash("abcdef"))) +
                            static_cast<uint32_t>(std::stoul(hash("some text"))) +
                            static_cast<uint32_t>(std::stoul(hash(std::string(12, '\0'), 3))) + 7 +
                            1000 + 20000;
  EXPECT_EQ(call("mixed", {1024, 6}), std::to_string(expected));
  EXPECT_EQ(call("callee-calls"), "3");
}

TEST_F(FusedBlockTest, PointersAndLengthsOfParameters) {
  EXPECT_EQ(call_anew("bytes", {kPage - 3, 4}), "list content out-of-bounds");
  EXPECT_EQ(call_anew("bytes", {0xffffffff, 1}), "list content out-of-bounds");
  EXPECT_EQ(call_anew("bytes", {kPage + 1, 0}), "list content out-of-bounds");
  EXPECT_EQ(call_anew("bytes", {0, 1u << 28}),
            "list content out-of-bounds: more than 2^28 - 1 bytes");
  EXPECT_EQ(call_anew("words", {0, 1u << 26}),
            "list content out-of-bounds: more than 2^28 - 1 bytes");
  EXPECT_EQ(call_anew("words", {0, 0x40000001}),
            "list content out-of-bounds: more than 2^28 - 1 bytes");
  EXPECT_EQ(call_anew("words", {2, 0}), "unaligned pointer");
  EXPECT_EQ(call_anew("words", {kPage - 4, 2}), "list content out-of-bounds");
  EXPECT_EQ(call_anew("text", {kPage - 3, 4}), "string content out-of-bounds");
  EXPECT_EQ(call_anew("text", {0, 1u << 28}),
            "string content out-of-bounds: more than 2^28 - 1 bytes");
}

TEST_F(FusedBlockTest, AllocatorsOfTheCallee) {
  auto with = [this](Mode mode, const char* name, std::vector<uint32_t> arguments) {
    restart();
    call("set-callee-mode", {mode});
    return call(name, std::move(arguments));
  };
  EXPECT_EQ(with(kUnaligned, "bytes", {512, 4}), hash("some"));
  EXPECT_EQ(with(kUnaligned, "words", {512, 1}), "unaligned pointer");
  EXPECT_EQ(with(kUnaligned, "text16", {512, 1}), "unaligned pointer");
  EXPECT_EQ(with(kUnaligned, "text16", {512, 0}), "unaligned pointer");
  EXPECT_EQ(with(kFar, "bytes", {512, 4}), "list content out-of-bounds");
  EXPECT_EQ(with(kFar, "words", {512, 100}), "list content out-of-bounds");
  EXPECT_EQ(with(kFar, "text", {512, 4}), "string content out-of-bounds");
  EXPECT_EQ(with(kTraps, "bytes", {512, 4}), "unreachable");
  EXPECT_EQ(with(kTraps, "text", {512, 0}), "unreachable");
  // What a string contains is looked at first.
  EXPECT_EQ(with(kTraps, "text", {512, 21}), "invalid utf-8");
  EXPECT_EQ(with(kGrows, "bytes", {512, 4}), hash("some"));
  EXPECT_EQ(with(kGrows, "text", {512, 10}), hash("some text "));
  EXPECT_EQ(with(kLeaves, "bytes", {512, 4}), "cannot leave component instance");
}

TEST_F(FusedBlockTest, Results) {
  const std::string contents =
      "The contents of a result: h\xc3\xa9llo, \xe2\x82\xac, \xf0\x9f\x98\x80.";
  for (uint32_t length = 0; length <= contents.size(); length++) {
    ASSERT_EQ(call("give", {16, 64, 266, length}), hash(contents.substr(0, length)));
  }
  EXPECT_EQ(call("released"), "64");
  const auto size = static_cast<uint32_t>(contents.size());
  EXPECT_EQ(call("give-text", {kPage - 8, kPage - 8, 266, size}), hash(contents));
  EXPECT_EQ(call("raw", {16, 128}), "0");
  EXPECT_EQ(call("give-text", {16, 64, 266, size + 1}), "invalid utf-8");
}

TEST_F(FusedBlockTest, PointersAndLengthsOfResults) {
  EXPECT_EQ(call_anew("give", {16, 64, kPage, 1}), "list content out-of-bounds");
  EXPECT_EQ(call_anew("give", {16, 64, 0, 1u << 28}),
            "list content out-of-bounds: more than 2^28 - 1 bytes");
  EXPECT_EQ(call_anew("give", {16, 66, 0, 1}), "unaligned pointer");
  EXPECT_EQ(call_anew("give", {18, 64, 0, 1}), "unaligned pointer");
  EXPECT_EQ(call_anew("give", {kPage - 4, 64, 0, 1}), "pointer out of bounds of memory");
  EXPECT_EQ(call_anew("raw", {16, kPage - 4}), "pointer out of bounds of memory");
  EXPECT_EQ(call_anew("raw", {16, 0xfffffffc}), "pointer out of bounds of memory");
  EXPECT_EQ(call_anew("give-text", {16, 64, kPage - 1, 2}), "string content out-of-bounds");
}

TEST_F(FusedBlockTest, AllocatorsOfTheCaller) {
  auto with = [this](Mode mode, const char* name, std::vector<uint32_t> arguments) {
    restart();
    call("set-caller-mode", {mode});
    return call(name, std::move(arguments));
  };
  EXPECT_EQ(with(kFar, "give", {16, 64, 266, 3}), "list content out-of-bounds");
  EXPECT_EQ(with(kFar, "give-text", {16, 64, 266, 3}), "string content out-of-bounds");
  EXPECT_EQ(with(kUnaligned, "raw", {16, 128}), "unaligned pointer");
  EXPECT_EQ(with(kTraps, "give", {16, 64, 266, 3}), "unreachable");
  EXPECT_EQ(with(kGrows, "give", {16, 64, 266, 3}), hash("The"));
  EXPECT_EQ(with(kLeaves, "give", {16, 64, 266, 3}), "cannot leave component instance");
}

// The allocator's frame is below that of the guest that called.
TEST_F(FusedBlockTest, BacktracesGoThrough) {
  call("set-callee-mode", {kTraps});
  EXPECT_EQ(call("bytes", {512, 4}), "unreachable");
  const auto& frames = store->last_trap().backtrace;
  ASSERT_EQ(frames.size(), 2u);
  EXPECT_EQ(frames[0].function, "realloc");
  EXPECT_EQ(frames[1].function, "send-bytes");
}

}  // namespace
}  // namespace wisp::component
