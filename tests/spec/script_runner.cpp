#include "tests/spec/script_runner.h"

#include <map>

#include "tests/spec/component_runner.h"
#include "tests/spec/core_runner.h"

namespace wisp::spec {
namespace {

enum class Layer : uint8_t { kCore, kComponent };

// What the preamble says; nothing where it is malformed.
std::optional<Layer> layer_of(const std::filesystem::path& file) {
  const std::vector<uint8_t> bytes = read_file(file);
  if (bytes.size() < 8 || bytes[5] != 0 || bytes[7] != 0) return std::nullopt;
  if (bytes[4] == 0x01 && bytes[6] == 0) return Layer::kCore;
  if (bytes[4] == 0x0d && bytes[6] == 1) return Layer::kComponent;
  return std::nullopt;
}

// The layer of most scripts as a whole: that of their first file that has one.
Layer layer_of(const Script& script) {
  for (const Command& command : script.commands) {
    if (command.file.empty()) continue;
    if (const std::optional<Layer> layer = layer_of(command.file)) return *layer;
  }
  return Layer::kCore;
}

ScriptPurpose purpose_of(const Script& script) {
  for (const Command& command : script.commands) {
    switch (command.kind) {
      case CommandKind::kModule:
      case CommandKind::kModuleDefinition:
      case CommandKind::kAssertInvalid:
      case CommandKind::kAssertMalformed:
        break;
      default:
        return ScriptPurpose::kExecution;
    }
  }
  return ScriptPurpose::kValidation;
}

// Gives each command to the runner of its layer. Instances and definitions of both share their
// names, and there is one current instance.
class ScriptRunner {
 public:
  ScriptRunner(const std::shared_ptr<jit::Engine>& engine, std::unique_ptr<CoreEngine> core,
               const Script& script, Verdicts& verdicts)
      : main_layer_(layer_of(script)),
        current_(main_layer_),
        latest_(main_layer_),
        core_(std::move(core), verdicts),
        components_(engine, purpose_of(script), verdicts) {}

  void run(const Command& command) {
    if (choose(command) == Layer::kCore) {
      core_.run(command);
    } else {
      components_.run(command);
    }
  }

 private:
  Layer choose(const Command& command) {
    switch (command.kind) {
      case CommandKind::kModule:
        latest_ = current_ = layer_of(command.file).value_or(main_layer_);
        if (command.name) definitions_[*command.name] = instances_[*command.name] = current_;
        return current_;
      case CommandKind::kModuleDefinition:
        latest_ = layer_of(command.file).value_or(main_layer_);
        if (command.name) definitions_[*command.name] = latest_;
        return latest_;
      case CommandKind::kModuleInstance:
        current_ = command.module ? find(definitions_, *command.module) : latest_;
        if (command.instance) instances_[*command.instance] = current_;
        return current_;
      case CommandKind::kRegister:
        return command.name ? find(instances_, *command.name) : current_;
      default:
        break;
    }
    if (command.action) {
      return command.action->module ? find(instances_, *command.action->module) : current_;
    }
    if (command.file.empty()) return main_layer_;
    return layer_of(command.file).value_or(main_layer_);
  }

  using Layers = std::map<std::string, Layer>;
  Layer find(const Layers& layers, const std::string& name) const {
    const auto found = layers.find(name);
    return found == layers.end() ? main_layer_ : found->second;
  }

  Layer main_layer_;
  Layer current_;
  Layer latest_;
  Layers instances_;
  Layers definitions_;
  CoreRunner core_;
  ComponentRunner components_;
};

}  // namespace

void run_script(const std::shared_ptr<jit::Engine>& engine, std::unique_ptr<CoreEngine> core,
                const Script& script, Verdicts& verdicts) {
  ScriptRunner runner(engine, std::move(core), script, verdicts);
  for (const Command& command : script.commands) {
    verdicts.begin(command);
    runner.run(command);
  }
}

}  // namespace wisp::spec
