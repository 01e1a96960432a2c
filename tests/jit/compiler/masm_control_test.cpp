// Labels, calls, jump tables and frames of the host's Masm, executed.
#include "tests/jit/compiler/masm_test_support.h"

namespace wisp::jit {
namespace {

class MasmControl : public MasmTest {};
INSTANTIATE_TEST_SUITE_P(Features, MasmControl, ::testing::Bool(), features_name);

TEST_P(MasmControl, JumpTable) {
  constexpr int kTargets = 5;
  masm_.begin();
  Label table;
  Label targets[kTargets];
  Label done;
  masm_.move(Width::k64, kPinA, kA);
  masm_.jump_table(kPinA, table);
  for (int i = 0; i < kTargets; ++i) {
    masm_.bind(targets[i]);
    masm_.move_imm(Width::k32, HostMasm::kHostIntResult, 100 + i);
    masm_.jump(done);
  }
  masm_.align(4);
  masm_.bind(table);
  for (int i = kTargets - 1; i >= 0; --i) masm_.jump_table_entry(table.position(), targets[i]);
  masm_.bind(done);
  masm_.finish(function_);
  for (uint64_t i = 0; i < kTargets; ++i) EXPECT_EQ(call(i, 0), 100 + kTargets - 1 - i);
}

TEST_P(MasmControl, LabelsNearAndFarForwardAndBackward) {
  // Each round: forward past `padding` bytes, then back; every jump is counted.
  for (int padding : {0, 1, 100, 118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130,
                      131, 300, 5000}) {
    masm_.begin();
    masm_.move_imm(Width::k32, kPinA, 0);
    masm_.move_imm(Width::k32, kPinB, 3);
    Label forward;
    Label backward;
    Label out;
    masm_.jump(forward);
    masm_.bind(backward);
    masm_.binary_imm(BinaryOp::kAdd, Width::k32, kPinA, kPinA, 1);
    masm_.binary_imm(BinaryOp::kSub, Width::k32, kPinB, kPinB, 1);
    masm_.compare_imm(Width::k32, kPinB, 0);
    masm_.jump_if(Cond::kEqual, out);
    masm_.compare_imm(Width::k32, kPinB, 7);
    masm_.jump_if(Cond::kNotEqual, forward);
    for (int i = 0; i < padding; ++i) masm_.align(masm_.offset() % 2 == 0 ? 1 : 2), masm_.trap();
    masm_.bind(forward);
    masm_.compare_imm(Width::k32, kPinB, 0);
    masm_.jump_if(Cond::kNotEqual, backward);
    masm_.trap();
    masm_.bind(out);
    masm_.move(Width::k64, HostMasm::kHostIntResult, kPinA);
    masm_.finish(function_);
    EXPECT_EQ(call(0, 0), 3u) << padding;
  }
}

// A jump that is said to be near over `padding` instructions; the result says which way it went.
TEST_P(MasmControl, NearJumpsReachOrSayThatTheyDoNot) {
  bool has_missed = false;
  for (int padding : {0, 1, 10, 60, 61, 62, 63, 64, 65, 66, 300}) {
    for (Reach reach : {Reach::kNear, Reach::kAny}) {
      masm_.begin_function(reach);
      masm_.begin();
      Label target;
      masm_.compare_imm(Width::k64, kA, 5);
      masm_.jump_if(Cond::kEqual, target, Reach::kNear);
      masm_.move_imm(Width::k64, kA, 1);
      masm_.jump(target, Reach::kNear);
      for (int i = 0; i < padding; ++i) masm_.trap();
      masm_.bind(target);
      masm_.binary_imm(BinaryOp::kAdd, Width::k64, kA, kA, 100);
      masm_.move(Width::k64, HostMasm::kHostIntResult, kA);
      masm_.finish(function_);
      if (!masm_.end_function()) {
        EXPECT_EQ(reach, Reach::kNear);
        EXPECT_GE(padding, 60);
        has_missed = true;
        continue;
      }
      EXPECT_EQ(call(5, 0), 105u) << padding;
      EXPECT_EQ(call(6, 0), 101u) << padding;
    }
  }
  EXPECT_TRUE(has_missed) << "a jump over 300 traps is near nowhere";
}

TEST_P(MasmControl, CallsInBothDirections) {
  // twice(x) by calling a function that lies before and one that lies behind.
  FrameShape frame;
  frame.size_bytes = 8;
  masm_.buffer().reset();
  Label start;
  masm_.jump(start);
  const uint32_t before = masm_.offset();
  masm_.prologue(frame);
  masm_.add_shifted(Width::k64, kA, kNoGpr, kA, 1, 0);
  masm_.epilogue(frame);
  masm_.bind(start);
  masm_.prologue(frame);
  const uint32_t first = masm_.call();
  const uint32_t second = masm_.call();
  masm_.move(Width::k64, HostMasm::kHostIntResult, kA);
  masm_.epilogue(frame);
  masm_.align(16);
  const uint32_t behind = masm_.offset();
  EXPECT_EQ(behind % 16, 0u);
  masm_.prologue(frame);
  masm_.binary_imm(BinaryOp::kAdd, Width::k64, kA, kA, 5);
  masm_.epilogue(frame);
  EXPECT_TRUE(HostMasm::patch_call(masm_.buffer().at(0), first, before));
  EXPECT_TRUE(HostMasm::patch_call(masm_.buffer().at(0), second, behind));
  function_.fill(masm_.buffer().bytes());
  EXPECT_EQ(call(20, 0), 45u);
}

uint64_t triple(uint64_t value) { return value * 3; }

TEST_P(MasmControl, CallsThroughRegisterAndMemory) {
  for (bool is_memory : {false, true}) {
    masm_.begin();
    masm_.store(StoreOp::k64, slot(2), HostMasm::kHostIntArguments[1]);
    if (is_memory) {
      masm_.call_mem(slot(2));
    } else {
      masm_.load(LoadOp::k64, kPinA, slot(2));
      masm_.call_register(kPinA);
    }
    masm_.finish(function_);
    EXPECT_EQ(call(14, reinterpret_cast<uint64_t>(&triple)), 42u);
  }
}

TEST_P(MasmControl, FramesOfAllSizesKeepCalleeSavedRegistersAndArguments) {
  for (uint32_t size : {0u, 8u, 16u, 24u, 1000u, 32768u, 32776u, 65536u, 200000u, 1000000u}) {
    for (RegisterSet saved :
         {RegisterSet{}, RegisterSet::of(kPinA), RegisterSet::of(kPinA, kPinB, kPinC)}) {
      // An outer function that owns the pins calls one with the frame in question, which overwrites
      // what it saved.
      FrameShape inner;
      inner.size_bytes = size;
      inner.saved = saved;
      masm_.begin();
      for (Gpr pin : {kPinA, kPinB, kPinC}) masm_.move_imm(Width::k64, pin, 1000 + pin.code);
      const uint32_t site = masm_.call();
      for (Gpr pin : {kPinA, kPinB, kPinC})
        masm_.binary(BinaryOp::kAdd, Width::k64, HostMasm::kHostIntResult, HostMasm::kHostIntResult,
                     pin);
      masm_.finish(function_);
      const uint32_t callee = masm_.offset();
      masm_.prologue(inner);
      masm_.move(Width::k64, HostMasm::kHostIntResult, kA);
      if (size >= 8) masm_.store(StoreOp::k64, slot(0), kA);
      // The lowest and the highest slot of the room belong to us.
      const auto saved_bytes = static_cast<int64_t>(saved.count()) * 8;
      if (size >= 8)
        masm_.store(StoreOp::k64, {HostMasm::kFramePointer, kNoGpr, -saved_bytes - 8}, kA);
      for (Gpr pin : {kPinA, kPinB, kPinC}) {
        if (saved.contains(pin.code)) masm_.zero(pin);
      }
      masm_.move(Width::k64, HostMasm::kScratch, HostMasm::kStackPointer);
      masm_.test_imm(Width::k64, HostMasm::kScratch, 15);
      Label aligned;
      masm_.jump_if(Cond::kEqual, aligned);
      masm_.trap();
      masm_.bind(aligned);
      masm_.epilogue(inner);
      ASSERT_TRUE(HostMasm::patch_call(masm_.buffer().at(0), site, callee));
      function_.fill(masm_.buffer().bytes());
      EXPECT_EQ(call(7, 0), 7u + 3000 + kPinA.code + kPinB.code + kPinC.code) << size;
    }
  }
}

}  // namespace
}  // namespace wisp::jit
