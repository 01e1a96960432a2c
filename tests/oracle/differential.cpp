#include "tests/oracle/differential.h"

#include <algorithm>

#include "jit/wasm/module_decoder.h"
#include "platform/check.h"
#include "tests/oracle/child.h"
#include "tests/oracle/run.h"
#include "tests/oracle/world.h"

namespace wisp::oracle {
namespace {

// What is switched off in turn.
constexpr const char* kDisabled[] = {"", "homes", "folding", "fusion", "homes,folding,fusion"};

// A process that makes no progress for so long does not end.
constexpr unsigned kMaxSeconds = 120;

// The calls of the run that can be compared, and what came of them: a call that is not conclusive
// is left out, and with it all later ones of the same function, until there is none.
Outcome run_conclusive_calls(const jit::Module& module, Plan plan, std::vector<Call>& calls) {
  while (true) {
    plan.calls = calls;
    Outcome outcome = run_in_interpreter(module, plan);
    if (outcome.calls.empty() || is_conclusive(outcome.calls.back().ending)) return outcome;
    const auto first = calls.begin() + static_cast<ptrdiff_t>(outcome.calls.size()) - 1;
    const std::string name = first->name;
    calls.erase(
        std::remove_if(first, calls.end(), [&name](const Call& call) { return call.name == name; }),
        calls.end());
  }
}

std::string with_calls(const std::string& difference, std::span<const Call> calls) {
  std::string text = difference;
  for (size_t i = 0; i < calls.size(); ++i) {
    text += "\n  call " + std::to_string(i) + ": " + calls[i].name + "(";
    for (size_t at = 0; at < calls[i].arguments.size(); ++at) {
      text += (at == 0 ? "" : ", ") + to_string(calls[i].arguments[at]);
    }
    text += ")";
  }
  return text;
}

}  // namespace

std::vector<Call> default_calls(const jit::Module& module, const DifferentialOptions& options) {
  std::vector<Call> calls;
  Random random(options.seed);
  for (uint32_t round = 0; round < options.rounds; ++round) {
    for (const jit::Export& item : module.exports) {
      if (item.kind != jit::ExternKind::kFunc || calls.size() == options.max_calls) continue;
      Call call{std::string(item.name), {}};
      for (const jit::ValueType type : module.function_type(item.index).params) {
        call.arguments.push_back(arbitrary_value(type, random));
      }
      calls.push_back(std::move(call));
    }
  }
  return calls;
}

Differential::Differential(const DifferentialOptions& options) : options_(options) {
  for (const char* disabled : kDisabled) {
    jit::EngineOptions parts;
    parts.compile_threads = 1;
    parts.disabled = disabled;
    configurations_.push_back({disabled, jit::Engine::create(parts).value()});
  }
}

Finding Differential::check(std::span<const uint8_t> bytes, std::span<const Call> given) {
  return check(bytes, given, [](const std::string&) {});
}

Finding Differential::check(std::span<const uint8_t> bytes, std::span<const Call> given,
                            const std::function<void(const std::string&)>& begin) {
  const Result<void> valid = jit::validate_module(bytes);
  if (!valid.has_value()) return {Verdict::kNotCompared, valid.error().message(), "", 0};
  const jit::Module module = jit::decode_module(bytes).value();
  std::vector<Call> calls(given.begin(), given.end());
  if (calls.empty()) calls = default_calls(module, options_);
  Plan plan{{}, options_.seed, options_.limits, options_.deadline_ns};
  const Outcome expected = run_conclusive_calls(module, plan, calls);
  if (!is_conclusive(expected.instantiation.ending)) {
    return {Verdict::kNotCompared, to_string(expected.instantiation.ending), "", 0};
  }

  plan.calls = calls;
  for (const Configuration& configuration : configurations_) {
    begin(configuration.disabled);
    Result<Outcome> actual = run_in_wisp(configuration.engine, bytes, plan);
    const bool is_limit = !actual.has_value() && actual.error().code() == ErrorCode::kLimit;
    if (is_limit) return {Verdict::kNotCompared, actual.error().message(), "", 0};
    const std::optional<std::string> found =
        actual.has_value() ? difference(expected, actual.value()) : actual.error().message();
    if (!found) continue;
    return {Verdict::kDifferent, with_calls(*found, calls), configuration.disabled, calls.size()};
  }
  return {Verdict::kSame, "", "", calls.size()};
}

Finding Differential::check_isolated(std::span<const uint8_t> bytes, std::span<const Call> calls) {
  // Lines of the child: the parts that are off from now on; at the end, the finding.
  const ChildResult child = run_in_child(kMaxSeconds, [&](std::FILE* out) {
    const Finding finding = check(bytes, calls, [out](const std::string& disabled) {
      std::fprintf(out, "%s\n", disabled.c_str());
      std::fflush(out);
    });
    std::fprintf(out, "=%d %llu %s\n%s", static_cast<int>(finding.verdict),
                 static_cast<unsigned long long>(finding.conclusive), finding.disabled.c_str(),
                 finding.text.c_str());
  });
  const size_t verdict = child.output.find("=");
  if (!child.failure.empty() || verdict == std::string::npos) {
    std::string text = child.output;
    while (!text.empty() && text.back() == '\n') text.pop_back();
    const std::string disabled = text.substr(text.rfind('\n') + 1);
    return {Verdict::kCrashed, child.failure, disabled, 0};
  }
  Finding finding;
  const char* at = child.output.c_str() + verdict + 1;
  char* next = nullptr;
  finding.verdict = static_cast<Verdict>(std::strtol(at, &next, 10));
  finding.conclusive = std::strtoull(next, &next, 10);
  const std::string rest = next + 1;
  const size_t line = rest.find('\n');
  finding.disabled = rest.substr(0, line);
  finding.text = rest.substr(line + 1);
  return finding;
}

}  // namespace wisp::oracle
