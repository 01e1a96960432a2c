// wasi:cli/{environment,exit}, called as the thunks call it.
#include <gtest/gtest.h>

#include "wasi/cli/environment.h"
#include "wasi/cli/exit.h"

namespace wisp::wasi {
namespace {

class Cli : public testing::Test {
 protected:
  EventLoop loop_{IoChoice::kEpoll};
  WasiContext context_{loop_};
  component::HostCall call_;
};

TEST_F(Cli, EnvironmentIsWhatTheContextGrants) {
  context_.arguments = {"name", "", "\xc3\xa9"};
  context_.environment = {{"A", "1"}, {"B", ""}};
  for (int i = 0; i < 2; i++) {
    const auto arguments = environment::get_arguments(call_, context_);
    EXPECT_EQ(std::vector(arguments.begin(), arguments.end()),
              (std::vector<std::string>{"name", "", "\xc3\xa9"}));
    const auto variables = environment::get_environment(call_, context_);
    EXPECT_EQ(std::vector(variables.begin(), variables.end()),
              (std::vector<environment::Variable>{{"A", "1"}, {"B", ""}}));
  }
  EXPECT_EQ(environment::initial_cwd(call_, context_), std::nullopt);
  context_.initial_cwd = "/data";
  EXPECT_EQ(environment::initial_cwd(call_, context_), "/data");
}

TEST_F(Cli, ExitUnwindsWithoutAMessage) {
  exit::exit(call_, context_, exit::Status());
  EXPECT_TRUE(call_.unwinding());
  EXPECT_EQ(call_.code(), jit::TrapCode::kExit);
  EXPECT_EQ(context_.exit_status, 0);
}

TEST_F(Cli, ExitWithAnErrorIsOne) {
  exit::exit(call_, context_, component::Failure{component::Unit{}});
  EXPECT_EQ(call_.code(), jit::TrapCode::kExit);
  EXPECT_EQ(context_.exit_status, 1);
}

TEST_F(Cli, ExitWithCodeKeepsTheCode) {
  exit::exit_with_code(call_, context_, 255);
  EXPECT_EQ(call_.code(), jit::TrapCode::kExit);
  EXPECT_EQ(context_.exit_status, 255);
}

}  // namespace
}  // namespace wisp::wasi
