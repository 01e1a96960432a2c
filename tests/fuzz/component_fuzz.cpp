// Fuzz target: bytes -> component decoder -> validator -> linker. Finds crashes, sanitizer reports,
// errors without a place, and components that link to something inconsistent.
#include <cstdio>
#include <cstdlib>

#include "component/load/load.h"
#include "component/model/component.h"
#include "tests/support/linked_component.h"

namespace wisp::component {
namespace {

[[noreturn]] void fail(const char* what, const std::string& detail) {
  std::fprintf(stderr, "%s: %s\n", what, detail.c_str());
  std::abort();
}

void run(std::span<const uint8_t> bytes) {
  Result<std::shared_ptr<Component>> component = link_component(bytes);
  if (!component) {
    const Error& error = component.error();
    if (error.message().empty()) fail("an error without a message", "");
    if (error.offset() > bytes.size() && error.offset() != Error::kNoOffset) {
      fail("an error beyond the end", error.message());
    }
    return;
  }
  const std::string problem = LinkedComponentCheck(**component).run();
  if (!problem.empty()) fail("linked wrongly", problem);
}

}  // namespace
}  // namespace wisp::component

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wisp::component::run({data, size});
  return 0;
}
