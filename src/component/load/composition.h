// Composition: which component answers which import, of a root and the components that are plugged
// into it (component.md, 13). Works on names and types alone; the flattener carries it out.
//
// Names resolve as those of the host do (interface_name.h): an exact one first, otherwise the
// highest version on the track. Exports of plugs come first, the host second. A component that the
// root imports can be given here only, since what it makes is instantiated with everything else; a
// core module can be given by the host as well.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "component/model/decoded.h"
#include "platform/result.h"

namespace wisp::component {

// A component of a composition.
struct Part {
  std::string_view name;  // for messages: its file
  // The only import that it answers; empty: all that its exports have the names of.
  std::string_view import;
  const DecodedComponent* component = nullptr;
};

// What a part gives for an import: an export; without one the instance itself, or the component.
struct Provision {
  std::string_view import;
  uint32_t part = kNoIndex;
  std::optional<std::string_view> exported;
};

class Composition {
 public:
  // The first part is the root. Errors: kLink for an import that two parts answer, for a circle,
  // and for a part that nobody uses.
  static Result<Composition> plan(std::span<const Part> parts);

  const Part& part(uint32_t index) const { return parts_[index]; }
  // Each part after those that it uses; the root is the last.
  std::span<const uint32_t> order() const { return order_; }
  // What is given to a part; everything else it imports comes from the host.
  std::span<const Provision> provisions(uint32_t part) const { return provisions_[part]; }

 private:
  explicit Composition(std::span<const Part> parts);
  Result<void> find_provisions(uint32_t user);
  Result<std::optional<Provision>> find(uint32_t user, const ExternItem& import) const;
  std::optional<Provision> answer(uint32_t provider, const ExternItem& import) const;
  Result<void> visit(uint32_t part, std::vector<uint32_t>& path);
  Result<void> check_all_used() const;

  std::vector<Part> parts_;
  std::vector<std::vector<Provision>> provisions_;  // by part
  std::vector<uint32_t> order_;
  enum class Visit : uint8_t { kNot, kOpen, kDone };
  std::vector<Visit> visits_;
};

}  // namespace wisp::component
