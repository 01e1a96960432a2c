#include "component/load/composition.h"

#include <algorithm>

#include "component/type/interface_name.h"
#include "platform/printable.h"

namespace wisp::component {
namespace {

std::string list_names(std::span<const ExternItem> items) {
  std::string text;
  for (const ExternItem& item : items) text += (text.empty() ? "" : ", ") + printable(item.name);
  return text.empty() ? "nothing" : text;
}

// The export that answers `wanted` best.
const ExternItem* find_export(std::span<const ExternItem> exports, const ExternItem& wanted) {
  const InterfaceName name = InterfaceName::parse(wanted.name);
  const ExternItem* best = nullptr;
  InterfaceName best_name;
  for (const ExternItem& candidate : exports) {
    if (candidate.name == wanted.name) return &candidate;
    const InterfaceName found = InterfaceName::parse(candidate.name);
    if (candidate.type.sort != wanted.type.sort || !name.is_answered_by(found)) continue;
    if (best != nullptr && !best_name.is_older_than(found)) continue;
    best = &candidate;
    best_name = found;
  }
  return best;
}

// Whether what the user named by `given` is this import; a version may be left out.
bool is_named(std::string_view given, std::string_view import) {
  if (given == import) return true;
  const InterfaceName name = InterfaceName::parse(given);
  return name.version.empty() && name.base == InterfaceName::parse(import).base;
}

}  // namespace

Composition::Composition(std::span<const Part> parts)
    : parts_(parts.begin(), parts.end()),
      provisions_(parts.size()),
      visits_(parts.size(), Visit::kNot) {}

Result<Composition> Composition::plan(std::span<const Part> parts) {
  Composition composition(parts);
  for (uint32_t i = 0; i < parts.size(); i++) WISP_TRY(composition.find_provisions(i));
  std::vector<uint32_t> path;
  WISP_TRY(composition.visit(0, path));
  WISP_TRY(composition.check_all_used());
  return composition;
}

Result<void> Composition::find_provisions(uint32_t user) {
  for (const ExternItem& import : parts_[user].component->type->imports) {
    std::optional<Provision> found = WISP_TRY(find(user, import));
    if (found) provisions_[user].push_back(*found);
  }
  return {};
}

// What a part offers for an import, or nothing.
std::optional<Provision> Composition::answer(uint32_t provider, const ExternItem& import) const {
  const Part& part = parts_[provider];
  if (!part.import.empty() && !is_named(part.import, import.name)) return std::nullopt;
  Provision provision{import.name, provider, std::nullopt};
  const ExternItem* item = find_export(part.component->type->exports, import);
  if (item != nullptr) {
    provision.exported = item->name;
    return provision;
  }
  // Named outright, a component stands for its instance, or for itself.
  const bool is_whole =
      import.type.sort == ExternSort::kInstance || import.type.sort == ExternSort::kComponent;
  if (part.import.empty() || !is_whole) return std::nullopt;
  return provision;
}

Result<std::optional<Provision>> Composition::find(uint32_t user, const ExternItem& import) const {
  std::optional<Provision> best;
  for (uint32_t i = 1; i < parts_.size(); i++) {
    if (i == user) continue;
    const std::optional<Provision> candidate = answer(i, import);
    if (!candidate) continue;
    const bool is_named_for_it = !parts_[i].import.empty();
    if (!best) {
      best = candidate;
      continue;
    }
    // A part that was named for this import wins, then an exact name, then a higher version.
    const bool best_is_named = !parts_[best->part].import.empty();
    if (is_named_for_it != best_is_named) {
      if (is_named_for_it) best = candidate;
      continue;
    }
    const bool is_exact = candidate->exported == import.name;
    if (is_exact != (best->exported == import.name)) {
      if (is_exact) best = candidate;
      continue;
    }
    const InterfaceName name = InterfaceName::parse(candidate->exported.value_or(""));
    const InterfaceName best_name = InterfaceName::parse(best->exported.value_or(""));
    if (best_name.is_older_than(name)) {
      best = candidate;
    } else if (parts_[best->part].name == parts_[i].name) {
      return Error(ErrorCode::kLink, quoted(parts_[i].name) + " is given twice");
    } else if (!name.is_older_than(best_name)) {
      return Error(ErrorCode::kLink, "both " + quoted(parts_[best->part].name) + " and " +
                                         quoted(parts_[i].name) + " provide " +
                                         quoted(import.name) + " for " + quoted(parts_[user].name) +
                                         "; name one for it: --plug " + printable(import.name) +
                                         "=" + std::string(parts_[i].name));
    }
  }
  return best;
}

Result<void> Composition::visit(uint32_t part, std::vector<uint32_t>& path) {
  if (visits_[part] == Visit::kDone) return {};
  path.push_back(part);
  if (visits_[part] == Visit::kOpen) {
    std::string circle;
    for (auto at = std::find(path.begin(), path.end(), part); at != path.end(); ++at) {
      circle += (circle.empty() ? "" : " -> ") + std::string(parts_[*at].name);
    }
    return Error(ErrorCode::kLink, "the components import each other in a circle: " + circle);
  }
  visits_[part] = Visit::kOpen;
  for (const Provision& provision : provisions_[part]) WISP_TRY(visit(provision.part, path));
  visits_[part] = Visit::kDone;
  path.pop_back();
  order_.push_back(part);
  return {};
}

// A plug that nobody needs is a mistyped name or version more often than not.
Result<void> Composition::check_all_used() const {
  for (uint32_t i = 0; i < parts_.size(); i++) {
    if (visits_[i] == Visit::kDone) continue;
    const Part& part = parts_[i];
    std::string message = "nothing needs " + quoted(part.name);
    if (!part.import.empty()) message += " as " + quoted(part.import);
    message += ": it exports " + list_names(part.component->type->exports) + "; " +
               quoted(parts_[0].name) + " imports " +
               list_names(parts_[0].component->type->imports);
    return Error(ErrorCode::kLink, std::move(message));
  }
  return {};
}

}  // namespace wisp::component
