// Runs the commands of a script that are about core modules, in one store for the script.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/spec/core_engine.h"
#include "tests/spec/report.h"
#include "tests/spec/script.h"

namespace wisp::spec {

class CoreRunner {
 public:
  CoreRunner(std::unique_ptr<CoreEngine> engine, Verdicts& verdicts);

  void run(const Command& command);

 private:
  using ModulePointer = std::shared_ptr<const CoreModule>;

  // What a name stands for: an instance, or one that could not be made because of a feature.
  struct Bound {
    CoreInstance instance;
    bool is_importable = false;
    std::string unsupported;  // the feature; empty: supported
  };
  struct Definition {
    ModulePointer module;
    std::string unsupported;
  };
  struct Outcome {
    std::vector<jit::ValueType> types;
    std::vector<uint64_t> slots;
  };

  Result<ModulePointer> compile(const Command& command);
  const Bound* supplier(std::string_view name) const;
  Result<CoreInstance> instantiate(const ModulePointer& module);
  void bind(const std::optional<std::string>& name, Result<CoreInstance> made);
  void module(const Command& command);
  void definition(const Command& command);
  void instance(const Command& command);
  void register_instance(const Command& command);
  void reject(const Command& command, ErrorCode expected);
  void refuse(const Command& command, ErrorCode expected);
  void expect_error(const Command& command, ErrorCode expected, Result<void> result);
  void expect_text(const Command& command, const Error& error);
  Result<Outcome> perform(const Action& action);
  void fail_or_skip(const Command& command, const std::string& why);
  void action(const Command& command);
  void assert_return(const Command& command);
  void assert_trap(const Command& command);

  Verdicts& verdicts_;
  std::list<std::vector<uint8_t>> files_;  // modules are views of their bytes
  std::unique_ptr<CoreEngine> engine_;
  std::map<std::string, Definition> definitions_;  // "" is the latest
  std::map<std::string, Bound, std::less<>> named_;
  std::map<std::string, Bound, std::less<>> registered_;
  Bound current_;
  bool lacks_effects_ = false;  // of a module that needs an unsupported feature
};

}  // namespace wisp::spec
