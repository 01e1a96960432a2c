#include "tests/spec/core_runner.h"

#include <list>
#include <memory>

#include "jit/runtime/instance.h"
#include "tests/spec/core_values.h"
#include "tests/spec/spectest.h"

namespace wisp::spec {
namespace {

using jit::Extern;
using jit::Instance;
using CompiledPointer = std::shared_ptr<const jit::CompiledModule>;

// What a name stands for: an instance, or one that could not be made because of a feature.
struct Bound {
  Instance* instance = nullptr;
  Namespace items;
  bool is_importable = false;

  bool is_unsupported() const { return instance == nullptr; }
};

class CoreRunner {
 public:
  CoreRunner(const std::shared_ptr<jit::Engine>& engine, const Script& script, Report& report)
      : engine_(engine), script_(script), report_(report), store_(engine) {
    registered_["spectest"] = {nullptr, make_spectest(store_)};
  }

  void run(const Command& command) {
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
      case CommandKind::kAssertInvalidCustom:
      case CommandKind::kOther:
        return report_.skip();
    }
  }

 private:
  // --- modules ---
  Result<CompiledPointer> compile(const Command& command) {
    return engine_->compile(files_.emplace_back(read_file(command.file)));
  }

  // Error kUnsupported also where an import comes from a module that is not supported.
  Result<Instance*> instantiate(const CompiledPointer& module) {
    std::vector<Extern> imports;
    for (const jit::Import& import : module->module().imports) {
      auto supplier = registered_.find(import.module);
      if (supplier != registered_.end() && supplier->second.is_unsupported() &&
          import.module != "spectest") {
        return Error(ErrorCode::kUnsupported, "imports from a module that is not supported");
      }
      const Extern* item = nullptr;
      if (supplier != registered_.end()) {
        auto found = supplier->second.items.find(import.name);
        if (found != supplier->second.items.end()) item = &found->second;
      }
      if (item == nullptr) {
        return Error(ErrorCode::kLink, "unknown import \"" + std::string(import.module) + "\" \"" +
                                           std::string(import.name) + "\"");
      }
      imports.push_back(*item);
    }
    return store_.instantiate(module, imports);
  }

  void bind(const Command& command, const std::optional<std::string>& name,
            Result<Instance*> made) {
    Bound bound;
    if (made.has_value()) {
      bound.instance = made.value();
      for (const jit::Export& item : bound.instance->module().exports) {
        bound.items.emplace(item.name, bound.instance->item(item.kind, item.index));
      }
    } else if (made.error().code() == ErrorCode::kUnsupported) {
      lacks_effects_ = true;
    } else {
      report_.fail(script_, command, made.error().message());
    }
    if (name) named_[*name] = bound;
    current_ = std::move(bound);
  }

  void module(const Command& command) {
    Result<CompiledPointer> compiled = compile(command);
    if (!compiled.has_value()) {
      return bind(command, command.name, std::move(compiled).error());
    }
    bind(command, command.name, instantiate(compiled.value()));
  }

  void definition(const Command& command) {
    Result<CompiledPointer> compiled = compile(command);
    CompiledPointer module;
    if (compiled.has_value()) {
      module = compiled.value();
    } else if (compiled.error().code() != ErrorCode::kUnsupported) {
      report_.fail(script_, command, compiled.error().message());
    }
    if (command.name) definitions_[*command.name] = module;
    definitions_[""] = module;
  }

  void instance(const Command& command) {
    CompiledPointer module = definitions_[command.module.value_or("")];
    if (module == nullptr) return bind(command, command.instance, unsupported());
    bind(command, command.instance, instantiate(module));
  }

  void register_instance(const Command& command) {
    Bound& bound = command.name ? named_[*command.name] : current_;
    bound.is_importable = true;
    if (!command.name) {
      for (auto& [name, other] : named_) other.is_importable |= other.instance == bound.instance;
    }
    registered_[command.as] = bound;
  }

  static Error unsupported() { return Error(ErrorCode::kUnsupported, "not supported"); }

  // A rejection counts only if it is of the right class; "not supported" is neither.
  void reject(const Command& command, ErrorCode expected) {
    const std::vector<uint8_t> bytes = read_file(command.file);
    expect_error(command, expected, jit::Engine::validate(bytes));
  }

  void refuse(const Command& command, ErrorCode expected) {
    Result<CompiledPointer> compiled = compile(command);
    if (!compiled.has_value()) {
      lacks_effects_ |= compiled.error().code() == ErrorCode::kUnsupported;
      return expect_error(command, expected, std::move(compiled).error());
    }
    Result<Instance*> made = instantiate(compiled.value());
    if (made.has_value()) return expect_error(command, expected, Result<void>());
    if (expected == ErrorCode::kTrap && made.error().code() == ErrorCode::kTrap) {
      return expect_text(command, made.error());
    }
    expect_error(command, expected, std::move(made).error());
  }

  void expect_error(const Command& command, ErrorCode expected, Result<void> result) {
    if (result.has_value()) return report_.fail(script_, command, "accepted: " + command.text);
    const Error& error = result.error();
    if (error.code() == expected) return report_.pass();
    if (error.code() == ErrorCode::kUnsupported) return report_.skip();
    report_.fail(script_, command, "not \"" + command.text + "\" but: " + error.message());
  }

  // `text` is a part of what the reference says, which may say more ("uninitialized element 2").
  void expect_text(const Command& command, const Error& error) {
    const std::string& said = error.message();
    if (said.starts_with(command.text) || command.text.starts_with(said)) return report_.pass();
    report_.fail(script_, command, "not \"" + command.text + "\" but: " + said);
  }

  // --- actions ---
  struct Outcome {
    std::vector<jit::ValueType> types;
    std::vector<uint64_t> slots;
  };

  // Error kUnsupported if it needs a feature that is not there; kUsage if the script is at fault.
  Result<Outcome> perform(const Action& action) {
    const Bound* target = &current_;
    if (action.module) target = &named_[*action.module];
    if (target->is_unsupported()) return unsupported();
    auto found = target->items.find(action.field);
    if (found == target->items.end()) return Error(ErrorCode::kUsage, "no export " + action.field);
    if (action.kind == ActionKind::kGet) {
      const auto* global = std::get<jit::GlobalInstance*>(found->second);
      return Outcome{{global->type.value}, {*global->value}};
    }
    const jit::FuncRef& function = *std::get<jit::FuncRef*>(found->second);
    const jit::FuncType& type = store_.type_of(function);
    std::vector<uint64_t> slots;
    for (const Value& argument : core_values(action.arguments)) {
      std::optional<uint64_t> slot = to_slot(argument);
      if (!slot) return unsupported();
      slots.push_back(*slot);
    }
    slots.resize(std::max({slots.size(), type.params.size(), type.results.size()}));
    WISP_TRY(store_.call(function, slots));
    slots.resize(type.results.size());
    return Outcome{type.results, std::move(slots)};
  }

  // A module that could not be loaded would have written to what it imports.
  void fail_or_skip(const Command& command, const std::string& why) {
    const Action& action = *command.action;
    const Bound& target = action.module ? named_[*action.module] : current_;
    if (lacks_effects_ && target.is_importable) return report_.skip();
    report_.fail(script_, command, why);
  }

  void action(const Command& command) {
    Result<Outcome> outcome = perform(*command.action);
    if (outcome.has_value() || outcome.error().code() == ErrorCode::kUnsupported) return;
    report_.fail(script_, command, outcome.error().message());
  }

  void assert_return(const Command& command) {
    Result<Outcome> outcome = perform(*command.action);
    if (!outcome.has_value()) {
      if (outcome.error().code() == ErrorCode::kUnsupported) return report_.skip();
      return fail_or_skip(command, outcome.error().message());
    }
    std::vector<Value> expected = core_values(command.expected);
    const Outcome& got = outcome.value();
    if (expected.size() != got.slots.size()) {
      return report_.fail(script_, command, std::to_string(got.slots.size()) + " results");
    }
    for (size_t i = 0; i < expected.size(); i++) {
      std::optional<bool> equal = matches(expected[i], got.types[i], got.slots[i]);
      if (!equal) return report_.skip();
      if (*equal) continue;
      return fail_or_skip(command, command.action->field + ": not " + describe(expected[i]) +
                                       " but " + describe(got.types[i], got.slots[i]));
    }
    report_.pass();
  }

  void assert_trap(const Command& command) {
    Result<Outcome> outcome = perform(*command.action);
    if (outcome.has_value()) return fail_or_skip(command, "no trap: " + command.text);
    const Error& error = outcome.error();
    if (error.code() == ErrorCode::kUnsupported) return report_.skip();
    if (error.code() != ErrorCode::kTrap) return report_.fail(script_, command, error.message());
    expect_text(command, error);
  }

  std::shared_ptr<jit::Engine> engine_;
  const Script& script_;
  Report& report_;
  std::list<std::vector<uint8_t>> files_;  // modules are views of their bytes
  jit::Store store_;
  std::map<std::string, CompiledPointer> definitions_;  // "" is the latest
  std::map<std::string, Bound> named_;
  std::map<std::string, Bound, std::less<>> registered_;
  Bound current_;
  bool lacks_effects_ = false;  // of a module that needs an unsupported feature
};

}  // namespace

void run_core_script(const std::shared_ptr<jit::Engine>& engine, const Script& script,
                     Report& report) {
  CoreRunner runner(engine, script, report);
  for (const Command& command : script.commands) runner.run(command);
}

}  // namespace wisp::spec
