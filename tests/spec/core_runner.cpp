#include "tests/spec/core_runner.h"

#include <algorithm>

#include "tests/spec/core_values.h"
#include "tests/spec/spectest.h"

namespace wisp::spec {

namespace {

Error unsupported(std::string feature) {
  return Error(ErrorCode::kUnsupported, std::move(feature));
}

}  // namespace

CoreRunner::CoreRunner(std::unique_ptr<CoreEngine> engine, Verdicts& verdicts)
    : verdicts_(verdicts), engine_(std::move(engine)) {
  registered_["spectest"].instance.exports = make_spectest(*engine_);
  registered_["wasmtime"].instance.exports = make_wasmtime(*engine_);
}

void CoreRunner::run(const Command& command) {
  switch (command.kind) {
    case CommandKind::kModule:
      return module(command);
    case CommandKind::kModuleDefinition:
      return definition(command);
    case CommandKind::kModuleInstance:
      return instance(command);
    case CommandKind::kRegister:
      return register_instance(command);
    case CommandKind::kAction:
      return action(command);
    case CommandKind::kAssertReturn:
      return assert_return(command);
    case CommandKind::kAssertTrap:
    case CommandKind::kAssertExhaustion:
      return assert_trap(command);
    case CommandKind::kAssertInvalid:
      return reject(command, ErrorCode::kInvalid);
    case CommandKind::kAssertMalformed:
      return reject(command, ErrorCode::kMalformed);
    case CommandKind::kAssertUnlinkable:
      return refuse(command, ErrorCode::kLink);
    case CommandKind::kAssertUninstantiable:
      return refuse(command, ErrorCode::kTrap);
    case CommandKind::kAssertException:
      return verdicts_.skip("exceptions");
    case CommandKind::kAssertInvalidCustom:
    case CommandKind::kOther:
      return verdicts_.skip(command.type);
  }
}

// --- modules

Result<CoreRunner::ModulePointer> CoreRunner::compile(const Command& command) {
  return engine_->compile(files_.emplace_back(read_file(command.file)));
}

// What `register` bound to the name; without one, the instance that the script calls so.
const CoreRunner::Bound* CoreRunner::supplier(std::string_view name) const {
  const auto registered = registered_.find(name);
  if (registered != registered_.end()) return &registered->second;
  const auto named = named_.find(name);
  return named == named_.end() ? nullptr : &named->second;
}

// Error kUnsupported also where an import comes from a module that is not supported.
Result<CoreInstance> CoreRunner::instantiate(const ModulePointer& module) {
  std::vector<CoreItem> imports;
  for (const jit::Import& import : module->module().imports) {
    const Bound* from = supplier(import.module);
    if (from != nullptr && !from->unsupported.empty()) return unsupported(from->unsupported);
    const CoreItem* item = nullptr;
    if (from != nullptr) {
      const auto found = from->instance.exports.find(import.name);
      if (found != from->instance.exports.end()) item = &found->second;
    }
    if (item == nullptr) {
      return Error(ErrorCode::kLink, "unknown import \"" + std::string(import.module) + "\" \"" +
                                         std::string(import.name) + "\"");
    }
    imports.push_back(*item);
  }
  return engine_->instantiate(module, imports);
}

void CoreRunner::bind(const std::optional<std::string>& name, Result<CoreInstance> made) {
  Bound bound;
  if (made.has_value()) {
    bound.instance = std::move(made).value();
  } else if (made.error().code() == ErrorCode::kUnsupported) {
    lacks_effects_ = true;
    bound.unsupported = made.error().message();
  } else {
    verdicts_.fail(made.error().message());
    bound.unsupported = "a module that did not load";
  }
  if (name) named_[*name] = bound;
  current_ = std::move(bound);
}

void CoreRunner::module(const Command& command) {
  definition(command);
  const Definition& latest = definitions_[""];
  if (latest.module == nullptr) return bind(command.name, unsupported(latest.unsupported));
  bind(command.name, instantiate(latest.module));
}

void CoreRunner::definition(const Command& command) {
  Result<ModulePointer> compiled = compile(command);
  Definition definition;
  if (compiled.has_value()) {
    definition.module = compiled.value();
  } else {
    definition.unsupported = compiled.error().message();
    if (compiled.error().code() != ErrorCode::kUnsupported) {
      verdicts_.fail(definition.unsupported);
    }
  }
  if (command.name) definitions_[*command.name] = definition;
  definitions_[""] = definition;
}

void CoreRunner::instance(const Command& command) {
  const Definition& definition = definitions_[command.module.value_or("")];
  if (definition.module == nullptr) {
    return bind(command.instance, unsupported(definition.unsupported));
  }
  bind(command.instance, instantiate(definition.module));
}

void CoreRunner::register_instance(const Command& command) {
  Bound& bound = command.name ? named_[*command.name] : current_;
  bound.is_importable = true;
  if (!command.name) {
    for (auto& [name, other] : named_) {
      other.is_importable |= other.instance.identity == bound.instance.identity;
    }
  }
  registered_[command.as] = bound;
}

// A rejection counts only if it is of the right class; "not supported" is neither.
void CoreRunner::reject(const Command& command, ErrorCode expected) {
  const std::vector<uint8_t> bytes = read_file(command.file);
  expect_error(command, expected, jit::Engine::validate(bytes));
}

void CoreRunner::refuse(const Command& command, ErrorCode expected) {
  Result<ModulePointer> compiled = compile(command);
  if (!compiled.has_value()) {
    lacks_effects_ |= compiled.error().code() == ErrorCode::kUnsupported;
    return expect_error(command, expected, std::move(compiled).error());
  }
  Result<CoreInstance> made = instantiate(compiled.value());
  if (made.has_value()) return expect_error(command, expected, Result<void>());
  if (expected == ErrorCode::kTrap && made.error().code() == ErrorCode::kTrap) {
    return expect_text(command, made.error());
  }
  expect_error(command, expected, std::move(made).error());
}

void CoreRunner::expect_error(const Command& command, ErrorCode expected, Result<void> result) {
  if (result.has_value()) return verdicts_.fail("accepted: " + command.text);
  const Error& error = result.error();
  if (error.code() == expected) return verdicts_.pass();
  if (error.code() == ErrorCode::kUnsupported) return verdicts_.skip(error.message());
  verdicts_.fail("not \"" + command.text + "\" but: " + error.message());
}

// `text` is a part of what the reference says, which may say more ("uninitialized element 2").
void CoreRunner::expect_text(const Command& command, const Error& error) {
  const std::string& said = error.message();
  std::string_view text = command.text;
  for (const std::string_view prefix : {"wasm trap: ", "undefined element: "}) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
  }
  if (text == "wasm `unreachable` instruction executed") text = "unreachable";
  if (said.starts_with(text) || text.starts_with(said)) return verdicts_.pass();
  // Both are said of an index beyond the end of a table, by call_indirect and by table.get.
  if (text == "undefined element" && said == "out of bounds table access") {
    return verdicts_.pass();
  }
  verdicts_.fail("not \"" + command.text + "\" but: " + said);
}

// --- actions

// Error kUnsupported if it needs a feature that is not there; kUsage if the script is at fault.
Result<CoreRunner::Outcome> CoreRunner::perform(const Action& action) {
  const Bound& target = action.module ? named_[*action.module] : current_;
  if (!target.unsupported.empty()) return unsupported(target.unsupported);
  const auto found = target.instance.exports.find(action.field);
  if (found == target.instance.exports.end()) {
    return Error(ErrorCode::kUsage, "no export " + action.field);
  }
  const CoreItem& item = found->second;
  if (action.kind == ActionKind::kGet) {
    if (item.kind != jit::ExternKind::kGlobal) {
      return Error(ErrorCode::kUsage, action.field + " is no global");
    }
    const CoreGlobalValue value = engine_->value_of(item);
    return Outcome{{value.type}, {value.slot}};
  }
  if (item.kind != jit::ExternKind::kFunc) {
    return Error(ErrorCode::kUsage, action.field + " is no function");
  }
  const jit::FuncType type = engine_->type_of(item);
  std::vector<uint64_t> slots;
  for (const Value& argument : core_values(action.arguments)) {
    std::optional<uint64_t> slot = to_slot(argument);
    if (!slot) return unsupported("values of type " + argument.type);
    slots.push_back(*slot);
  }
  if (slots.size() != type.params.size()) {
    return Error(ErrorCode::kUsage, "another number of arguments");
  }
  slots.resize(std::max(type.params.size(), type.results.size()));
  WISP_TRY(engine_->call(item, slots));
  slots.resize(type.results.size());
  return Outcome{type.results, std::move(slots)};
}

// A module that could not be loaded would have written to what it imports.
void CoreRunner::fail_or_skip(const Command& command, const std::string& why) {
  const Action& action = *command.action;
  const Bound& target = action.module ? named_[*action.module] : current_;
  if (lacks_effects_ && target.is_importable) {
    return verdicts_.skip("the effects of a module that is not supported");
  }
  verdicts_.fail(why);
}

void CoreRunner::action(const Command& command) {
  Result<Outcome> outcome = perform(*command.action);
  if (outcome.has_value() || outcome.error().code() == ErrorCode::kUnsupported) return;
  verdicts_.fail(outcome.error().message());
}

void CoreRunner::assert_return(const Command& command) {
  Result<Outcome> outcome = perform(*command.action);
  if (!outcome.has_value()) {
    const Error& error = outcome.error();
    if (error.code() == ErrorCode::kUnsupported) return verdicts_.skip(error.message());
    return fail_or_skip(command, error.message());
  }
  std::vector<Value> expected = core_values(command.expected);
  const Outcome& got = outcome.value();
  if (expected.size() != got.slots.size()) {
    return verdicts_.fail(std::to_string(got.slots.size()) + " results");
  }
  for (size_t i = 0; i < expected.size(); i++) {
    std::optional<bool> equal = matches(expected[i], got.types[i], got.slots[i]);
    if (!equal) return verdicts_.skip("values of type " + expected[i].type);
    if (*equal) continue;
    return fail_or_skip(command, command.action->field + ": not " + describe(expected[i]) +
                                     " but " + describe(got.types[i], got.slots[i]));
  }
  verdicts_.pass();
}

void CoreRunner::assert_trap(const Command& command) {
  Result<Outcome> outcome = perform(*command.action);
  if (outcome.has_value()) return fail_or_skip(command, "no trap: " + command.text);
  const Error& error = outcome.error();
  if (error.code() == ErrorCode::kUnsupported) return verdicts_.skip(error.message());
  if (error.code() != ErrorCode::kTrap) return verdicts_.fail(error.message());
  expect_text(command, error);
}

}  // namespace wisp::spec
