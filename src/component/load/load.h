// Loading: bytes in, a Component out. The door of this folder: nobody else needs what is behind it.
//
//   1. decode, which validates all but function bodies      binary/component_decoder.h
//   2. refuse what Wisp does not run
//   3. of several: who answers which import                 composition.h
//   4. flatten: instantiate on paper                        component_flattener.h
//   5. leave out shims, see when what can be completed      shim_folder.h, instantiation_schedule.h
//   6. make code                                            code_maker.h
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "component/model/component.h"
#include "jit/engine.h"
#include "platform/result.h"

namespace wisp::component {

// Errors: kMalformed, kInvalid, kUnsupported (names the feature), kLimit.
Result<void> validate_component(std::span<const uint8_t> bytes);

// `bytes` must outlive the component. Errors as above.
Result<std::shared_ptr<const Component>> compile_component(std::shared_ptr<jit::Engine> engine,
                                                           std::span<const uint8_t> bytes);
// The same without machine code: for tools and tests that look at what is linked.
Result<std::shared_ptr<const Component>> link_component(std::span<const uint8_t> bytes);

// A component that is plugged into another, to answer its imports.
struct Plug {
  std::string name;  // for messages: its file
  std::span<const uint8_t> bytes;
  // The only import that it answers; empty: all that its exports have the names of.
  std::string import;
};

// The root, which is the first and whose `import` is empty, with the others plugged into it, as if
// a component had been written that instantiates them. Error kLink: they do not fit together.
Result<std::shared_ptr<const Component>> compose_components(std::shared_ptr<jit::Engine> engine,
                                                            std::span<const Plug> parts);

}  // namespace wisp::component
