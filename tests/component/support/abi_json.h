// Types and values of the canonical ABI vectors: JSON to nodes and back. The vectors' README says
// how they are written.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "component/type/type_builder.h"
#include "component/type/types.h"

namespace wisp::component::testing {

using nlohmann::json;

class AbiTypes {
 public:
  AbiTypes() : builder_(arena_), resource_(builder_.resource("r")) {}
  // Null where a limit refuses it.
  const ValType* parse(const json& text);
  std::vector<LabeledType> parse_all(const json& list);
  TypeBuilder& builder() { return builder_; }

 private:
  std::string_view label(const std::string& name);

  Arena arena_;
  TypeBuilder builder_;
  const ResourceType* resource_;
};

Value parse_value(const ValType& type, const json& text);
StringEncoding parse_encoding(const std::string& text);
std::vector<uint8_t> parse_hex(const std::string& text);
// NaNs compare equal to NaNs: outside the deterministic profile any will do.
bool same_value(const ValType& type, const Value& a, const Value& b);

}  // namespace wisp::component::testing
