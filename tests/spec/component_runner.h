// Runs the commands of a script that are about components.
//
// Each component instance has a store of its own, as the scripts expect: a trap locks down that
// instance only.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "component/instance/component_instance.h"
#include "component/model/component.h"
#include "jit/engine.h"
#include "tests/spec/component_host.h"
#include "tests/spec/report.h"
#include "tests/spec/script.h"

namespace wisp::spec {

// Scripts that never call anything are about validation: what they define may import what no host
// has.
enum class ScriptPurpose : uint8_t { kExecution, kValidation };

class ComponentRunner {
 public:
  ComponentRunner(std::shared_ptr<jit::Engine> engine, ScriptPurpose purpose, Verdicts& verdicts)
      : engine_(std::move(engine)), purpose_(purpose), verdicts_(verdicts) {}
  ~ComponentRunner();

  void run(const Command& command);

 private:
  struct Definition {
    std::vector<uint8_t> bytes;
    std::shared_ptr<const component::Component> component;  // null: not supported
    std::string unsupported;                                // the feature
  };
  struct Instance {
    std::shared_ptr<Definition> definition;
    std::unique_ptr<jit::Store> store;
    std::unique_ptr<component::ComponentInstance> instance;  // null: not supported
    std::string unsupported;                                 // the feature
  };
  using CallResult = Result<std::optional<component::Value>>;

  void reject(const Command& command, ErrorCode expected);
  std::shared_ptr<Definition> compile(const Command& command);
  Result<std::shared_ptr<Instance>> instantiate(std::shared_ptr<Definition> definition);
  void load(const Command& command);
  void refuse_instance(const Command& command, ErrorCode expected);
  void act(const Command& command);
  void expect_text(const Command& command, const std::string& message);
  void expect_result(const Command& command, const component::ComponentFunction& function,
                     const CallResult& result);

  std::shared_ptr<jit::Engine> engine_;
  ScriptPurpose purpose_;
  Verdicts& verdicts_;
  ComponentHost host_;
  std::map<std::string, std::shared_ptr<Definition>> definitions_;
  std::shared_ptr<Definition> latest_;
  // Later ones may use modules and resource types of earlier ones.
  std::vector<std::shared_ptr<Instance>> all_;
  std::map<std::string, std::shared_ptr<Instance>> instances_;
  std::shared_ptr<Instance> current_;
};

}  // namespace wisp::spec
