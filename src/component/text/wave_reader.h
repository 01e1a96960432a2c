// WAVE in: the text of a component value, or of a function call, becomes values of given types.
//
// https://github.com/bytecodealliance/wasm-tools/tree/main/crates/wasm-wave (README). The type
// leads, so there is no syntax tree; recursion is as deep as the type, which is limited. Maps are
// written as lists of tuples, which is what they are in the canonical ABI. Errors are kUsage and
// begin with the column; of a call they name the parameter.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/text/wave_lexer.h"
#include "component/type/types.h"
#include "platform/result.h"

namespace wisp::component {

// `text` is a value and nothing else.
Result<Value> parse_wave_value(std::string_view text, const ValType& type);

// A call as it is typed: "add(1, 2)", "docs:adder/add@0.1.0#add(1, 2)".
struct WaveCall {
  std::string_view text;
  std::string_view name;  // up to the parenthesis
};
// Takes the name off; says nothing about the arguments yet.
Result<WaveCall> parse_wave_call(std::string_view text);
// `none` arguments at the end may be left out.
Result<std::vector<Value>> parse_wave_arguments(const WaveCall& call, const FuncType& type);

}  // namespace wisp::component
