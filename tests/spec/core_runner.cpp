#include "tests/spec/core_runner.h"

#include "jit/wasm/module_decoder.h"

namespace wisp::spec {
namespace {

class CoreRunner {
 public:
  CoreRunner(const Script& script, const ManifestEntry* entry, Report& report)
      : script_(script), entry_(entry), report_(report) {}

  void run(const Command& command) {
    switch (command.kind) {
      case CommandKind::kAssertInvalid: return reject(command, ErrorCode::kInvalid);
      case CommandKind::kAssertMalformed: return reject(command, ErrorCode::kMalformed);
      case CommandKind::kModule:
      case CommandKind::kModuleDefinition: return load(command);
      case CommandKind::kModuleInstance:
      case CommandKind::kRegister: return;
      default: return report_.skip();  // needs instances
    }
  }

 private:
  // A rejection counts only if it is of the right class; "not supported" is neither.
  void reject(const Command& command, ErrorCode expected) {
    const std::vector<uint8_t> bytes = read_file(command.file);
    const Result<void> result = jit::validate_module(bytes);
    if (result.has_value()) return report_.fail(script_, command, "accepted: " + command.text);
    const Error& error = result.error();
    if (error.code() == expected) return report_.pass();
    if (error.code() == ErrorCode::kUnsupported) return report_.skip();
    report_.fail(script_, command, "not \"" + command.text + "\" but: " + error.message());
  }

  void load(const Command& command) {
    const std::vector<uint8_t> bytes = read_file(command.file);
    const Result<void> result = jit::validate_module(bytes);
    if (result.has_value() || result.error().code() == ErrorCode::kUnsupported) return;
    report_.fail(script_, command, result.error().message());
  }

  const Script& script_;
  [[maybe_unused]] const ManifestEntry* entry_;
  Report& report_;
};

}  // namespace

void run_core_script(const Script& script, const ManifestEntry* entry, Report& report) {
  CoreRunner runner(script, entry, report);
  for (const Command& command : script.commands) runner.run(command);
}

}  // namespace wisp::spec
