// Compares the component type of a host function with that of an import, and puts it into words.
#pragma once

#include <span>
#include <string>

#include "component/host/host_signature.h"
#include "component/type/types.h"

namespace wisp::component {

// Structural: names of parameters do not count, those of fields, cases and labels do. `resources`
// says what the resource types of the import are, by ResourceType::index.
bool same_signature(const HostSignature& host, const FuncType& type,
                    std::span<const RuntimeResourceType* const> resources);

// The host's types have no names of their own; this knows those of its resources.
struct HostTypeNames {
  std::string (*name)(const void* environment, const RuntimeResourceType* type);
  const void* environment;
};
// As in WIT, with aggregates written out: "func(self: borrow<descriptor>) -> result<u8, ...>". The
// host's parameters have no names of their own: `params` may lend them.
std::string to_string(const HostSignature& signature, const HostTypeNames& names,
                      std::span<const LabeledType> params = {});

}  // namespace wisp::component
