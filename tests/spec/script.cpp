#include "tests/spec/script.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

namespace wisp::spec {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

[[noreturn]] void refuse(const fs::path& path, const char* why) {
  std::fprintf(stderr, "%s: %s\n", path.c_str(), why);
  std::abort();
}

json read_json(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) refuse(path, "cannot be read");
  json value = json::parse(stream, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) refuse(path, "is no JSON");
  return value;
}

CommandKind kind_of(const std::string& type) {
  static const std::map<std::string, CommandKind> kKinds = {
      {"module", CommandKind::kModule},
      {"module_definition", CommandKind::kModuleDefinition},
      {"module_instance", CommandKind::kModuleInstance},
      {"register", CommandKind::kRegister},
      {"action", CommandKind::kAction},
      {"assert_return", CommandKind::kAssertReturn},
      {"assert_trap", CommandKind::kAssertTrap},
      {"assert_exhaustion", CommandKind::kAssertExhaustion},
      {"assert_exception", CommandKind::kAssertException},
      {"assert_invalid", CommandKind::kAssertInvalid},
      {"assert_malformed", CommandKind::kAssertMalformed},
      {"assert_unlinkable", CommandKind::kAssertUnlinkable},
      {"assert_uninstantiable", CommandKind::kAssertUninstantiable},
      {"assert_invalid_custom", CommandKind::kAssertInvalidCustom},
  };
  const auto found = kKinds.find(type);
  return found == kKinds.end() ? CommandKind::kOther : found->second;
}

std::optional<std::string> optional_string(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

Action read_action(const json& object) {
  Action action;
  action.kind = object.at("type") == "get" ? ActionKind::kGet : ActionKind::kInvoke;
  action.module = optional_string(object, "module");
  action.field = object.at("field").get<std::string>();
  action.arguments = object.value("args", json::array());
  return action;
}

Command read_command(const json& object, const fs::path& folder) {
  Command command;
  command.type = object.at("type").get<std::string>();
  command.kind = kind_of(command.type);
  command.line = object.value("line", 0);
  if (const auto file = optional_string(object, "filename")) command.file = folder / *file;
  command.name = optional_string(object, "name");
  command.instance = optional_string(object, "instance");
  command.module = optional_string(object, "module");
  command.as = optional_string(object, "as").value_or("");
  command.text = optional_string(object, "text").value_or("");
  if (object.contains("action")) command.action = read_action(object.at("action"));
  command.expected = object.value("expected", json::array());
  return command;
}

std::set<std::string> string_set(const json& array) {
  std::set<std::string> strings;
  for (const json& item : array) strings.insert(item.get<std::string>());
  return strings;
}

ManifestEntry read_entry(const json& object) {
  ManifestEntry entry;
  entry.part = object.value("part", "");
  entry.kind = object.value("kind", "core");
  entry.tier = object.value("tier", "");
  entry.features = string_set(object.value("features", json::array()));
  const json beyond = object.value("modules_beyond_base", json::object());
  for (const auto& [file, features] : beyond.items()) {
    entry.modules_beyond_base[file] = string_set(features);
  }
  const json tiers = object.value("assertions_by_tier", json::object());
  for (const auto& [tier, count] : tiers.items()) {
    entry.assertions_by_tier[tier] = count.get<int>();
  }
  for (const json& problem : object.value("problems", json::array())) {
    entry.problems.push_back(problem.get<std::string>());
  }
  return entry;
}

Value read_value(const json& object) {
  Value value;
  value.type = object.value("type", "");
  if (value.type == "either") {
    value.either = core_values(object.at("values"));
    return value;
  }
  value.lane_type = object.value("lane_type", "");
  const auto content = object.find("value");
  if (content == object.end()) return value;
  if (content->is_string()) value.text = content->get<std::string>();
  if (content->is_object()) value.is_some_function = true;
  if (content->is_array()) value.lanes = content->get<std::vector<std::string>>();
  return value;
}

}  // namespace

Manifest Manifest::find(const fs::path& path) {
  for (fs::path folder = fs::weakly_canonical(path); folder != folder.parent_path();
       folder = folder.parent_path()) {
    if (fs::exists(folder / "manifest.json")) return read(folder / "manifest.json");
  }
  return {};
}

Manifest Manifest::read(const fs::path& manifest_json) {
  Manifest manifest;
  manifest.folder_ = fs::weakly_canonical(manifest_json).parent_path();
  const json content = read_json(manifest_json);
  for (const json& object : content.at("scripts")) {
    const auto script = optional_string(object, "json");
    if (!script) continue;  // a script that could not be converted
    const fs::path path = manifest.folder_ / *script;
    manifest.scripts_.push_back(path);
    manifest.entries_[path] = read_entry(object);
  }
  return manifest;
}

const ManifestEntry* Manifest::entry(const fs::path& script_json) const {
  const auto found = entries_.find(fs::weakly_canonical(script_json));
  return found == entries_.end() ? nullptr : &found->second;
}

Script read_script(const fs::path& path) {
  const json content = read_json(path);
  if (!content.contains("commands")) refuse(path, "is no script");
  Script script;
  script.path = path;
  script.source = content.value("source_filename", path.filename().string());
  for (const json& object : content.at("commands")) {
    script.commands.push_back(read_command(object, path.parent_path()));
  }
  return script;
}

std::vector<Value> core_values(const json& values) {
  std::vector<Value> result;
  for (const json& value : values) result.push_back(read_value(value));
  return result;
}

std::vector<uint8_t> read_file(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) refuse(path, "cannot be read");
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

}  // namespace wisp::spec
