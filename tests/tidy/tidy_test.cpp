// The rules of the tree: layers, lengths, names that must not appear, files that nobody uses.
//
// What breaks a rule today stands in exemptions.txt; an entry that is no longer needed fails the
// test.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = WISP_SOURCE_DIR;

struct File {
  std::string path;  // from the root, as "src/jit/engine.h"
  std::vector<std::string> lines;
};

std::vector<File> read_tree(const std::vector<std::string>& folders) {
  std::vector<File> files;
  for (const auto& folder : folders) {
    if (!fs::exists(kRoot / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".h" && extension != ".hpp" && extension != ".cpp" && extension != ".def")
        continue;
      File file{fs::relative(entry.path(), kRoot).string(), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) file.lines.push_back(std::move(line));
      files.push_back(std::move(file));
    }
  }
  return files;
}

const std::vector<File>& sources() {
  static const auto files = read_tree({"src", "include"});
  return files;
}
const std::vector<File>& everything() {
  static const auto files = read_tree({"src", "include", "tests", "bench", "examples"});
  return files;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// Counts offences per (rule, path) and compares them with exemptions.txt.
class Offences {
 public:
  explicit Offences(std::string rule) : rule_(std::move(rule)) {}

  void add(const std::string& path, const std::string& what) { found_[path].push_back(what); }

  ~Offences() {
    std::ifstream in(kRoot / "tests/tidy/exemptions.txt");
    std::map<std::string, size_t> allowed;
    for (std::string line; std::getline(in, line);) {
      if (line.empty() || line[0] == '#') continue;
      std::istringstream words(line);
      std::string rule, path;
      size_t count = 1;
      words >> rule >> path >> count;
      if (rule == rule_) allowed[path] = count;
    }
    for (const auto& [path, whats] : found_) {
      const size_t limit = allowed.contains(path) ? allowed[path] : 0;
      if (whats.size() <= limit) continue;
      for (const auto& what : whats) ADD_FAILURE() << rule_ << ": " << path << ": " << what;
    }
    for (const auto& [path, count] : allowed) {
      const size_t now = found_.contains(path) ? found_[path].size() : 0;
      EXPECT_GE(now, count) << rule_ << ": " << path
                            << " is better than its exemption: lower or remove it";
    }
  }

 private:
  std::string rule_;
  std::map<std::string, std::vector<std::string>> found_;
};

std::vector<std::string> includes_of(const File& file) {
  static const std::regex pattern(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
  std::vector<std::string> result;
  std::smatch match;
  for (const auto& line : file.lines) {
    if (std::regex_search(line, match, pattern)) result.push_back(match[1]);
  }
  return result;
}

// The rooms of the component layer, lowest first: each sees itself and those before it.
constexpr std::string_view kRooms[] = {"type",   "abi",  "host",     "model", "validate",
                                       "binary", "load", "instance", "link",  "text"};

// The layer or room of a source path or of an include path: "platform", "jit/wasm",
// "component/abi", ...
std::string layer_of(std::string_view path) {
  if (starts_with(path, "src/")) path.remove_prefix(4);
  for (const std::string_view room : kRooms) {
    const std::string folder = "component/" + std::string(room);
    if (starts_with(path, folder + "/")) return folder;
  }
  for (const char* part : {"jit/wasm", "jit/runtime", "jit/compiler", "jit/x64", "jit/a64", "jit",
                           "platform", "wasi", "api", "cli"}) {
    if (starts_with(path, std::string(part) + "/")) return part;
  }
  return "";
}

// The place among kRooms; nothing for other layers.
std::optional<size_t> room_of(std::string_view layer) {
  constexpr std::string_view kPrefix = "component/";
  if (!starts_with(layer, kPrefix)) return std::nullopt;
  return std::find(std::begin(kRooms), std::end(kRooms), layer.substr(kPrefix.size())) - kRooms;
}

bool may_include(const std::string& from, const std::string& to) {
  static const std::map<std::string, std::set<std::string>> below = {
      {"platform", {"platform"}},
      {"jit/wasm", {"jit/wasm", "platform"}},
      {"jit/runtime", {"jit/runtime", "jit/wasm", "platform"}},
      {"jit/compiler", {"jit/compiler", "jit/wasm", "jit/runtime", "platform"}},
      {"jit/x64", {"jit/x64", "jit/compiler", "jit/runtime", "platform"}},
      {"jit/a64", {"jit/a64", "jit/compiler", "jit/runtime", "platform"}},
      {"jit", {"jit", "jit/wasm", "jit/runtime", "jit/compiler", "jit/x64", "jit/a64", "platform"}},
      {"component", {"jit", "jit/runtime", "jit/wasm", "platform"}},
      {"wasi", {"wasi", "component", "jit/runtime", "platform"}},
      {"api", {"api", "wasi", "component", "jit", "jit/runtime", "platform"}},
      {"cli", {"cli"}},
  };
  const std::optional<size_t> from_room = room_of(from), to_room = room_of(to);
  if (from_room && to_room) return *to_room <= *from_room;
  return below.at(from_room ? "component" : from).contains(to_room ? "component" : to);
}

TEST(Tidy, LayersPointDownwards) {
  Offences offences("layer");
  for (const auto& file : sources()) {
    if (!starts_with(file.path, "src/")) continue;
    const auto layer = layer_of(file.path);
    if (layer.empty()) {
      offences.add(file.path, "lies in no layer or room");
      continue;
    }
    for (const auto& include : includes_of(file)) {
      const auto target = layer_of(include);
      if (!target.empty() && !may_include(layer, target))
        offences.add(file.path, "includes " + include);
    }
  }
}

// That the rule above can say no.
TEST(Tidy, LayersAndRoomsHaveAnOrder) {
  const auto sees = [](std::string_view from, std::string_view to) {
    return may_include(layer_of(from), layer_of(to));
  };
  for (size_t i = 0; i < std::size(kRooms); i++) {
    for (size_t k = 0; k < std::size(kRooms); k++) {
      const std::string from = "src/component/" + std::string(kRooms[i]) + "/file.h";
      const std::string to = "component/" + std::string(kRooms[k]) + "/file.h";
      EXPECT_EQ(sees(from, to), k <= i) << from << " " << to;
    }
    EXPECT_TRUE(fs::is_directory(kRoot / "src/component" / kRooms[i])) << kRooms[i];
  }
  EXPECT_TRUE(sees("src/component/host/host_call.h", "jit/runtime/store.h"));
  EXPECT_TRUE(sees("src/wasi/context.h", "component/link/component_linker.h"));
  EXPECT_FALSE(sees("src/component/link/component_linker.h", "wasi/context.h"));
  EXPECT_FALSE(sees("src/component/type/types.h", "jit/compiler/adapters.h"));
  EXPECT_FALSE(sees("src/jit/wasm/module.h", "jit/runtime/store.h"));
  EXPECT_FALSE(sees("src/jit/runtime/store.h", "component/type/types.h"));
  EXPECT_EQ(layer_of("src/component/component.h"), "");
}

TEST(Tidy, LibrariesAreNamedInTheirPlaces) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> allowed = {
      {"liburing.h", {"src/platform/io_uring_backend.cpp"}},
      {"asmjit/",
       {"src/jit/compiler/asmjit_compat.h", "src/jit/compiler/emit_buffer", "src/jit/x64/",
        "src/jit/a64/"}},
      {"openssl/", {"src/platform/"}},
      {"ares.h", {"src/platform/dns_lookup.cpp"}},
      {"idn2.h", {"src/wasi/sockets/host_name.cpp"}},
      {"mimalloc", {"src/platform/allocator.cpp", "src/cli/"}},
      {"capstone/", {"src/cli/"}},
      {"CLI/", {"src/cli/options.cpp"}},
  };
  Offences offences("library");
  for (const auto& file : sources()) {
    for (const auto& include : includes_of(file)) {
      for (const auto& [library, places] : allowed) {
        if (!starts_with(include, library)) continue;
        bool fine = false;
        for (const auto& place : places) fine |= starts_with(file.path, place);
        if (!fine) offences.add(file.path, "includes " + include);
      }
    }
  }
}

TEST(Tidy, SharedCompilerNamesNoArchitecture) {
  static const std::regex pattern(
      R"(\b(x64|x86|a64|aarch64|AArch64|arm64|__x86_64__|__aarch64__)\b)"
      R"(|\b(r1[0-5]|[re][abcd]x|xmm\d*)\b)");
  Offences offences("architecture");
  for (const auto& file : sources()) {
    if (layer_of(file.path) != "jit/compiler" || file.path.ends_with("asmjit_compat.h")) continue;
    if (file.path.find("emit_buffer") != std::string::npos) continue;
    for (const auto& line : file.lines) {
      const auto code = line.substr(0, line.find("//"));
      if (std::regex_search(code, pattern)) offences.add(file.path, line);
    }
  }
}

TEST(Tidy, FilesAndLinesAreShort) {
  Offences lengths("length");
  Offences columns("columns");
  for (const auto& file : everything()) {
    if (file.path.ends_with(".def")) continue;
    if (file.lines.size() > 600)
      lengths.add(file.path, std::to_string(file.lines.size()) + " lines");
    for (size_t i = 0; i < file.lines.size(); i++) {
      if (file.lines[i].size() > 100)
        columns.add(file.path, "line " + std::to_string(i + 1) + " is too long");
    }
  }
}

TEST(Tidy, SourcesExplainThemselves) {
  Offences offences("opening");
  for (const auto& file : sources()) {
    const bool header =
        file.path.ends_with(".h") || file.path.ends_with(".hpp") || file.path.ends_with(".def");
    if (header && (file.lines.empty() || !starts_with(file.lines[0], "//")))
      offences.add(file.path, "no opening comment");
  }
}

TEST(Tidy, NothingBannedIsUsed) {
  const std::vector<std::pair<std::regex, std::string>> banned = {
      {std::regex(R"(\bdynamic_cast\b|\btypeid\b)"), "no RTTI"},
      {std::regex(R"(\bthrow\b|\bcatch\s*\()"), "no exceptions"},
      {std::regex(R"(\b(strcpy|strcat|sprintf|gets|alloca)\s*\()"), "unsafe function"},
      {std::regex(R"(\bstd::(cout|cerr|regex|iostream)\b)"), "heavy at start-up"},
      {std::regex(R"(\busing namespace\b)"), "using namespace"},
      {std::regex(R"(\b(FIXME|XXX|HACK)\b|TODO(?!\(#\d+\)))"), "open point without an issue"},
  };
  Offences offences("banned");
  for (const auto& file : sources()) {
    const bool cli = layer_of(file.path) == "cli" || file.path.ends_with(".hpp");
    for (const auto& line : file.lines) {
      for (const auto& [pattern, why] : banned) {
        if (cli && why == "no exceptions") continue;
        const auto code =
            why == "open point without an issue" ? line : line.substr(0, line.find("//"));
        if (std::regex_search(code, pattern)) offences.add(file.path, why + ": " + line);
      }
    }
  }
}

TEST(Tidy, EachHeaderIsUsed) {
  std::set<std::string> included;
  for (const auto& file : everything()) {
    for (const auto& include : includes_of(file)) included.insert(include);
  }
  Offences offences("dead");
  for (const auto& file : sources()) {
    if (!starts_with(file.path, "src/") || !file.path.ends_with(".h")) continue;
    if (!included.contains(file.path.substr(4))) offences.add(file.path, "included by nobody");
  }
}

// What proves that the header compiles alone.
TEST(Tidy, OwnHeaderComesFirst) {
  Offences offences("own-header");
  for (const auto& file : sources()) {
    if (!starts_with(file.path, "src/") || !file.path.ends_with(".cpp")) continue;
    const auto header = file.path.substr(0, file.path.size() - 4) + ".h";
    if (!fs::exists(kRoot / header)) continue;
    const auto includes = includes_of(file);
    if (includes.empty() || includes.front() != header.substr(4))
      offences.add(file.path, "does not include its own header first");
  }
}

TEST(Tidy, PublicHeadersExposeNothingInternal) {
  Offences offences("public");
  for (const auto& file : sources()) {
    if (!starts_with(file.path, "include/")) continue;
    for (const auto& include : includes_of(file)) {
      if (include.find('/') != std::string::npos && !starts_with(include, "wisp/"))
        offences.add(file.path, include);
    }
  }
}

}  // namespace
