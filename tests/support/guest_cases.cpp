#include "tests/support/guest_cases.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace wisp::test {

namespace {

std::string unescape(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size(); i++) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    i++;
    result += text[i] == 'n' ? '\n' : text[i] == 'r' ? '\r' : text[i];
  }
  return result;
}

void set_input(GuestCase& guest_case, const std::string& value) {
  const size_t space = value.find(' ');
  const std::string kind = value.substr(0, space);
  if (space != std::string::npos) guest_case.input = unescape(value.substr(space + 1));
  if (kind == "text") {
    guest_case.input_kind = Input::kText;
  } else if (kind == "late") {
    guest_case.input_kind = Input::kLate;
  } else if (kind == "silent") {
    guest_case.input_kind = Input::kSilent;
  } else if (kind == "directory") {
    guest_case.input_kind = Input::kDirectory;
  } else {
    throw std::runtime_error("stdin " + value);
  }
}

void set_output(GuestCase& guest_case, const std::string& value) {
  if (value == "closed") {
    guest_case.output_kind = Output::kClosed;
    guest_case.output.reset();
  } else if (value == "terminal") {
    guest_case.output_kind = Output::kTerminal;
  } else if (value.starts_with("size ")) {
    guest_case.output_size = std::stoul(value.substr(5));
    guest_case.output.reset();
  } else {
    throw std::runtime_error("stdout " + value);
  }
}

// Functions of wasi:filesystem/types that take a path: most errors of paths are the same for all of
// them.
constexpr const char* kPathFunctions[] = {
    "create-directory-at",
    "stat-at",
    "set-times-at",
    "link-at",
    "open-at",
    "readlink-at",
    "remove-directory-at",
    "rename-at",
    "symlink-at",
    "unlink-file-at",
    "metadata-hash-at",
};

void add_covered(GuestCase& guest_case, const std::string& value) {
  std::istringstream words(value);
  CoveredCell cell;
  words >> cell.interface >> cell.function;
  while (words >> cell.outcome) guest_case.covers.push_back(cell);
}

void set_property(GuestCase& guest_case, const std::string& key, const std::string& value) {
  if (key == "arg") {
    guest_case.arguments.push_back(value);
  } else if (key == "option") {
    guest_case.options.push_back(value);
  } else if (key == "host-env") {
    const size_t equals = value.find('=');
    guest_case.environment.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  } else if (key == "large-environment") {
    for (int i = 0; i < 512; i++) {
      guest_case.options.push_back("--env=V" + std::to_string(i) + "=" + std::string(1024, 'v'));
    }
  } else if (key == "stdin") {
    set_input(guest_case, value);
  } else if (key == "stdout") {
    set_output(guest_case, value);
  } else if (key == "expect") {
    guest_case.output = unescape(value);
  } else if (key == "expect-any") {
    guest_case.output.reset();
  } else if (key == "stderr") {
    guest_case.errors = value;
  } else if (key == "traps") {
    guest_case.trap = value;
    guest_case.status = 134;
  } else if (key == "exit") {
    guest_case.status = std::stoi(value);
  } else if (key == "preopens") {
    guest_case.preopens = value == "none" ? Preopens::kNone : Preopens::kAliased;
  } else if (key == "peer" && value == "resets") {
    guest_case.needs_resetting_peer = true;
  } else if (key == "covers") {
    add_covered(guest_case, value);
  } else if (key == "covers-paths") {
    for (const char* function : kPathFunctions) {
      add_covered(guest_case, std::string("wasi:filesystem/types [method]descriptor.") + function +
                                  " " + value);
    }
  } else {
    throw std::runtime_error("unknown property: " + key);
  }
}

}  // namespace

std::vector<GuestCase> read_guest_cases(const CaseList& list) {
  std::ifstream file(list.path);
  if (!file) throw std::runtime_error(std::string("cannot open ") + list.path);
  std::vector<GuestCase> cases;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    if (line.starts_with("case ")) {
      cases.emplace_back().name = line.substr(5);
      cases.back().guest = list.guest;
      continue;
    }
    if (cases.empty() || !line.starts_with("  "))
      throw std::runtime_error("misplaced line: " + line);
    const size_t space = line.find(' ', 2);
    const std::string key = line.substr(2, space == std::string::npos ? space : space - 2);
    set_property(cases.back(), key, space == std::string::npos ? "" : line.substr(space + 1));
  }
  return cases;
}

std::vector<GuestCase> read_all_guest_cases() {
  std::vector<GuestCase> all;
  for (const CaseList& list : kCaseLists) {
    std::vector<GuestCase> cases = read_guest_cases(list);
    all.insert(all.end(), std::make_move_iterator(cases.begin()),
               std::make_move_iterator(cases.end()));
  }
  return all;
}

}  // namespace wisp::test
