#include "tests/oracle/outcome.h"

#include <algorithm>
#include <cinttypes>
#include <cstdio>
#include <tuple>

namespace wisp::oracle {

// clang-format off
const char* to_string(Ending ending) {
  switch (ending) {
    case Ending::kReturned: return "returned";
    case Ending::kTrapped: return "trapped";
    case Ending::kOutOfFuel: return "out of fuel";
    case Ending::kTooDeep: return "calls nested too deeply";
    case Ending::kNotDetermined: return "depends on the bits of a NaN";
    case Ending::kLimit: return "above the limits of memories or tables";
  }
  return "?";
}
// clang-format on

namespace {

using Difference = std::optional<std::string>;

// Backtraces of engines end somewhere; what lies further out is not compared.
constexpr size_t kComparedFrames = 60;

std::string hexadecimal(uint64_t number) {
  char text[32];
  std::snprintf(text, sizeof text, "0x%" PRIx64, number);
  return text;
}

std::string in_words(const std::vector<Value>& values) {
  std::string text;
  for (const Value& value : values) text.append(text.empty() ? "" : ", ").append(to_string(value));
  return "(" + text + ")";
}

std::string in_words(const TrapFrame& frame) {
  return "function " + std::to_string(frame.function) + " at " + hexadecimal(frame.wasm_offset);
}

std::string in_words(const Completion& completion) {
  if (completion.ending == Ending::kReturned) return "returns " + in_words(completion.results);
  if (completion.ending != Ending::kTrapped) return to_string(completion.ending);
  std::string text = std::string("traps: ") + jit::to_string(completion.trap);
  if (!completion.frames.empty()) text += " in " + in_words(completion.frames.front());
  return text;
}

std::string versus(const std::string& what, const std::string& expected,
                   const std::string& actual) {
  return what + ": not " + expected + " but " + actual;
}

bool could_be_all(const std::vector<Value>& expected, const std::vector<Value>& actual) {
  return std::equal(expected.begin(), expected.end(), actual.begin(), actual.end(), could_be);
}

Difference frames_difference(const std::string& what, const std::vector<TrapFrame>& expected,
                             const std::vector<TrapFrame>& actual) {
  for (size_t i = 0; i < kComparedFrames; ++i) {
    if (i >= expected.size() && i >= actual.size()) break;
    const std::string in = what + ", frame " + std::to_string(i) + " of the trap";
    if (i >= expected.size()) return versus(in, "the last one before", in_words(actual[i]));
    if (i >= actual.size()) return versus(in, in_words(expected[i]), "there");
    if (expected[i] == actual[i]) continue;
    return versus(in, in_words(expected[i]), in_words(actual[i]));
  }
  return std::nullopt;
}

Difference completion_difference(const std::string& what, const Completion& expected,
                                 const Completion& actual) {
  const bool same_ending = expected.ending == actual.ending && expected.trap == actual.trap;
  if (!same_ending || !could_be_all(expected.results, actual.results)) {
    return versus(what, in_words(expected), in_words(actual));
  }
  return frames_difference(what, expected.frames, actual.frames);
}

Difference host_call_difference(const std::vector<HostCall>& expected,
                                const std::vector<HostCall>& actual) {
  const auto describe = [](const std::vector<HostCall>& calls, size_t i) {
    if (i >= calls.size()) return std::string("the end of the run");
    return "of import " + std::to_string(calls[i].import) + " with " + in_words(calls[i].arguments);
  };
  for (size_t i = 0; i < std::max(expected.size(), actual.size()); ++i) {
    const bool same = i < expected.size() && i < actual.size() &&
                      expected[i].import == actual[i].import &&
                      could_be_all(expected[i].arguments, actual[i].arguments);
    if (same) continue;
    return versus("call " + std::to_string(i) + " of the host", describe(expected, i),
                  describe(actual, i));
  }
  return std::nullopt;
}

Difference memory_difference(const std::string& what, const MemoryContent& expected,
                             const MemoryContent& actual) {
  if (expected.bytes.size() != actual.bytes.size()) {
    return versus("size of " + what, std::to_string(expected.bytes.size()),
                  std::to_string(actual.bytes.size()));
  }
  for (auto at = expected.bytes.begin(), other = actual.bytes.begin();;) {
    std::tie(at, other) = std::mismatch(at, expected.bytes.end(), other);
    if (at == expected.bytes.end()) return std::nullopt;
    const auto address = static_cast<uint64_t>(at - expected.bytes.begin());
    if (!expected.unknown.contains(address)) {
      return versus(what + ", byte " + hexadecimal(address), std::to_string(*at),
                    std::to_string(*other));
    }
    ++at;
    ++other;
  }
}

// Of values that have an index: globals, elements of a table.
Difference values_difference(const std::string& what, const std::vector<Value>& expected,
                             const std::vector<Value>& actual) {
  if (expected.size() != actual.size()) {
    return versus("size of " + what, std::to_string(expected.size()),
                  std::to_string(actual.size()));
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    if (could_be(expected[i], actual[i])) continue;
    return versus(what + " " + std::to_string(i), to_string(expected[i]), to_string(actual[i]));
  }
  return std::nullopt;
}

Difference state_difference(const State& expected, const State& actual) {
  for (size_t i = 0; i < expected.memories.size(); ++i) {
    const std::string what = "memory " + std::to_string(i);
    Difference found = memory_difference(what, expected.memories[i], actual.memories[i]);
    if (found) return found;
  }
  if (Difference found = values_difference("global", expected.globals, actual.globals)) {
    return found;
  }
  for (size_t i = 0; i < expected.tables.size(); ++i) {
    const std::string what = "table " + std::to_string(i) + ", element";
    Difference found = values_difference(what, expected.tables[i], actual.tables[i]);
    if (found) return found;
  }
  return std::nullopt;
}

}  // namespace

Difference difference(const Outcome& expected, const Outcome& actual) {
  for (size_t i = 0; i < expected.instantiations.size(); ++i) {
    const std::string what = "instantiation of module " + std::to_string(i);
    Difference found =
        completion_difference(what, expected.instantiations[i], actual.instantiations[i]);
    if (found) return found;
  }
  for (size_t i = 0; i < expected.calls.size(); ++i) {
    const std::string what = "call " + std::to_string(i);
    Difference found = completion_difference(what, expected.calls[i], actual.calls[i]);
    if (found) return found;
  }
  if (Difference found = host_call_difference(expected.host_calls, actual.host_calls)) {
    return found;
  }
  for (size_t i = 0; i < expected.states.size(); ++i) {
    Difference found = state_difference(expected.states[i], actual.states[i]);
    if (found) return "module " + std::to_string(i) + ", " + *found;
  }
  return std::nullopt;
}

}  // namespace wisp::oracle
