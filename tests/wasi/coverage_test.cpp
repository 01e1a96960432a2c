// Every function of WASI against what can come out of it: ok, each error, a trap. The table is made
// from the WIT; a cell must be shown by a case of tests/wasi/cases.txt, or be excused, with a
// reason, in tests/wasi/coverage_reasons.txt.
#include <fnmatch.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "tests/support/guest_cases.h"
#include "tests/support/shared_folder.h"

namespace wisp::test {
namespace {

namespace fs = std::filesystem;

struct Function {
  std::string interface;
  std::string name;
  std::vector<std::string> outcomes;  // "ok", the errors, "trap"
};

std::string read_wit(const fs::path& path) {
  std::ifstream file(path);
  std::string text;
  std::string line;
  while (std::getline(file, line)) text += line.substr(0, line.find("//")) + "\n";
  return text;
}

// The text between a brace and its partner.
std::string block(const std::string& text, size_t open) {
  int depth = 0;
  for (size_t i = open; i < text.size(); i++) {
    if (text[i] == '{') depth++;
    if (text[i] == '}' && --depth == 0) return text.substr(open + 1, i - open - 1);
  }
  return "";
}

// The cases of enum or variant `name`.
std::vector<std::string> cases_of(const std::string& text, const std::string& name) {
  std::smatch match;
  if (!std::regex_search(text, match, std::regex("(enum|variant) " + name + " \\{"))) return {};
  std::string body = block(text, static_cast<size_t>(match.position() + match.length() - 1));
  body = std::regex_replace(body, std::regex("@\\w+\\([^)]*\\)|\\([^)]*\\)"), "");
  std::vector<std::string> cases;
  const std::regex word("%?([A-Za-z][\\w-]*)");
  for (std::sregex_iterator i(body.begin(), body.end(), word), end; i != end; ++i)
    cases.push_back((*i)[1]);
  return cases;
}

class WitReader {
 public:
  explicit WitReader(const fs::path& package) : package_("wasi:" + package.filename().string()) {
    for (const auto& entry : fs::directory_iterator(package)) {
      if (entry.path().extension() == ".wit") text_ += read_wit(entry.path());
    }
  }

  void append_functions(std::vector<Function>& functions) const {
    const std::regex interface("interface ([\\w-]+) \\{");
    for (std::sregex_iterator i(text_.begin(), text_.end(), interface), end; i != end; ++i) {
      std::string body = block(text_, static_cast<size_t>(i->position() + i->length() - 1));
      const std::string name = package_ + "/" + (*i)[1].str();
      const std::regex resource("resource ([\\w-]+) \\{");
      std::smatch match;
      while (std::regex_search(body, match, resource)) {
        const auto open = static_cast<size_t>(match.position() + match.length() - 1);
        const std::string methods = block(body, open);
        append(functions, name, methods, match[1]);
        body.erase(static_cast<size_t>(match.position()),
                   open - static_cast<size_t>(match.position()) + methods.size() + 2);
      }
      append(functions, name, body, "");
    }
  }

 private:
  void append(std::vector<Function>& functions, const std::string& interface,
              const std::string& body, const std::string& resource) const {
    const std::regex function("(constructor)\\(|%?([\\w-]+):\\s*(static )?func\\(");
    for (std::sregex_iterator i(body.begin(), body.end(), function), end; i != end; ++i) {
      const size_t stop = body.find(';', static_cast<size_t>(i->position()));
      const std::string declaration = body.substr(static_cast<size_t>(i->position()),
                                                  stop - static_cast<size_t>(i->position()));
      Function result{interface, (*i)[2], {"ok"}};
      if ((*i)[1].matched) {
        result.name = "[constructor]" + resource;
      } else if (!resource.empty()) {
        result.name = ((*i)[3].matched ? "[static]" : "[method]") + resource + "." + result.name;
      }
      append_errors(declaration, result.outcomes);
      result.outcomes.push_back("trap");
      functions.push_back(result);
    }
  }

  void append_errors(const std::string& declaration, std::vector<std::string>& outcomes) const {
    std::smatch match;
    const std::regex error("->\\s*result<[\\s\\S]*,\\s*([\\w-]+)>\\s*$");
    const std::regex bare("->\\s*result(<[\\w-]+>)?\\s*$");
    if (std::regex_search(declaration, match, error)) {
      const std::vector<std::string> errors = cases_of(text_, match[1]);
      EXPECT_FALSE(errors.empty()) << match[1] << " in " << declaration;
      outcomes.insert(outcomes.end(), errors.begin(), errors.end());
    } else if (std::regex_search(declaration, match, bare)) {
      outcomes.push_back("error");
    }
  }

  std::string package_;
  std::string text_;
};

// `interface function outcome: reason`, the first three patterns of fnmatch.
struct Reason {
  std::string interface;
  std::string function;
  std::string outcome;
  std::string line;
  size_t used = 0;

  bool matches(const Function& of, const std::string& cell) const {
    const auto match = [](const std::string& pattern, const std::string& text) {
      // Functions have brackets, which are to be taken as they are.
      return fnmatch(std::regex_replace(pattern, std::regex("\\["), "\\[").c_str(), text.c_str(),
                     FNM_EXTMATCH) == 0;
    };
    return match(interface, of.interface) && match(function, of.name) && match(outcome, cell);
  }
};

std::vector<Reason> read_reasons() {
  std::ifstream file(WISP_SOURCE_DIR "/tests/wasi/coverage_reasons.txt");
  std::vector<Reason> reasons;
  std::string line;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    const size_t colon = line.find(": ");
    EXPECT_NE(colon, std::string::npos) << line;
    std::istringstream words(line.substr(0, colon));
    Reason reason;
    words >> reason.interface >> reason.function >> reason.outcome;
    reason.line = line;
    reasons.push_back(reason);
  }
  return reasons;
}

class Coverage : public testing::Test {
 protected:
  void SetUp() override {
    const fs::path wit = test::shared_folder() + "/wit";
    if (!fs::exists(wit)) GTEST_SKIP() << "no WIT at " << wit << ": set WISP_SHARED";
    std::vector<fs::path> packages;
    for (const auto& entry : fs::directory_iterator(wit)) {
      if (entry.is_directory()) packages.push_back(entry.path());
    }
    std::sort(packages.begin(), packages.end());
    for (const fs::path& package : packages) WitReader(package).append_functions(functions_);
    std::vector<GuestCase> cases = read_all_guest_cases();
    for (GuestCase& guest_case : read_guest_cases(kNameCases))
      cases.push_back(std::move(guest_case));
    for (const GuestCase& guest_case : cases) {
      if (guest_case.guest == "preview1") continue;  // see preview1/functions_test.cpp
      for (const CoveredCell& cell : guest_case.covers) {
        shown_[cell.interface + " " + cell.function + " " + cell.outcome].push_back(
            guest_case.name);
      }
    }
  }

  std::vector<Function> functions_;
  std::map<std::string, std::vector<std::string>> shown_;
};

TEST_F(Coverage, TheTableHasEveryFunction) { EXPECT_EQ(functions_.size(), 181u); }

TEST_F(Coverage, EveryCellIsShownOrExcused) {
  std::vector<Reason> reasons = read_reasons();
  size_t shown = 0;
  size_t excused = 0;
  for (const Function& function : functions_) {
    for (const std::string& outcome : function.outcomes) {
      if (shown_.contains(function.interface + " " + function.name + " " + outcome)) {
        shown++;
        continue;
      }
      const auto reason = std::find_if(
          reasons.begin(), reasons.end(),
          [&](const Reason& candidate) { return candidate.matches(function, outcome); });
      if (reason == reasons.end()) {
        ADD_FAILURE() << "gap: " << function.interface << " " << function.name << " " << outcome;
        continue;
      }
      reason->used++;
      excused++;
    }
  }
  for (const Reason& reason : reasons) {
    EXPECT_GT(reason.used, 0u) << "excuses nothing any more: " << reason.line;
  }
  std::printf("%zu cells shown by cases, %zu excused\n", shown, excused);
}

TEST_F(Coverage, CasesCoverOnlyWhatExists) {
  std::set<std::string> cells;
  for (const Function& function : functions_) {
    for (const std::string& outcome : function.outcomes) {
      cells.insert(function.interface + " " + function.name + " " + outcome);
    }
  }
  for (const auto& [cell, names] : shown_)
    EXPECT_TRUE(cells.contains(cell)) << cell << " by " << names[0];
}

}  // namespace
}  // namespace wisp::test
