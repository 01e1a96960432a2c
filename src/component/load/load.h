// Loading: bytes in, a Component out. The door of this folder: nobody else needs what is behind it.
//
//   1. decode, which validates all but function bodies      binary/component_decoder.h
//   2. refuse what Wisp does not run
//   3. of several: who answers which import                 composition.h
//   4. flatten: instantiate on paper                        component_flattener.h
//   5. leave out shims, see when what can be completed      shim_folder.h, instantiation_schedule.h
//   6. make code                                            code_maker.h
//
// Nearly all of the time is in the last step. Who knows what will be asked of a component links it
// first, and makes code when it is clear that all that it imports is there.
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

// Steps 1 to 5. `bytes` must outlive the component. Errors as above, but for what is wrong with
// function bodies.
Result<std::shared_ptr<Component>> link_component(std::span<const uint8_t> bytes);

// A component that is plugged into another, to answer its imports.
struct Plug {
  std::string name;  // for messages: its file
  std::span<const uint8_t> bytes;
  // The only import that it answers; empty: all that its exports have the names of.
  std::string import;
};

// The root, which is the first and whose `import` is empty, with the others plugged into it, as if
// a component had been written that instantiates them. Error kLink: they do not fit together.
Result<std::shared_ptr<Component>> compose_components(std::span<const Plug> parts);

// Step 6, unless it was done before, for this engine: a component has code once. Several threads
// may ask at a time. Errors as of validate_component.
Result<void> make_code(Component& component, jit::Engine& engine);

// All six.
Result<std::shared_ptr<const Component>> compile_component(std::shared_ptr<jit::Engine> engine,
                                                           std::span<const uint8_t> bytes);

}  // namespace wisp::component
