// The growth protocol of EmitBuffer: raw bytes and asmjit's instructions mixed, over many growths,
// against asmjit alone.
#include "jit/compiler/emit_buffer.h"

#include <asmjit/x86.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace wisp::jit {
namespace {

TEST(EmitBuffer, RawBytesAndAssemblerShareOneCursor) {
  asmjit::x86::Assembler assembler;
  EmitBuffer buffer(assembler, asmjit::Environment(asmjit::Arch::kX64));
  asmjit::CodeHolder code;
  code.init(asmjit::Environment(asmjit::Arch::kX64));
  asmjit::x86::Assembler reference(&code);

  for (uint32_t i = 0; i < 300'000; ++i) {
    uint8_t* cursor = buffer.reserve();
    if (i % 3 == 0) {
      assembler.add(asmjit::x86::rax, i);
    } else {
      // mov ecx, imm32
      *cursor = 0xb9;
      std::memcpy(cursor + 1, &i, 4);
      buffer.commit(cursor + 5);
    }
    if (i % 3 == 0) {
      reference.add(asmjit::x86::rax, i);
    } else {
      reference.mov(asmjit::x86::ecx, i);
    }
  }
  ASSERT_EQ(buffer.error(), nullptr);
  ASSERT_GT(buffer.offset(), 1'000'000u);
  ASSERT_EQ(buffer.offset(), reference.offset());
  EXPECT_TRUE(std::equal(buffer.bytes().begin(), buffer.bytes().end(), reference.bufferData()));
}

TEST(EmitBuffer, PromisesHeadroomAtEachReserve) {
  asmjit::x86::Assembler assembler;
  EmitBuffer buffer(assembler, asmjit::Environment(asmjit::Arch::kX64));
  for (int i = 0; i < 10'000; ++i) {
    uint8_t* cursor = buffer.reserve();
    std::memset(cursor, i, EmitBuffer::kHeadroomBytes);
    buffer.commit(cursor + EmitBuffer::kHeadroomBytes);
  }
  ASSERT_EQ(buffer.offset(), 10'000 * EmitBuffer::kHeadroomBytes);
  for (uint32_t i = 0; i < 10'000; ++i)
    EXPECT_EQ(*buffer.at(i * EmitBuffer::kHeadroomBytes + 7), uint8_t(i));
}

TEST(EmitBuffer, KeepsTheFirstErrorUntilReset) {
  asmjit::x86::Assembler assembler;
  EmitBuffer buffer(assembler, asmjit::Environment(asmjit::Arch::kX64));
  compat::enable_validation(assembler);
  buffer.reserve();
  assembler.nop();
  EXPECT_EQ(buffer.error(), nullptr);
  assembler.emit(asmjit::x86::Inst::kIdMov, asmjit::x86::rax, asmjit::x86::xmm0);
  const char* first = buffer.error();
  ASSERT_NE(first, nullptr);
  assembler.emit(asmjit::x86::Inst::kIdNone, asmjit::x86::rax);
  EXPECT_EQ(buffer.error(), first);
  EXPECT_EQ(buffer.offset(), 1u) << "a refused instruction leaves no bytes";
  buffer.reset();
  EXPECT_EQ(buffer.error(), nullptr);
  EXPECT_EQ(buffer.offset(), 0u);
}

TEST(EmitBuffer, TruncateForgetsWhatFollows) {
  asmjit::x86::Assembler assembler;
  EmitBuffer buffer(assembler, asmjit::Environment(asmjit::Arch::kX64));
  buffer.reserve();
  assembler.nop();
  assembler.ret();
  buffer.truncate(1);
  assembler.int3();
  ASSERT_EQ(buffer.offset(), 2u);
  EXPECT_EQ(*buffer.at(1), 0xcc);
}

TEST(EmitBuffer, ExtendsAlignedAndHandsOverItsMemory) {
  asmjit::x86::Assembler assembler;
  EmitBuffer buffer(assembler, asmjit::Environment(asmjit::Arch::kX64));
  buffer.reserve();
  assembler.nop();
  const std::vector<uint8_t> code(1'000'000, 0xcc);
  ASSERT_EQ(buffer.extend(code.size(), 64), 64u);
  std::copy(code.begin(), code.end(), buffer.at(64));
  ASSERT_EQ(buffer.offset(), 64 + code.size());
  const uint8_t* begin = buffer.at(0);
  Reservation memory = buffer.take();
  EXPECT_EQ(memory.base(), begin) << "not copied";
  EXPECT_EQ(memory.base()[0], 0x90);
  EXPECT_TRUE(std::equal(code.begin(), code.end(), memory.base() + 64));
}

}  // namespace
}  // namespace wisp::jit
