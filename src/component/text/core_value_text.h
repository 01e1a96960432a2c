// Values of core WebAssembly as text: what `wisp run --invoke` reads and prints for core modules.
//
// The forms are those of wasmtime: numbers are decimal, references are only named.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jit/wasm/types.h"

namespace wisp::component {

// The bits of a number of the type. Integers may be hexadecimal with 0x, and whatever fits the
// width, signed or unsigned. Nothing where the text is no such number, or the type has no text.
std::optional<uint64_t> parse_core_value(jit::ValueType type, std::string_view text);

// Integers come out signed, NaN as "NaN", references as "<funcref>" or "<null externref>".
std::string core_value_to_text(jit::ValueType type, uint64_t bits);

}  // namespace wisp::component
