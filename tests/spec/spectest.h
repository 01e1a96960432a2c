// The modules that every core script may import; made anew for each.
#pragma once

#include <map>
#include <string>

#include "jit/runtime/store.h"

namespace wisp::spec {

// Items of an instance by name; what `register` binds.
using Namespace = std::map<std::string, jit::Extern, std::less<>>;

Namespace make_spectest(jit::Store& store);
// `gc`, which collects no garbage: there is none.
Namespace make_wasmtime(jit::Store& store);

}  // namespace wisp::spec
