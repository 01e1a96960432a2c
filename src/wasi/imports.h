// What a guest may import: one table, interface -> registration.
#pragma once

#include <string>
#include <string_view>

#include "component/link/component_linker.h"
#include "wasi/context.h"

namespace wisp::wasi {

// Offers every interface of WASI 0.2 that the context allows. The context outlives the linker.
void add_imports(component::ComponentLinker& linker, WasiContext& context);

// Whether `feature` names something that WASI marks @unstable and Wisp has.
bool is_known_feature(std::string_view feature);

// Adds to each line of a link error that names an @unstable interface what enables it.
std::string with_feature_hints(std::string link_error);

}  // namespace wisp::wasi
