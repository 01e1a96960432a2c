// Fixture of tests that run real components: engine, store, linker and a guest by its file name.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "component/instance/component_instance.h"
#include "component/link/component_linker.h"
#include "component/load/load.h"
#include "component/model/component.h"
#include "jit/engine.h"

namespace wisp::component::testing {

class GuestFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<std::shared_ptr<jit::Engine>> made = jit::Engine::create();
    ASSERT_TRUE(made.has_value()) << made.error().message();
    engine = std::move(made).value();
    store = std::make_unique<jit::Store>(engine);
  }
  // `path` is relative to the source tree. Null, with a failure, where it does not compile.
  std::shared_ptr<const Component> compile(const std::string& path) {
    std::ifstream in(WISP_SOURCE_DIR "/" + path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
    Result<std::shared_ptr<const Component>> compiled = compile_component(engine, bytes);
    if (!compiled.has_value()) ADD_FAILURE() << compiled.error().message();
    return compiled.has_value() ? std::move(compiled).value() : nullptr;
  }

  std::shared_ptr<jit::Engine> engine;
  std::vector<uint8_t> bytes;
  std::unique_ptr<jit::Store> store;
};

}  // namespace wisp::component::testing
