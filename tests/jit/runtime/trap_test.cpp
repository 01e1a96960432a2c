// Traps from every kind of site, with hand-assembled guests: what the fault handler makes of them,
// and where they land.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "jit/runtime/builtins.h"
#include "platform/fiber.h"
#include "tests/jit/runtime/guest_code.h"

namespace wisp::jit {
namespace {

using enum ValueType;
using Masm = GuestBuilder::Masm;

class TrapTest : public testing::Test {
 protected:
  // The trap that calling function `index` ends with; kNone if it returns.
  TrapCode call(Instance& instance, uint32_t index, std::vector<uint64_t> values = {}) {
    values.resize(8);
    auto result = store_.call(*instance.reference_to(index), values);
    values_ = values;
    return result.has_value() ? TrapCode::kNone : store_.last_trap().code;
  }
  Instance& instantiate(GuestBuilder& builder, std::vector<Extern> imports = {}) {
    return *store_.instantiate(builder.finish(), imports).value();
  }

  std::shared_ptr<Engine> engine_ = Engine::create().value();
  Store store_{engine_};
  GuestBuilder guest_{*engine_};
  std::vector<uint64_t> values_;
};

constexpr FrameShape kPlainFrame{};

TEST_F(TrapTest, ReturnsResultsOfEveryClassAndFromTheStack) {
  FuncType type{{kI32, kI64, kF32, kF64, kI64, kI64, kI64, kI64, kI64},
                {kI64, kF64, kI64, kI64, kI64}};
  uint32_t function = guest_.add_function(type, [](Masm& m) {
    m.prologue(kPlainFrame);
    // Results: i64s in rax, rdx, rcx, then the stack slot behind the two stack arguments.
    m.load(LoadOp::k64, x64::rax, Masm::incoming_stack_slot(0));  // the eighth argument
    m.store(StoreOp::k64, Masm::incoming_stack_slot(1), x64::rdx);
    m.float_move(Width::k64, x64::xmm0, x64::xmm1);
    m.move_imm(Width::k64, x64::rdx, 22);
    m.move_imm(Width::k64, x64::rcx, 33);
    m.epilogue(kPlainFrame);
  });
  Instance& instance = instantiate(guest_);
  uint64_t pi = 0x400921fb54442d18;
  EXPECT_EQ(call(instance, function, {1, 2, 0x3f800000, pi, 5, 6, 7, 8, 9}), TrapCode::kNone);
  EXPECT_EQ(values_[0], 9u);
  EXPECT_EQ(values_[1], pi);
  EXPECT_EQ(values_[2], 22u);
  EXPECT_EQ(values_[3], 33u);
  EXPECT_EQ(values_[4], 2u);
}

TEST_F(TrapTest, TrapInstructionsSayWhatTheTableSays) {
  uint32_t function = guest_.add_function({}, [this](Masm& m) {
    m.prologue(kPlainFrame);
    guest_.site(TrapCode::kIndirectCallTypeMismatch, 123);
    m.trap();
  });
  Instance& instance = instantiate(guest_);
  EXPECT_EQ(call(instance, function), TrapCode::kIndirectCallTypeMismatch);
  ASSERT_EQ(store_.last_trap().backtrace.size(), 1u);
  EXPECT_EQ(store_.last_trap().backtrace[0].wasm_offset, 123u);
  EXPECT_EQ(store_.last_trap().backtrace[0].function_index, function);
  EXPECT_EQ(call(instance, function), TrapCode::kIndirectCallTypeMismatch);  // and again
}

TEST_F(TrapTest, DivisionFaultsAreToldApartByTheDivisor) {
  FuncType type{{kI32, kI32}, {kI32}};
  uint32_t function = guest_.add_function(type, [this](Masm& m) {
    m.prologue(kPlainFrame);
    m.move(Width::k32, x64::rcx, x64::rdx);
    m.move(Width::k32, x64::rdx, x64::rax);
    m.shift_imm(ShiftOp::kShrS, Width::k32, x64::rdx, x64::rdx, 31);  // what cdq does
    guest_.site(TrapCode::kIntegerDivideByZero, 7, x64::rcx.code);
    m.buffer().reserve()[0] = 0xf7;  // idiv ecx
    m.buffer().reserve()[1] = 0xf9;
    m.buffer().commit(m.buffer().reserve() + 2);
    m.epilogue(kPlainFrame);
  });
  Instance& instance = instantiate(guest_);
  EXPECT_EQ(call(instance, function, {42, 6}), TrapCode::kNone);
  EXPECT_EQ(values_[0], 7u);
  EXPECT_EQ(call(instance, function, {42, 0}), TrapCode::kIntegerDivideByZero);
  EXPECT_EQ(call(instance, function, {0x80000000, 0xffffffff}), TrapCode::kIntegerOverflow);
}

TEST_F(TrapTest, AccessBeyondAMemoryTrapsWithAndWithoutASite) {
  guest_.module().memories.push_back({{1, {}}});
  uint32_t with_site = guest_.add_function({{kI32}, {kI32}}, [this](Masm& m) {
    m.prologue(kPlainFrame);
    guest_.site(TrapCode::kMemoryOutOfBounds, 55);
    m.load(LoadOp::k32U, x64::rax, {x64::r14, x64::rax, 0xfffffff});
    m.epilogue(kPlainFrame);
  });
  uint32_t without = guest_.add_function({{kI32}, {kI32}}, [](Masm& m) {
    m.prologue(kPlainFrame);
    m.load(LoadOp::k32U, x64::rax, {x64::r14, x64::rax, 0});
    m.epilogue(kPlainFrame);
  });
  Instance& instance = instantiate(guest_);
  EXPECT_EQ(call(instance, with_site, {0xffffffff}), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(store_.last_trap().backtrace.at(0).wasm_offset, 55u);
  EXPECT_EQ(call(instance, without, {65532}), TrapCode::kNone);
  EXPECT_EQ(call(instance, without, {65533}), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(call(instance, without, {65536}), TrapCode::kMemoryOutOfBounds);
}

TEST_F(TrapTest, RecursionEndsAtTheGuardAndTheStackIsUsableAgain) {
  Label self;
  uint32_t function = guest_.add_function({}, [&](Masm& m) {
    m.bind(self);
    m.prologue({{}, 64});
    uint32_t call = m.call();
    EXPECT_TRUE(Masm::patch_call(m.buffer().at(0), call, self.position()));
    guest_.site(TrapCode::kNone, 9);
    m.epilogue({{}, 64});
  });
  Instance& instance = instantiate(guest_);
  for (int i = 0; i < 3; i++) {
    EXPECT_EQ(call(instance, function), TrapCode::kStackExhausted);
    EXPECT_GE(store_.last_trap().backtrace.size(), 32u);
    EXPECT_EQ(store_.last_trap().backtrace[5].wasm_offset, 9u);
  }
}

TEST_F(TrapTest, FramesLargerThanTheGuardCannotJumpOverIt) {
  FrameShape huge{{}, 64 * 1024 * 1024};
  uint32_t function = guest_.add_function({}, [&](Masm& m) {
    m.prologue(huge);
    m.epilogue(huge);
  });
  Instance& instance = instantiate(guest_);
  EXPECT_EQ(call(instance, function), TrapCode::kStackExhausted);
}

// A guest function that only calls its first import, type () -> ().
uint32_t add_caller(GuestBuilder& guest, uint32_t wasm_offset) {
  return guest.add_function({}, [&](Masm& m) {
    InstanceLayout layout(guest.module());
    m.prologue({{}, 16});
    m.store(StoreOp::k64, {x64::rsp, kNoGpr, 0}, x64::r15);
    m.load_address(x64::rax, {x64::r15, kNoGpr, layout.function_import(0)});
    m.load(LoadOp::k64, x64::r15, {x64::rax, kNoGpr, offsetof(FuncRef, context)});
    m.call_mem({x64::rax, kNoGpr, offsetof(FuncRef, code)});
    guest.site(TrapCode::kNone, wasm_offset);
    m.load(LoadOp::k64, x64::r15, {x64::rsp, kNoGpr, 0});
    m.epilogue({{}, 16});
  });
}

TEST_F(TrapTest, HostFunctionsTrapWithTheirText) {
  guest_.import_function({});
  uint32_t function = add_caller(guest_, 31);
  FuncRef* host = store_.add_host_function(
      {},
      [](void* store, uint64_t*) {
        static_cast<Store*>(store)->set_trap(TrapCode::kHost, "the host says no");
        return TrapCode::kHost;
      },
      &store_);
  Instance& instance = instantiate(guest_, {host});
  EXPECT_EQ(call(instance, function), TrapCode::kHost);
  EXPECT_EQ(store_.last_trap().message, "the host says no");
  ASSERT_EQ(store_.last_trap().backtrace.size(), 1u);
  EXPECT_EQ(store_.last_trap().backtrace[0].wasm_offset, 31u);
}

TEST_F(TrapTest, HostFunctionsGetArgumentsAndGiveResults) {
  FuncType type{{kI32, kF64, kI64, kI64, kI64, kI64, kI64, kI64, kF32},
                {kI64, kI64, kI64, kI64, kF32}};
  FuncRef* host = store_.add_host_function(
      type,
      [](void*, uint64_t* values) {
        uint64_t sum = 0;
        for (int i = 2; i < 8; i++) sum = sum * 10 + values[i];
        bool clean =
            values[0] == 0xffffffff && values[1] == 0x400921fb54442d18 && values[8] == 0x3f800000;
        values[0] = sum;
        values[1] = clean;
        values[2] = 22;
        values[3] = 33;
        values[4] = 0x40000000;
        return TrapCode::kNone;
      },
      nullptr);
  std::vector<uint64_t> values{0xffffffff, 0x400921fb54442d18, 1, 2, 3, 4, 5, 6, 0x3f800000};
  ASSERT_TRUE(store_.call(*host, values).has_value());
  EXPECT_EQ(values[0], 123456u);
  EXPECT_EQ(values[1], 1u);
  EXPECT_EQ(values[2], 22u);
  EXPECT_EQ(values[3], 33u);
  EXPECT_EQ(values[4], 0x40000000u);
}

struct Nested {
  Store& store;
  Instance* instance = nullptr;
  uint32_t inner = 0;
  int survived = 0;
};

TEST_F(TrapTest, ATrapEndsTheInnermostEntryOnly) {
  guest_.import_function({});
  uint32_t outer = add_caller(guest_, 1);
  uint32_t inner = guest_.add_function({}, [this](Masm& m) {
    m.prologue(kPlainFrame);
    guest_.site(TrapCode::kUnreachable, 2);
    m.trap();
  });
  Nested nested{store_, nullptr, inner};
  FuncRef* host = store_.add_host_function(
      {},
      [](void* environment, uint64_t*) {
        auto& it = *static_cast<Nested*>(environment);
        auto result = it.store.call(*it.instance->reference_to(it.inner), {});
        if (!result.has_value() && it.store.last_trap().code == TrapCode::kUnreachable)
          it.survived++;
        return it.survived < 3 ? TrapCode::kNone : it.store.last_trap().code;
      },
      &nested);
  nested.instance = &instantiate(guest_, {host});
  EXPECT_EQ(call(*nested.instance, outer), TrapCode::kNone);
  EXPECT_EQ(call(*nested.instance, outer), TrapCode::kNone);
  EXPECT_EQ(nested.survived, 2);
  // Passed on, it keeps its text and the backtrace of both guests.
  EXPECT_EQ(call(*nested.instance, outer), TrapCode::kUnreachable);
  EXPECT_EQ(store_.last_trap().message, "unreachable");
  ASSERT_EQ(store_.last_trap().backtrace.size(), 2u);
  EXPECT_EQ(store_.last_trap().backtrace[0].wasm_offset, 2u);
  EXPECT_EQ(store_.last_trap().backtrace[1].wasm_offset, 1u);
}

TEST_F(TrapTest, MutualRecursionWithTheHostLeavesItHeadroom) {
  guest_.import_function({});
  uint32_t outer = add_caller(guest_, 1);
  Nested nested{store_, nullptr, outer};
  FuncRef* host = store_.add_host_function(
      {},
      [](void* environment, uint64_t*) {
        auto& it = *static_cast<Nested*>(environment);
        volatile char needed[64 * 1024];
        for (size_t i = 0; i < sizeof(needed); i += 4096) needed[i] = 1;
        it.survived++;
        auto result = it.store.call(*it.instance->reference_to(it.inner), {});
        return result.has_value() ? TrapCode::kNone : it.store.last_trap().code;
      },
      &nested);
  nested.instance = &instantiate(guest_, {host});
  EXPECT_EQ(call(*nested.instance, outer), TrapCode::kStackExhausted);
  EXPECT_GE(nested.survived, 8);
}

TEST_F(TrapTest, BuiltinsRunAndTrap) {
  guest_.module().memories.push_back({{1, 3}});
  auto call_builtin = [](BuiltinId id) {
    return [id](Masm& m) {
      m.prologue(kPlainFrame);
      m.move(Width::k64, x64::rsi, x64::rax);  // the first two arguments
      m.move(Width::k64, x64::rcx, x64::rdx);
      m.move(Width::k64, x64::rdx, x64::rcx);
      m.move_imm(Width::k64, x64::r8, 0x200);
      m.move_imm(Width::k64, x64::rcx, 0xab);
      m.move(Width::k64, x64::rdi, x64::r15);
      m.load(LoadOp::k64, x64::rax, {x64::r15, kNoGpr, offsetof(VmContext, builtins)});
      m.call_mem({x64::rax, kNoGpr, builtin_offset(id)});
      m.epilogue(kPlainFrame);
    };
  };
  uint32_t grow = guest_.add_function({{kI32, kI64}, {kI64}}, call_builtin(BuiltinId::kMemoryGrow));
  uint32_t fill = guest_.add_function({{kI32, kI64}, {}}, call_builtin(BuiltinId::kMemoryFill));
  Instance& instance = instantiate(guest_);
  EXPECT_EQ(call(instance, fill, {0, 0xfe00}), TrapCode::kNone);
  EXPECT_EQ(instance.memory(0).base()[0xffff], 0xab);
  EXPECT_EQ(call(instance, fill, {0, 0xfe01}), TrapCode::kMemoryOutOfBounds);
  EXPECT_EQ(call(instance, grow, {0, 2}), TrapCode::kNone);
  EXPECT_EQ(values_[0], 1u);
  EXPECT_EQ(call(instance, fill, {0, 0xfe01}), TrapCode::kNone);
  EXPECT_EQ(call(instance, grow, {0, 1}), TrapCode::kNone);
  EXPECT_EQ(values_[0], ~uint64_t{0});
}

TEST_F(TrapTest, AnotherThreadInterruptsALoop) {
  uint32_t loop = guest_.add_function({}, [](Masm& m) {
    m.prologue(kPlainFrame);
    Label head;
    m.bind(head);
    m.jump(head);
  });
  Instance& instance = instantiate(guest_);
  std::thread other([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    store_.interrupt(TrapCode::kInterrupted);
  });
  EXPECT_EQ(call(instance, loop), TrapCode::kInterrupted);
  other.join();
  EXPECT_FALSE(store_.interrupt_pending());
  ASSERT_TRUE(store_.set_deadline(10'000'000).has_value());
  EXPECT_EQ(call(instance, loop), TrapCode::kInterrupted);
}

// A store may be made on one thread, get its deadline on a second one, and run on a third.
TEST_F(TrapTest, TheDeadlineFollowsTheStoreToAnotherThread) {
  constexpr auto kLongEnough = std::chrono::seconds(30);
  uint32_t nothing = guest_.add_function({}, [](Masm& m) {
    m.prologue(kPlainFrame);
    m.epilogue(kPlainFrame);
  });
  uint32_t loop = guest_.add_function({}, [](Masm& m) {
    m.prologue(kPlainFrame);
    Label head;
    m.bind(head);
    m.jump(head);
  });
  Instance& instance = instantiate(guest_);
  const auto set_deadline = [&] { ASSERT_TRUE(store_.set_deadline(10'000'000).has_value()); };
  const auto run = [&] { EXPECT_EQ(call(instance, nothing), TrapCode::kNone); };
  const auto run_until_it_ends = [&] { EXPECT_EQ(call(instance, loop), TrapCode::kInterrupted); };
  const auto elsewhere = [](const auto& body) { std::thread(body).join(); };
  // Ends a loop that the deadline does not, with another code.
  std::mutex mutex;
  std::condition_variable end;
  bool is_over = false;
  std::thread watch([&] {
    std::unique_lock lock(mutex);
    if (end.wait_for(lock, kLongEnough, [&] { return is_over; })) return;
    for (int i = 0; i < 4 && !is_over; i++) {
      store_.interrupt(TrapCode::kUnreachable);
      end.wait_for(lock, std::chrono::seconds(1), [&] { return is_over; });
    }
  });

  run();  // here first
  set_deadline();
  elsewhere(run_until_it_ends);
  run();
  elsewhere(set_deadline);  // by a thread that is gone when the time is over
  run_until_it_ends();
  elsewhere(run);
  set_deadline();  // nothing of this store ran here since
  elsewhere(run_until_it_ends);
  run();  // what is over is over
  EXPECT_FALSE(store_.interrupt_pending());
  {
    std::lock_guard lock(mutex);
    is_over = true;
  }
  end.notify_all();
  watch.join();
}

TEST_F(TrapTest, AnInterruptInHostCodeWaitsForTheGuest) {
  guest_.import_function({});
  uint32_t function = add_caller(guest_, 1);
  FuncRef* host = store_.add_host_function(
      {},
      [](void* store, uint64_t*) {
        static_cast<Store*>(store)->interrupt(TrapCode::kInterrupted);
        return TrapCode::kNone;
      },
      &store_);
  Instance& instance = instantiate(guest_, {host});
  EXPECT_EQ(call(instance, function), TrapCode::kInterrupted);
  store_.interrupt(TrapCode::kInterrupted);  // before it is entered
  EXPECT_EQ(call(instance, function), TrapCode::kInterrupted);
}

TEST_F(TrapTest, HostFunctionsMaySuspendTheGuest) {
  guest_.import_function({});
  uint32_t function = add_caller(guest_, 1);
  FuncRef* host = store_.add_host_function(
      {},
      [](void*, uint64_t*) {
        Fiber::suspend();
        return TrapCode::kNone;
      },
      nullptr);
  struct State {
    Instance* instance;
    uint32_t function;
    Store& store;
    int suspended = 0;
  } state{&instantiate(guest_, {host}), function, store_};
  auto body = [](void* environment) {
    auto& it = *static_cast<State*>(environment);
    for (int i = 0; i < 3; i++) {
      EXPECT_TRUE(it.store.call(*it.instance->reference_to(it.function), {}).has_value());
    }
  };
  auto handler = [](void* environment, Fiber&) { static_cast<State*>(environment)->suspended++; };
  ASSERT_TRUE(store_.run_on_guest_stack(body, &state, handler, &state).has_value());
  EXPECT_EQ(state.suspended, 3);
}

using TrapDeathTest = TrapTest;

TEST_F(TrapDeathTest, AFaultOfTheHostIsNoTrap) {
  guest_.import_function({});
  uint32_t function = add_caller(guest_, 1);
  FuncRef* host = store_.add_host_function(
      {},
      [](void* null, uint64_t*) {
        *static_cast<volatile int*>(null) = 1;
        return TrapCode::kNone;
      },
      nullptr);
  Instance& instance = instantiate(guest_, {host});
  EXPECT_DEATH(call(instance, function), "");
}

TEST_F(TrapDeathTest, CodeIsNeverWritable) {
  uint32_t function = guest_.add_function({}, [](Masm& m) { m.trap(); });
  Instance& instance = instantiate(guest_);
  auto* code =
      static_cast<volatile uint8_t*>(const_cast<void*>(instance.reference_to(function)->code));
  EXPECT_DEATH(code[0] = 0, "");
}

}  // namespace
}  // namespace wisp::jit
