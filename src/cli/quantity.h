// Numbers and durations as options have them: what wasmtime takes, and a little more.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wisp::cli {

// 65536, 65_536, +65536, 0x10000. Nothing for anything else.
std::optional<uint64_t> parse_number(std::string_view text);

// "10" (seconds), "300ms", "1m 30s". Nothing for anything else.
std::optional<uint64_t> parse_duration_ns(std::string_view text);

}  // namespace wisp::cli
