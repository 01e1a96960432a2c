#include "tests/spec/component_runner.h"

#include <map>
#include <memory>

#include "component/component.h"
#include "component/component_instance.h"
#include "component/component_linker.h"
#include "jit/engine.h"
#include "jit/wasm/module_decoder.h"
#include "tests/spec/component_host.h"
#include "tests/spec/component_values.h"

namespace wisp::spec {
namespace {

using component::Component;
using component::ComponentFunction;
using component::ComponentInstance;

struct Definition {
  std::vector<uint8_t> bytes;
  std::shared_ptr<const Component> component;  // null: not supported
};

struct Instance {
  std::shared_ptr<Definition> definition;
  std::unique_ptr<jit::Store> store;
  std::unique_ptr<ComponentInstance> instance;  // null: not supported
};

bool is_core_module(const std::vector<uint8_t>& bytes) {
  return bytes.size() >= 8 && bytes[6] == 0;
}

class ComponentRunner {
 public:
  ComponentRunner(std::shared_ptr<jit::Engine> engine, const Script& script, Report& report)
      : engine_(std::move(engine)), script_(script), report_(report) {}

  void run(const Command& command) {
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
        return report_.skip();
    }
  }

 private:
  // A rejection counts only if it is of the right class; "not supported" is neither.
  void reject(const Command& command, ErrorCode expected) {
    const std::vector<uint8_t> bytes = read_file(command.file);
    const Result<void> result =
        is_core_module(bytes) ? jit::validate_module(bytes) : Component::validate(bytes);
    if (result.has_value()) return report_.fail(script_, command, "accepted: " + command.text);
    const Error& error = result.error();
    if (error.code() == expected) return report_.pass();
    if (error.code() == ErrorCode::kUnsupported) return report_.skip();
    report_.fail(script_, command, "not \"" + command.text + "\" but: " + error.message());
  }

  // Null where the component is not supported or (with a failure) refused.
  std::shared_ptr<Definition> compile(const Command& command) {
    auto definition = std::make_shared<Definition>();
    definition->bytes = read_file(command.file);
    if (is_core_module(definition->bytes)) {
      const Result<void> valid = jit::validate_module(definition->bytes);
      if (!valid.has_value() && valid.error().code() != ErrorCode::kUnsupported) {
        report_.fail(script_, command, valid.error().message());
      }
      return definition;
    }
    Result<std::shared_ptr<const Component>> compiled =
        Component::compile(engine_, definition->bytes);
    if (compiled.has_value()) {
      definition->component = std::move(compiled).value();
    } else if (compiled.error().code() != ErrorCode::kUnsupported) {
      report_.fail(script_, command, compiled.error().message());
    }
    return definition;
  }

  Result<std::shared_ptr<Instance>> instantiate(std::shared_ptr<Definition> definition) {
    auto instance = std::make_shared<Instance>();
    instance->definition = std::move(definition);
    if (instance->definition->component == nullptr) return instance;
    instance->store = std::make_unique<jit::Store>(engine_);
    component::ComponentLinker linker;
    add_component_host(linker, host_);
    Result<std::unique_ptr<ComponentInstance>> made =
        linker.instantiate(*instance->store, instance->definition->component);
    if (!made.has_value()) {
      if (made.error().code() != ErrorCode::kUnsupported) return std::move(made).error();
      return instance;
    }
    instance->instance = std::move(made).value();
    return instance;
  }

  void load(const Command& command) {
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
    if (definition == nullptr) return report_.fail(script_, command, "no such definition");
    Result<std::shared_ptr<Instance>> instance = instantiate(definition);
    if (!instance.has_value()) {
      // A component that only has to be valid may import what is not there.
      if (instance.error().code() != ErrorCode::kLink) {
        report_.fail(script_, command, instance.error().message());
      }
      return;
    }
    current_ = std::move(instance).value();
    const auto& name =
        command.kind == CommandKind::kModuleInstance ? command.instance : command.name;
    if (name.has_value()) instances_[*name] = current_;
  }

  void refuse_instance(const Command& command, ErrorCode expected) {
    const std::shared_ptr<Definition> definition = compile(command);
    if (definition->component == nullptr) return report_.skip();
    const Result<std::shared_ptr<Instance>> instance = instantiate(definition);
    if (instance.has_value()) return report_.fail(script_, command, "instantiated");
    if (instance.error().code() != expected) {
      return report_.fail(script_, command, instance.error().message());
    }
    expect_text(command, instance.error().message());
  }

  void act(const Command& command) {
    const Action& action = *command.action;
    const std::shared_ptr<Instance> instance =
        action.module.has_value() ? instances_[*action.module] : current_;
    const bool is_assertion = command.kind != CommandKind::kAction;
    if (instance == nullptr) return report_.fail(script_, command, "no instance");
    if (instance->instance == nullptr) {
      if (is_assertion) report_.skip();
      return;
    }
    ComponentFunction* function = instance->instance->find_function("", action.field);
    if (function == nullptr) return report_.fail(script_, command, "no function " + action.field);
    std::vector<component::Value> arguments;
    const auto& params = function->type().params;
    for (size_t i = 0; i < params.size() && i < action.arguments.size(); i++) {
      auto value = parse_component_value(*params[i].type, action.arguments[i]);
      if (!value.has_value()) return report_.fail(script_, command, "argument of another type");
      arguments.push_back(std::move(*value));
    }
    const Result<std::optional<component::Value>> result = function->call(arguments);
    if (command.kind == CommandKind::kAssertReturn)
      return expect_result(command, *function, result);
    if (!is_assertion) {
      if (!result.has_value()) report_.fail(script_, command, result.error().message());
      return;
    }
    if (result.has_value()) return report_.fail(script_, command, "returned: " + command.text);
    if (result.error().code() != ErrorCode::kTrap) {
      return report_.fail(script_, command, result.error().message());
    }
    expect_text(command, result.error().message());
  }

  void expect_text(const Command& command, const std::string& message) {
    constexpr std::string_view kPrefix = "wasm trap: ";
    std::string_view text = command.text;
    if (text.starts_with(kPrefix)) text.remove_prefix(kPrefix.size());
    // Core traps have the words of the core suite here.
    if (text == "wasm `unreachable` instruction executed") text = "unreachable";
    if (message.find(text) != std::string::npos) return report_.pass();
    report_.fail(script_, command, "not \"" + command.text + "\" but: " + message);
  }

  void expect_result(const Command& command, const ComponentFunction& function,
                     const Result<std::optional<component::Value>>& result) {
    if (!result.has_value()) return report_.fail(script_, command, result.error().message());
    const std::optional<component::Value>& found = result.value();
    if (found.has_value() != !command.expected.empty()) {
      return report_.fail(script_, command, "another number of results");
    }
    if (!found.has_value()) return report_.pass();
    const auto expected = parse_component_value(*function.type().result, command.expected[0]);
    if (!expected.has_value()) return report_.fail(script_, command, "result of another type");
    if (*expected == *found) return report_.pass();
    report_.fail(script_, command,
                 "expected " + describe(*expected) + ", found " + describe(*found));
  }

  std::shared_ptr<jit::Engine> engine_;
  const Script& script_;
  Report& report_;
  ComponentHost host_;
  std::map<std::string, std::shared_ptr<Definition>> definitions_;
  std::shared_ptr<Definition> latest_;
  std::map<std::string, std::shared_ptr<Instance>> instances_;
  std::shared_ptr<Instance> current_;
};

}  // namespace

void run_component_script(const std::shared_ptr<jit::Engine>& engine, const Script& script,
                          Report& report) {
  ComponentRunner runner(engine, script, report);
  for (const Command& command : script.commands) runner.run(command);
}

}  // namespace wisp::spec
