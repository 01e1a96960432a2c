// Component values of scripts: JSON to Value, by the type that the function says.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "component/type/types.h"

namespace wisp::spec {

// Nothing where the JSON is not of the type.
std::optional<component::Value> parse_component_value(const component::ValType& type,
                                                      const nlohmann::json& text);
// For messages.
std::string describe(const component::Value& value);

}  // namespace wisp::spec
