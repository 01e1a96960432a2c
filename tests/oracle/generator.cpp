// Everything of a module but its function bodies; see generator.h.
#include "tests/oracle/generator.h"

#include <algorithm>

#include "tests/oracle/function_generator.h"
#include "tests/oracle/profile.h"
#include "tests/support/random_source.h"

namespace wisp::oracle {

namespace {

using jit::Mutability;
using jit::ValueType;

class ModuleGenerator {
 public:
  ModuleGenerator(std::span<const uint8_t> bytes, std::string_view profile,
                  std::span<const jit::FuncType> offered)
      : random_(bytes), profile_(choose(profile)), offered_(offered) {}

  GeneratedCase generate() {
    memory();
    globals();
    for (uint32_t count = random_.below(4); count > 0; --count)
      module_.imported_functions.push_back(imported_signature());
    for (uint32_t count = 1 + random_.below(profile_.max_functions); count > 0; --count) {
      module_.functions.emplace_back();
      module_.functions.back().type = signature();
    }
    tables();
    const auto imported = static_cast<uint32_t>(module_.imported_functions.size());
    for (uint32_t i = 0; i < module_.functions.size(); ++i)
      FunctionGenerator(random_, profile_, module_, imported + i).generate(module_.functions[i]);
    std::vector<Call> made = calls();
    return {std::move(module_), std::move(made)};
  }

 private:
  const Profile& choose(std::string_view name) {
    for (const Profile& profile : kProfiles) {
      if (profile.name == name) return profile;
    }
    // The huge ones, last, are rare: each takes as long as many of the others.
    const uint32_t choice = random_.below(120);
    return choice == 119 ? kProfiles.back() : kProfiles[choice % (kProfiles.size() - 1)];
  }
  bool percent(uint32_t chance) { return random_.below(100) < chance; }
  // Of a memory or a table: higher where another module may have one.
  uint32_t import_chance() const { return offered_.empty() ? 10 : 50; }

  // The integers of a profile and its floats, in its proportion; at times many values.
  Types types(uint32_t usual, uint32_t most) {
    const uint32_t count = percent(88) ? random_.below(usual + 1) : random_.below(most + 1);
    Types result(count);
    const uint32_t ints = profile_.i32 + profile_.i64;
    const uint32_t sum = ints + profile_.f32 + profile_.f64 + profile_.references;
    for (ValueType& type : result) {
      const uint32_t choice = random_.below(sum);
      type = choice < profile_.i32                ? ValueType::kI32
             : choice < ints                      ? ValueType::kI64
             : choice < ints + profile_.f32       ? ValueType::kF32
             : choice < sum - profile_.references ? ValueType::kF64
             : percent(50)                        ? ValueType::kFuncRef
                                                  : ValueType::kExternRef;
    }
    return result;
  }
  jit::FuncType signature() {
    // Some share theirs, so that a wrong entry of a table may have the right type.
    if (!module_.functions.empty() && percent(30)) return module_.functions[0].type;
    Types params = types(4, 20);
    Types results = percent(70) ? types(1, 2) : types(3, 12);
    return {std::move(params), std::move(results)};
  }

  jit::FuncType imported_signature() {
    if (offered_.empty() || percent(20)) return signature();
    return offered_[random_.below(static_cast<uint32_t>(offered_.size()))];
  }

  void memory() {
    if (percent(3)) return;
    jit::MemoryType type;
    type.limits.min = percent(4) ? 0 : 1 + random_.below(2);
    if (percent(85)) type.limits.max = type.limits.min + random_.below(3);
    module_.memory = Memory{type, percent(import_chance())};
    for (uint32_t count = random_.below(4); count > 0; --count) {
      Data data;
      data.is_active = percent(60) && type.limits.min != 0;
      data.offset = random_.below(0x200);
      data.bytes.resize(random_.below(48));
      for (uint8_t& byte : data.bytes) byte = random_.byte();
      module_.data.push_back(std::move(data));
    }
  }

  // The fuel is the first that is not imported (FunctionGenerator).
  void globals() {
    for (uint32_t count = random_.below(3); count > 0; --count)
      module_.globals.push_back({{number_type(), mutability()}, true, 0});
    module_.globals.push_back({{ValueType::kI32, Mutability::kVar}, false, 50});
    for (uint32_t count = random_.below(5); count > 0; --count) {
      const ValueType type = percent(90) ? number_type() : ValueType::kExternRef;
      module_.globals.push_back(
          {{type, mutability()}, false, FunctionGenerator::interesting_bits(random_, type)});
    }
  }
  ValueType number_type() {
    constexpr ValueType kNumbers[] = {ValueType::kI32, ValueType::kI64, ValueType::kF32,
                                      ValueType::kF64};
    return kNumbers[random_.below(4)];
  }
  Mutability mutability() { return percent(75) ? Mutability::kVar : Mutability::kConst; }

  void tables() {
    if (percent(75)) {
      const uint32_t count = module_.function_count();
      const uint32_t before = random_.below(3);
      Elements elements;
      elements.offset = before;
      for (uint32_t function = 0; function < count; ++function) {
        if (percent(80)) elements.functions.emplace_back(function);
        if (percent(10)) elements.functions.emplace_back();
      }
      const auto size = static_cast<uint32_t>(before + elements.functions.size());
      add_table(ValueType::kFuncRef, size + random_.below(3));
      Elements passive = elements;
      passive.is_active = false;
      module_.elements.push_back(std::move(elements));
      if (percent(50)) module_.elements.push_back(std::move(passive));
    }
    if (percent(50)) add_table(ValueType::kExternRef, random_.below(6));
  }
  void add_table(ValueType element, uint32_t size) {
    Table table;
    table.type = {element, {size, {}}};
    if (percent(70)) table.type.limits.max = size + random_.below(4);
    // Imported ones come first.
    table.is_imported = module_.tables.empty() && percent(import_chance());
    module_.tables.push_back(table);
  }

  // Every function, more than once; small integers more often than others, since they are good
  // addresses.
  std::vector<Call> calls() {
    std::vector<Call> result;
    const uint32_t rounds = 2 + random_.below(3);
    const auto imported = static_cast<uint32_t>(module_.imported_functions.size());
    for (uint32_t round = 0; round < rounds; ++round) {
      for (uint32_t i = 0; i < module_.functions.size(); ++i) result.push_back(call(imported + i));
    }
    return result;
  }
  Call call(uint32_t function) {
    Call call{"f" + std::to_string(function), {}};
    for (ValueType type : module_.function_type(function).params) {
      uint64_t bits = FunctionGenerator::interesting_bits(random_, type);
      if (type == ValueType::kI32 && percent(40)) bits = random_.below(0x1000);
      if (type == ValueType::kExternRef) bits = random_.below(4);
      call.arguments.push_back({type, Certainty::kExact, bits});
    }
    return call;
  }

  test::RandomSource random_;
  const Profile& profile_;
  std::span<const jit::FuncType> offered_;
  ModuleTree module_;
};

}  // namespace

// splitmix64.
std::vector<uint8_t> bytes_of_seed(uint64_t seed) {
  std::vector<uint8_t> bytes(128 * 1024);
  uint64_t state = seed;
  for (size_t i = 0; i < bytes.size(); i += 8) {
    uint64_t word = state += 0x9e3779b97f4a7c15;
    word = (word ^ (word >> 30)) * 0xbf58476d1ce4e5b9;
    word = (word ^ (word >> 27)) * 0x94d049bb133111eb;
    word ^= word >> 31;
    for (size_t j = 0; j < 8; ++j) bytes[i + j] = static_cast<uint8_t>(word >> (8 * j));
  }
  return bytes;
}

GeneratedCase generate(std::span<const uint8_t> bytes, std::string_view profile,
                       std::span<const jit::FuncType> offered) {
  return ModuleGenerator(bytes, profile, offered).generate();
}

}  // namespace wisp::oracle
