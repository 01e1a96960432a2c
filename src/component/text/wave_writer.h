// WAVE out: component values as text, in wasmtime's spelling; see wave_reader.h.
#pragma once

#include <string>

#include "component/type/types.h"

namespace wisp::component {

// `value` is of the type. Handles, which have no text in WAVE, come out as their type: own<file>.
std::string to_wave(const ValType& type, const Value& value);

// As the text forms of WebAssembly and Rust print a float: the shortest digits that read back as
// the same value, never an exponent; "inf", "-inf" and the given word for NaN.
std::string to_text(float value, const char* nan);
std::string to_text(double value, const char* nan);

}  // namespace wisp::component
