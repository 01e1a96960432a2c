// The walks over a function must agree on what can be reached: what the second one knows of a
// block it finds by counting. A summary that counts otherwise, whatever the fault that made it,
// gives no code.
#include <gtest/gtest.h>

#include "jit/compiler/backend.h"
#include "jit/compiler/summary_builder.h"
#include "jit/wasm/function_validator.h"
#include "jit/wasm/module_decoder.h"
#include "jit/x64/compiler.h"

namespace wisp::jit {
namespace {

// One function: a block that is branched to, with a loop that is not and a table of five labels.
constexpr uint8_t kModule[] = {
    0,    'a',  's',  'm',  1, 0, 0, 0,  //
    1,    4,    1,    0x60, 0, 0,        // type: (func)
    3,    2,    1,    0,                 // function
    10,   25,   1,    23,   0,           // code
    0x02, 0x40,                          // block
    0x03, 0x40, 0x0b,                    //   loop end
    0x41, 0x02,                          //   i32.const 2
    0x0e, 5,    0,    0,    1, 0, 0, 0,  //   br_table 0 0 1 0 0 0
    0x0b,                                // end
    0x02, 0x40, 0x0b,                    // block end
    0x01, 0x01, 0x0b,                    // nop nop end
};

class WalkAgreement : public ::testing::Test {
 protected:
  // Null, or why there is no code for a summary that `change` was applied to.
  const char* error_of(void (*change)(FuncSummary&)) {
    Module module = decode_module(kModule).value();
    const Backend& backend = x64::backend();
    ModuleContext context(module, backend.convention, {});
    FuncSummary summary;
    ValidationScratch validation;
    SummaryBuilder::Scratch scratch;
    SummaryBuilder sink(context, module.function_type(0), summary, scratch);
    FunctionDecoder<SummaryBuilder, Checks::kValidate> walk(module, module.bodies[0], 0, validation,
                                                            sink);
    EXPECT_TRUE(walk.run().has_value());
    change(summary);
    auto generator = backend.make_generator(context, CpuFeatures());
    generator->generate(0, module.bodies[0], summary);
    return generator->buffer().error();
  }
};

TEST_F(WalkAgreement, IsTheRule) {
  EXPECT_EQ(error_of([](FuncSummary&) {}), nullptr);
}

TEST_F(WalkAgreement, ABlockMoreIsRefused) {
  EXPECT_STREQ(error_of([](FuncSummary& summary) { summary.blocks.push_back({}); }),
               "the walks over the function disagree");
}

TEST_F(WalkAgreement, ABlockLessIsRefused) {
  EXPECT_STREQ(error_of([](FuncSummary& summary) { summary.blocks.pop_back(); }),
               "the walks over the function disagree");
}

TEST_F(WalkAgreement, ALabelThatIsNeverBoundIsRefused) {
  EXPECT_STREQ(error_of([](FuncSummary& summary) { summary.blocks[1].is_target = false; }),
               "the walks over the function disagree");
}

}  // namespace
}  // namespace wisp::jit
