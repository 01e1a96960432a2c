// Values of core scripts against the slots of a call.
#pragma once

#include <optional>
#include <string>

#include "jit/runtime/store.h"
#include "tests/spec/script.h"

namespace wisp::spec {

// The 8-byte slot of an argument; nothing if its type needs a feature that is not there (v128).
std::optional<uint64_t> to_slot(const Value& value);

// Whether a result is as expected; nothing as above.
std::optional<bool> matches(const Value& expected, jit::ValueType type, uint64_t slot);

std::string describe(const Value& value);
std::string describe(jit::ValueType type, uint64_t slot);

}  // namespace wisp::spec
