#include "tests/spec/component_runner.h"

#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "tests/spec/component_values.h"

namespace wisp::spec {

using component::Component;
using component::ComponentFunction;
using component::ComponentInstance;

ComponentRunner::~ComponentRunner() {
  current_ = nullptr;
  instances_.clear();
  while (!all_.empty()) all_.pop_back();
}

void ComponentRunner::run(const Command& command) {
  switch (command.kind) {
    case CommandKind::kAssertInvalid:
      return reject(command, ErrorCode::kInvalid);
    case CommandKind::kAssertMalformed:
      return reject(command, ErrorCode::kMalformed);
    case CommandKind::kModule:
    case CommandKind::kModuleDefinition:
    case CommandKind::kModuleInstance:
      return load(command);
    case CommandKind::kAction:
    case CommandKind::kAssertReturn:
    case CommandKind::kAssertTrap:
    case CommandKind::kAssertExhaustion:
      return act(command);
    case CommandKind::kAssertUnlinkable:
      return refuse_instance(command, ErrorCode::kLink);
    case CommandKind::kAssertUninstantiable:
      return refuse_instance(command, ErrorCode::kTrap);
    case CommandKind::kRegister:
      return;
    default:
      return verdicts_.skip(command.type);
  }
}

// A rejection counts only if it is of the right class; "not supported" is neither.
void ComponentRunner::reject(const Command& command, ErrorCode expected) {
  const std::vector<uint8_t> bytes = read_file(command.file);
  const Result<void> result = component::validate_component(bytes);
  if (result.has_value()) return verdicts_.fail("accepted: " + command.text);
  const Error& error = result.error();
  if (error.code() == expected) return verdicts_.pass();
  if (error.code() == ErrorCode::kUnsupported) return verdicts_.skip(error.message());
  // What a limit of ours refuses is refused.
  if (error.code() == ErrorCode::kLimit && expected == ErrorCode::kInvalid) return verdicts_.pass();
  verdicts_.fail("not \"" + command.text + "\" but: " + error.message());
}

// Without a component where it is not supported or (with a failure) refused.
std::shared_ptr<ComponentRunner::Definition> ComponentRunner::compile(const Command& command) {
  auto definition = std::make_shared<Definition>();
  definition->bytes = read_file(command.file);
  Result<std::shared_ptr<const Component>> compiled =
      component::compile_component(engine_, definition->bytes);
  if (compiled.has_value()) {
    definition->component = std::move(compiled).value();
    return definition;
  }
  const Error& error = compiled.error();
  definition->unsupported = error.message();
  if (error.code() != ErrorCode::kUnsupported) {
    verdicts_.fail(error.message());
  } else if (error.offset() == Error::kNoOffset) {
    verdicts_.fail("refused without a place: " + error.message());
  }
  return definition;
}

Result<std::shared_ptr<ComponentRunner::Instance>> ComponentRunner::instantiate(
    std::shared_ptr<Definition> definition) {
  auto instance = std::make_shared<Instance>();
  instance->definition = std::move(definition);
  instance->unsupported = instance->definition->unsupported;
  if (instance->definition->component == nullptr) return instance;
  for (const component::ImportDefinition& import : instance->definition->component->imports) {
    const auto provider = instances_.find(std::string(import.name));
    if (provider == instances_.end() || provider->second->instance != nullptr) continue;
    instance->unsupported = provider->second->unsupported;
    return instance;
  }
  instance->store = std::make_unique<jit::Store>(engine_);
  component::ComponentLinker linker;
  add_component_host(linker, *engine_, host_);
  for (const auto& [name, other] : instances_) {
    if (other->instance != nullptr) linker.add_instance(name, *other->instance);
  }
  Result<std::unique_ptr<ComponentInstance>> made =
      linker.instantiate(*instance->store, instance->definition->component);
  if (made.has_value()) {
    instance->instance = std::move(made).value();
    all_.push_back(instance);
    return instance;
  }
  if (made.error().code() != ErrorCode::kUnsupported) return std::move(made).error();
  instance->unsupported = made.error().message();
  return instance;
}

void ComponentRunner::load(const Command& command) {
  std::shared_ptr<Definition> definition;
  if (command.kind == CommandKind::kModuleInstance) {
    definition = command.module.has_value() ? definitions_[*command.module] : latest_;
  } else {
    definition = compile(command);
    latest_ = definition;
    if (command.name.has_value()) definitions_[*command.name] = definition;
    if (command.kind == CommandKind::kModuleDefinition) return;
  }
  current_ = nullptr;
  if (definition == nullptr) return verdicts_.fail("no such definition");
  Result<std::shared_ptr<Instance>> instance = instantiate(definition);
  if (!instance.has_value()) {
    const bool is_link_error = instance.error().code() == ErrorCode::kLink;
    if (purpose_ == ScriptPurpose::kValidation && is_link_error) return;
    return verdicts_.fail(instance.error().message());
  }
  current_ = std::move(instance).value();
  const auto& name = command.kind == CommandKind::kModuleInstance ? command.instance : command.name;
  if (name.has_value()) instances_[*name] = current_;
}

void ComponentRunner::refuse_instance(const Command& command, ErrorCode expected) {
  const std::shared_ptr<Definition> definition = compile(command);
  if (definition->component == nullptr) return verdicts_.skip(definition->unsupported);
  const Result<std::shared_ptr<Instance>> instance = instantiate(definition);
  if (instance.has_value()) {
    const Instance& made = *instance.value();
    if (made.instance == nullptr) return verdicts_.skip(made.unsupported);
    return verdicts_.fail("instantiated, not \"" + command.text + "\"");
  }
  const Error& error = instance.error();
  if (error.code() != expected) return verdicts_.fail(error.message());
  // What links are refused with is in our own words.
  if (expected == ErrorCode::kLink) return verdicts_.pass();
  expect_text(command, error.message());
}

void ComponentRunner::act(const Command& command) {
  const Action& action = *command.action;
  const std::shared_ptr<Instance> instance =
      action.module.has_value() ? instances_[*action.module] : current_;
  const bool is_assertion = command.kind != CommandKind::kAction;
  if (instance == nullptr) return verdicts_.fail("no instance");
  if (instance->instance == nullptr) {
    if (is_assertion) verdicts_.skip(instance->unsupported);
    return;
  }
  ComponentFunction* function = instance->instance->find_function("", action.field);
  if (function == nullptr) return verdicts_.fail("no function " + action.field);
  std::vector<component::Value> arguments;
  const auto& params = function->type().params;
  for (size_t i = 0; i < params.size() && i < action.arguments.size(); i++) {
    auto value = parse_component_value(*params[i].type, action.arguments[i]);
    if (!value.has_value()) return verdicts_.fail("argument of another type");
    arguments.push_back(std::move(*value));
  }
  const CallResult result = function->call(arguments);
  if (command.kind == CommandKind::kAssertReturn) return expect_result(command, *function, result);
  if (!is_assertion) {
    if (!result.has_value()) verdicts_.fail(result.error().message());
    return;
  }
  if (result.has_value()) return verdicts_.fail("returned: " + command.text);
  if (result.error().code() != ErrorCode::kTrap) return verdicts_.fail(result.error().message());
  expect_text(command, result.error().message());
}

void ComponentRunner::expect_text(const Command& command, const std::string& message) {
  constexpr std::string_view kPrefix = "wasm trap: ";
  std::string_view text = command.text;
  if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
  // Core traps have the words of the core suite here.
  if (text == "wasm `unreachable` instruction executed") text = "unreachable";
  if (message.find(text) != std::string::npos) return verdicts_.pass();
  verdicts_.fail("not \"" + command.text + "\" but: " + message);
}

void ComponentRunner::expect_result(const Command& command, const ComponentFunction& function,
                                    const CallResult& result) {
  if (!result.has_value()) return verdicts_.fail(result.error().message());
  const std::optional<component::Value>& found = result.value();
  if (found.has_value() != !command.expected.empty()) {
    return verdicts_.fail("another number of results");
  }
  if (!found.has_value()) return verdicts_.pass();
  const auto expected = parse_component_value(*function.type().result, command.expected[0]);
  if (!expected.has_value()) return verdicts_.fail("result of another type");
  if (*expected == *found) return verdicts_.pass();
  verdicts_.fail("expected " + describe(*expected) + ", found " + describe(*found));
}

}  // namespace wisp::spec
