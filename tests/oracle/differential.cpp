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
constexpr const char* kDisabled[] = {"",       "homes",      "folding",
                                     "fusion", "extensions", "homes,folding,fusion"};

// A process that makes no progress for so long does not end.
constexpr unsigned kMaxSeconds = 120;

// What can be compared of a run: a call that is not conclusive is left out, and with it all later
// ones of the same function, until there is none.
Outcome run_conclusive_calls(std::span<const jit::Module> modules, Plan plan,
                             std::vector<Call>& calls) {
  while (true) {
    plan.calls = calls;
    Outcome outcome = run_in_interpreter(modules, plan);
    if (outcome.calls.empty() || is_conclusive(outcome.calls.back().ending)) return outcome;
    const auto first = calls.begin() + static_cast<ptrdiff_t>(outcome.calls.size()) - 1;
    const auto is_same = [out = *first](const Call& call) {
      return call.module == out.module && call.name == out.name;
    };
    calls.erase(std::remove_if(first, calls.end(), is_same), calls.end());
  }
}

// Whether each call is of an exported function, with arguments of its types.
bool are_possible(std::span<const Call> calls, std::span<const jit::Module> modules) {
  return std::all_of(calls.begin(), calls.end(), [&modules](const Call& call) {
    if (call.module >= modules.size()) return false;
    const jit::Module& module = modules[call.module];
    const std::optional<uint32_t> function = exported_function(module, call.name);
    if (!function) return false;
    const std::vector<jit::ValueType>& types = module.function_type(*function).params;
    return std::equal(types.begin(), types.end(), call.arguments.begin(), call.arguments.end(),
                      [](jit::ValueType type, const Value& value) { return type == value.type; });
  });
}

std::string with_calls(const std::string& difference, std::span<const Call> calls) {
  std::string text = difference;
  for (size_t i = 0; i < calls.size(); ++i) {
    text += "\n  call " + std::to_string(i) + ": ";
    if (calls[i].module != 0) text += "module " + std::to_string(calls[i].module) + " ";
    text += calls[i].name + "(";
    for (size_t at = 0; at < calls[i].arguments.size(); ++at) {
      text += (at == 0 ? "" : ", ") + to_string(calls[i].arguments[at]);
    }
    text += ")";
  }
  return text;
}

}  // namespace

std::vector<Call> default_calls(std::span<const jit::Module> modules,
                                const DifferentialOptions& options) {
  std::vector<Call> calls;
  Random random(options.seed);
  for (uint32_t round = 0; round < options.rounds; ++round) {
    for (uint32_t index = 0; index < modules.size(); ++index) {
      const jit::Module& module = modules[index];
      for (const jit::Export& item : module.exports) {
        if (item.kind != jit::ExternKind::kFunc || calls.size() == options.max_calls) continue;
        Call& call = calls.emplace_back(Call{std::string(item.name), {}, index});
        for (const jit::ValueType type : module.function_type(item.index).params) {
          call.arguments.push_back(arbitrary_value(type, random));
        }
      }
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
  jit::EngineOptions checked;
  checked.compile_threads = 1;
  checked.checks_seed = options.seed | 1;
  configurations_.push_back({"nothing, with checks", jit::Engine::create(checked).value()});
}

Finding Differential::check(Bytes module, std::span<const Call> calls) {
  return check_system({&module, 1}, calls);
}

Finding Differential::check_system(std::span<const Bytes> modules, std::span<const Call> calls) {
  return check_system(modules, calls, [](const std::string&) {});
}

Finding Differential::check_system(std::span<const Bytes> files, std::span<const Call> given,
                                   const Begin& begin) {
  std::vector<jit::Module> modules;
  for (const Bytes bytes : files) {
    const Result<void> valid = jit::validate_module(bytes);
    if (!valid.has_value()) return {Verdict::kNotCompared, valid.error().message(), "", 0};
    modules.push_back(jit::decode_module(bytes).value());
  }
  std::vector<Call> calls(given.begin(), given.end());
  if (calls.empty()) calls = default_calls(modules, options_);
  if (!are_possible(calls, modules)) {
    return {Verdict::kNotCompared, "a call of a function that is not exported so", "", 0};
  }
  Plan plan{{},
            link_modules(modules, options_.seed),
            options_.seed,
            options_.limits,
            options_.deadline_ns};
  const Outcome expected = run_conclusive_calls(modules, plan, calls);
  const size_t made = expected.instantiations.size();
  const Ending ending = expected.instantiations.back().ending;
  if (is_conclusive(ending)) {
    plan.calls = calls;
    return compare(files, plan, expected, begin);
  }
  if (made == 1) return {Verdict::kNotCompared, to_string(ending), "", 0};
  // The modules before it can be compared.
  std::erase_if(calls, [made](const Call& call) { return call.module + 1 >= made; });
  return check_system(files.first(made - 1), calls, begin);
}

Finding Differential::compare(std::span<const Bytes> modules, const Plan& plan,
                              const Outcome& expected, const Begin& begin) {
  for (const Configuration& configuration : configurations_) {
    begin(configuration.disabled);
    Result<Outcome> actual = run_in_wisp(configuration.engine, modules, plan);
    const bool is_limit = !actual.has_value() && actual.error().code() == ErrorCode::kLimit;
    if (is_limit) return {Verdict::kNotCompared, actual.error().message(), "", 0};
    const std::optional<std::string> found =
        actual.has_value() ? difference(expected, actual.value()) : actual.error().message();
    if (!found) continue;
    return {Verdict::kDifferent, with_calls(*found, plan.calls), configuration.disabled,
            expected.calls.size()};
  }
  return {Verdict::kSame, "", "", expected.calls.size()};
}

Finding Differential::check_isolated(Bytes module, std::span<const Call> calls) {
  return check_system_isolated({&module, 1}, calls);
}

Finding Differential::check_system_isolated(std::span<const Bytes> modules,
                                            std::span<const Call> calls) {
  // Lines of the child: the parts that are off from now on; at the end, the finding.
  const ChildResult child = run_in_child(kMaxSeconds, [&](std::FILE* out) {
    const Finding finding = check_system(modules, calls, [out](const std::string& disabled) {
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
    return {Verdict::kCrashed, with_calls(child.failure, calls), disabled, 0};
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
