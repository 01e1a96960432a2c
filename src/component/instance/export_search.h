// Finding exports of a component by what a user or an embedder calls them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "component/model/component.h"
#include "platform/result.h"

namespace wisp::component {

// By name; names of interfaces match by the version track, as imports do. Null: there is none.
const ExportDefinition* find_export(std::span<const ExportDefinition> exports, ExternSort sort,
                                    std::string_view name);

struct ExportedFunction {
  std::string_view interface;  // of the exported instance; empty: exported at the root
  const ExportDefinition* definition = nullptr;
};

// `name` as it is typed: "add" (at the root, else in any exported instance, but in one only),
// "docs:adder/add.add@0.1.0" or "docs:adder/add@0.1.0#add". Error kLink: says what there is.
Result<ExportedFunction> find_exported_function(const Component& component, std::string_view name);

}  // namespace wisp::component
