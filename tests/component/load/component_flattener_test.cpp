// Linking: what is left of a component when all names are resolved.
#include "component/load/component_flattener.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "component/load/load.h"
#include "component/model/component.h"
#include "tests/spec/script.h"
#include "tests/support/linked_component.h"
#include "tests/support/shared_folder.h"

namespace wisp::component {
namespace {

namespace fs = std::filesystem;

TEST(ComponentFlattener, Hello) {
  const auto bytes = spec::read_file(fs::path(WISP_SOURCE_DIR) / "examples/hello.wasm");
  Result<std::shared_ptr<Component>> linked = link_component(bytes);
  ASSERT_TRUE(linked) << linked.error().message();
  const Component& component = **linked;
  EXPECT_EQ(LinkedComponentCheck(component).run(), "");
  EXPECT_EQ(component.modules.size(), 3u) << "program, shim and fixups";
  EXPECT_EQ(component.core_instances.size(), 1u) << "the program";
  EXPECT_EQ(component.lifts.size(), 1u);
  ASSERT_EQ(component.exports.size(), 1u);
  EXPECT_TRUE(component.exports[0].name.starts_with("wasi:cli/run@0.2."));
  ASSERT_EQ(component.exports[0].exports.size(), 1u);
  EXPECT_EQ(component.exports[0].exports[0].name, "run");
  EXPECT_EQ(to_string(*component.exports[0].exports[0].func_type), "func() -> result");
  // Only what is lowered is asked of the host.
  size_t lowered = 0;
  for (const Trampoline& trampoline : component.trampolines) {
    if (trampoline.kind == TrampolineKind::kLower) ++lowered;
  }
  EXPECT_EQ(lowered, component.imported_functions.size());
  for (const ResourceDefinition& resource : component.resources) {
    EXPECT_EQ(resource.component_instance, kNoIndex) << resource.name;
  }
}

TEST(ComponentFlattener, LinksTheConformanceSuite) {
  const fs::path suite = fs::path(test::shared_folder()) / "component";
  if (!fs::exists(suite / "manifest.json")) GTEST_SKIP() << suite << " is missing";
  int linked_count = 0;
  const spec::Manifest manifest = spec::Manifest::find(suite);
  for (const fs::path& path : manifest.scripts()) {
    const spec::Script script = spec::read_script(path);
    for (const spec::Command& command : script.commands) {
      if (command.file.empty()) continue;
      const auto bytes = spec::read_file(command.file);
      Result<std::shared_ptr<Component>> linked = link_component(bytes);
      if (!linked) continue;
      ++linked_count;
      EXPECT_EQ(LinkedComponentCheck(**linked).run(), "") << script.source << ":" << command.line;
    }
  }
  EXPECT_GE(linked_count, 234);
}

// (component
//   (component $c (type $r (resource (rep i32))) (export "r" (type $r)))
//   (instance $a (instantiate $c)) (instance $b (instantiate $c))
//   (export "a" (instance $a)) (export "b" (instance $b)))
TEST(ComponentFlattener, ResourceTypesAreNewInEachInstance) {
  const std::vector<uint8_t> bytes = {
      0,    'a',  's', 'm', 0x0d, 0,   1,    0,  // preamble
      4,    23,   0,   'a', 's',  'm', 0x0d, 0, 1, 0, 7, 4,   1, 0x3f, 0x7f,
      0,    0x0b, 7,   1,   0,    1,   'r',  3, 0, 0,  // the nested component
      5,    7,    2,   0,   0,    0,   0,    0, 0,     // two instances
      0x0b, 13,   2,   0,   1,    'a', 5,    0, 0, 0, 1, 'b', 5, 1,    0};
  Result<std::shared_ptr<Component>> linked = link_component(bytes);
  ASSERT_TRUE(linked) << linked.error().message();
  const Component& component = **linked;
  ASSERT_EQ(component.component_instances.size(), 3u);
  EXPECT_EQ(component.component_instances[0].parent, kNoIndex);
  EXPECT_EQ(component.component_instances[2].parent, 0u);
  ASSERT_EQ(component.resources.size(), 2u);
  EXPECT_EQ(component.resources[0].component_instance, 1u);
  EXPECT_EQ(component.resources[1].component_instance, 2u);
  ASSERT_EQ(component.exports.size(), 2u);
  const ResourceType* a = component.exports[0].exports[0].type.resource;
  const ResourceType* b = component.exports[1].exports[0].type.resource;
  EXPECT_NE(a->index, b->index);
}

// Each level instantiates the one below twice: 2^n instances, which must end in an error.
TEST(ComponentFlattener, DoublingIsLimited) {
  std::vector<uint8_t> bytes = {0, 'a', 's', 'm', 0x0d, 0, 1, 0};
  const std::vector<uint8_t> preamble = bytes;
  for (int level = 0; level < 30; ++level) {
    std::vector<uint8_t> outer = preamble;
    outer.push_back(4);
    for (size_t size = bytes.size();; size >>= 7) {
      outer.push_back(static_cast<uint8_t>((size & 0x7f) | (size > 0x7f ? 0x80 : 0)));
      if (size <= 0x7f) break;
    }
    outer.insert(outer.end(), bytes.begin(), bytes.end());
    const std::vector<uint8_t> twice = {5, 7, 2, 0, 0, 0, 0, 0, 0};
    outer.insert(outer.end(), twice.begin(), twice.end());
    bytes = std::move(outer);
  }
  Result<std::shared_ptr<Component>> linked = link_component(bytes);
  ASSERT_FALSE(linked);
  EXPECT_EQ(linked.error().code(), ErrorCode::kLimit);
}

}  // namespace
}  // namespace wisp::component
