// RandomTypes: value types, as nodes; handles are of resource types 0 and 1.
#pragma once

#include <vector>

#include "component/type/type_builder.h"
#include "tests/support/random_source.h"

namespace wisp::test {

class RandomTypes {
 public:
  using ValType = component::ValType;
  using TypeKind = component::TypeKind;
  using LabeledType = component::LabeledType;

  explicit RandomTypes(RandomSource& random) : random_(random), builder_(arena_) {
    for (uint32_t i = 0; i < 2; ++i) resources_[i].index = i;
  }

  // Borrowed handles may be in parameters only.
  enum class Use : uint8_t { kParameter, kResult };
  const ValType* make(uint32_t depth, Use use) {
    use_ = use;
    return make(depth);
  }
  component::TypeBuilder& builder() { return builder_; }

 private:
  static constexpr uint32_t kMaxCompounds = 30;
  static constexpr uint32_t kMaxParts = 5;

  const ValType* make(uint32_t depth) {
    const uint32_t choice = depth == 0 || compound_count_ > kMaxCompounds ? 0 : random_.below(14);
    if (choice < 4) return random_.one_in(6) ? handle() : primitive();
    const ValType* made = compound(choice, depth - 1);
    if (made == nullptr) return primitive();
    ++compound_count_;
    return made;
  }
  const ValType* handle() {
    const component::ResourceType* resource = &resources_[random_.below(2)];
    const bool is_owned = use_ == Use::kResult || random_.one_in(2);
    return is_owned ? builder_.own(resource) : builder_.borrow(resource);
  }
  const ValType* primitive() {
    return component::TypeBuilder::primitive(static_cast<TypeKind>(random_.below(13)));
  }
  const ValType* maybe(uint32_t depth) { return random_.one_in(4) ? nullptr : make(depth); }

  const ValType* compound(uint32_t choice, uint32_t depth) {
    switch (choice) {
      case 4:
      case 5:
        // Of strings more often than chance would have it: they are lists of lists.
        return builder_.list(random_.one_in(4) ? builder_.primitive(TypeKind::kString)
                                               : make(depth));
      case 6:
        return builder_.option(make(depth));
      case 7: {
        const ValType* ok = maybe(depth);
        return builder_.result(ok, maybe(depth));
      }
      case 8:
      case 9:
        return product(choice == 8, depth);
      case 10:
        return variant(depth);
      case 11:
      case 12:
        return labels_only(choice == 11);
      default:
        return fixed_list_or_map(depth);
    }
  }
  const ValType* product(bool is_tuple, uint32_t depth) {
    const uint32_t count = 1 + random_.below(kMaxParts);
    std::vector<LabeledType> members;
    for (uint32_t i = 0; i < count; ++i) {
      members.push_back({is_tuple ? "" : kLabels[i], make(depth), 0});
    }
    return is_tuple ? builder_.tuple(members) : builder_.record(members);
  }
  const ValType* variant(uint32_t depth) {
    const uint32_t count = 1 + random_.below(kMaxParts);
    std::vector<LabeledType> cases;
    for (uint32_t i = 0; i < count; ++i) cases.push_back({kLabels[i], maybe(depth), 0});
    return builder_.variant(cases);
  }
  const ValType* labels_only(bool is_flags) {
    const uint32_t count = 1 + random_.below(32);
    std::vector<LabeledType> labels;
    for (uint32_t i = 0; i < count; ++i) labels.push_back({kLabels[i], nullptr, 0});
    return is_flags ? builder_.flags(labels) : builder_.enumeration(labels);
  }
  const ValType* fixed_list_or_map(uint32_t depth) {
    if (random_.one_in(2)) {
      const uint32_t length = 1 + random_.below(4);
      return builder_.fixed_list(make(depth), length);
    }
    const ValType* key = primitive();
    if (key->kind == TypeKind::kF32 || key->kind == TypeKind::kF64) {
      key = component::TypeBuilder::primitive(TypeKind::kString);
    }
    return builder_.map(key, make(depth));
  }

  static constexpr const char* kLabels[] = {"a0",  "a1",  "a2",  "a3",  "a4",  "a5",  "a6",  "a7",
                                            "a8",  "a9",  "a10", "a11", "a12", "a13", "a14", "a15",
                                            "a16", "a17", "a18", "a19", "a20", "a21", "a22", "a23",
                                            "a24", "a25", "a26", "a27", "a28", "a29", "a30", "a31"};

  RandomSource& random_;
  Arena arena_;
  component::TypeBuilder builder_;
  component::ResourceType resources_[2];
  Use use_ = Use::kParameter;
  uint32_t compound_count_ = 0;
};

}  // namespace wisp::test
