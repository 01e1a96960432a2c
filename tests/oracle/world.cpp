#include "tests/oracle/world.h"

#include <iterator>

namespace wisp::oracle {

using jit::ValueType;

uint64_t Random::next() {
  state_ += 0x9e3779b97f4a7c15;
  uint64_t mixed = state_;
  mixed = (mixed ^ mixed >> 30) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ mixed >> 27) * 0x94d049bb133111eb;
  return mixed ^ mixed >> 31;
}

namespace {

constexpr uint64_t kIntegers[] = {
    0,
    1,
    2,
    7,
    8,
    31,
    32,
    63,
    64,
    127,
    128,
    255,
    256,
    32767,
    32768,
    65535,
    65536,
    0x7fffffff,
    0x80000000,
    0xfffffffe,
    0xffffffff,
    0x80000001,
    0x100000000,
    0x7fffffffffffffff,
    0x8000000000000000,
    ~uint64_t{1},
    ~uint64_t{0},
};
constexpr uint64_t kF32[] = {
    0x00000000, 0x80000000,              // zeros
    0x00000001, 0x807fffff, 0x00800000,  // the smallest, and the largest without a leading 1
    0x3f000000, 0x3f800000, 0xbf800000, 0x40200000,                          // 0.5, 1, -1, 2.5
    0x4f000000, 0xcf000000, 0x4f800000, 0x5f000000, 0xdf000000, 0x5f800000,  // ends of integers
    0x7f7fffff, 0x7f800000, 0xff800000,              // the largest, infinities
    0x7fc00000, 0xffc00000, 0x7fa00000, 0x7fc12345,  // NaNs: canonical, signalling, with a payload
};
constexpr uint64_t kF64[] = {
    0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x800fffffffffffff,
    0x0010000000000000, 0x3fe0000000000000, 0x3ff0000000000000, 0xbff0000000000000,
    0x4004000000000000, 0x41e0000000000000, 0xc1e0000000000000, 0xc1e0000000200000,
    0x41f0000000000000, 0x43e0000000000000, 0xc3e0000000000000, 0x43f0000000000000,
    0x7fefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000,
    0xfff8000000000000, 0x7ff4000000000000, 0x7ff8000000012345,
};

template <size_t kCount>
uint64_t pick(const uint64_t (&values)[kCount], Random& random) {
  return values[random.below(kCount)];
}

uint64_t arbitrary_bits(ValueType type, Random& random) {
  switch (type) {
    case ValueType::kF32:
      return random.one_in(3) ? random.next() : pick(kF32, random);
    case ValueType::kF64:
      return random.one_in(3) ? random.next() : pick(kF64, random);
    case ValueType::kExternRef:
      return random.below(4);
    case ValueType::kI32:
    case ValueType::kI64:
      break;
    default:
      return 0;
  }
  switch (random.below(4)) {
    case 0:
      return random.next();
    case 1:
      return random.below(100);
    default:
      return pick(kIntegers, random);
  }
}

}  // namespace

Value arbitrary_value(ValueType type, Random& random) {
  const uint64_t bits = arbitrary_bits(type, random);
  const bool is_narrow = type == ValueType::kI32 || type == ValueType::kF32;
  return {type, Certainty::kExact, is_narrow ? bits & 0xffffffff : bits};
}

std::vector<Value> host_results(const jit::FuncType& type, uint64_t seed, uint32_t function,
                                uint64_t ordinal) {
  Random random(seed ^ (uint64_t{function} << 32) ^ (ordinal << 8));
  std::vector<Value> results;
  for (const ValueType result : type.results) results.push_back(arbitrary_value(result, random));
  return results;
}

Value host_global(const jit::GlobalType& type, uint64_t seed, uint32_t global) {
  Random random(seed + global);
  return arbitrary_value(type.value, random);
}

}  // namespace wisp::oracle
