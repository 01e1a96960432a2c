// Script: a conformance script (JSON as described in the README of the shared spec folder) and the
// manifest that says what each one needs, read into plain structs.
//
// Used by spec_runner and by the validation test. Reading throws nothing: a file that is not as
// expected aborts with its name, since it is our own data.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace wisp::spec {

// A core value, of an argument or expected. `text` is the decimal number (signed for integers, the
// bit pattern for floats), "null", "nan:canonical", "nan:arithmetic", or absent: any of that type.
struct Value {
  std::string type;
  std::optional<std::string> text;
  std::string lane_type;           // v128
  std::vector<std::string> lanes;  // v128
  std::vector<Value> either;       // one of these
  // funcref given as {"index": n}: some function.
  bool is_some_function = false;
};

enum class ActionKind : uint8_t { kInvoke, kGet };

struct Action {
  ActionKind kind = ActionKind::kInvoke;
  std::optional<std::string> module;  // none: the current instance
  std::string field;
  nlohmann::json arguments;  // as written; `core_values` reads those of core modules
};

enum class CommandKind : uint8_t {
  kModule,
  kModuleDefinition,
  kModuleInstance,
  kRegister,
  kAction,
  kAssertReturn,
  kAssertTrap,
  kAssertExhaustion,
  kAssertException,
  kAssertInvalid,
  kAssertMalformed,
  kAssertUnlinkable,
  kAssertUninstantiable,
  kAssertInvalidCustom,
  kOther,
};

struct Command {
  CommandKind kind = CommandKind::kOther;
  std::string type;  // as written
  int line = 0;
  std::filesystem::path file;           // full path; empty if the command has none
  std::optional<std::string> name;      // of a module, a definition, or what is registered
  std::optional<std::string> instance;  // module_instance: the name of the result
  std::optional<std::string> module;    // module_instance: the definition
  std::string as;                       // register
  std::string text;                     // what the reference reports
  std::optional<Action> action;
  nlohmann::json expected;  // array
};

struct Script {
  std::filesystem::path path;
  std::string source;
  std::vector<Command> commands;
};

// What the manifest says about a script.
struct ManifestEntry {
  std::string part;
  std::string kind;  // "core", "component"
  std::string tier;
  std::set<std::string> features;
  // File name -> features beyond wasm 2.0 (or beyond component-base).
  std::map<std::string, std::set<std::string>> modules_beyond_base;
  std::map<std::string, int> assertions_by_tier;
  std::vector<std::string> problems;
};

class Manifest {
 public:
  // Finds manifest.json in the folder of `path` or above it; empty if there is none.
  static Manifest find(const std::filesystem::path& path);
  static Manifest read(const std::filesystem::path& manifest_json);

  const ManifestEntry* entry(const std::filesystem::path& script_json) const;
  // All scripts, in the manifest's order.
  const std::vector<std::filesystem::path>& scripts() const { return scripts_; }

 private:
  std::filesystem::path folder_;
  std::vector<std::filesystem::path> scripts_;
  std::map<std::filesystem::path, ManifestEntry> entries_;
};

Script read_script(const std::filesystem::path& path);
std::vector<Value> core_values(const nlohmann::json& values);
std::vector<uint8_t> read_file(const std::filesystem::path& path);

}  // namespace wisp::spec
