// RandomTypes: value types, as nodes for a reference and as definitions for a component's binary.
//
// Records, variants, enums and flags must have names where a function of an import or export uses
// them, so each definition of one is followed by an export, which has an index of its own.
#pragma once

#include <string>
#include <vector>

#include "component/type_builder.h"
#include "tests/support/adapter/component_builder.h"
#include "tests/support/adapter/random_source.h"

namespace wisp::test {

class RandomTypes {
 public:
  using ValType = component::ValType;
  using TypeKind = component::TypeKind;

  explicit RandomTypes(RandomSource& random) : random_(random), builder_(arena_) {}

  // A type, and how it is referred to in the binary.
  struct Reference {
    const ValType* type = nullptr;
    Bytes code;
  };
  Reference make(uint32_t depth) {
    const uint32_t choice = depth == 0 || next_index_ > kMaxIndex ? 0 : random_.below(14);
    if (choice < 4) return primitive();
    Reference made = compound(choice, depth - 1);
    return made.type == nullptr ? primitive() : made;
  }

  struct Definition {
    Bytes code;
    std::string export_name;  // empty: not exported
  };
  const std::vector<Definition>& definitions() const { return definitions_; }
  uint32_t index_count() const { return next_index_; }
  component::TypeBuilder& builder() { return builder_; }

 private:
  static constexpr uint32_t kMaxIndex = 40;
  static constexpr uint32_t kMaxParts = 5;

  Reference primitive() {
    const auto kind = static_cast<TypeKind>(random_.below(13));
    return {component::TypeBuilder::primitive(kind), {code_of(kind)}};
  }
  static uint8_t code_of(TypeKind kind) {
    // bool 7f, s8 7e ... u64 77, f32 76, f64 75, char 74, string 73: in the order of TypeKind
    return static_cast<uint8_t>(0x7f - static_cast<int>(kind));
  }
  static Bytes optional(const Reference& part) {
    return part.type == nullptr ? Bytes{0x00} : join({{0x01}, part.code});
  }
  Bytes label(uint32_t i) {
    Bytes bytes;
    append_name(bytes, kLabels[i]);
    return bytes;
  }

  Reference compound(uint32_t choice, uint32_t depth) {
    switch (choice) {
      case 4:
      case 5: {
        const Reference element = make(depth);
        return define(builder_.list(element.type), join({{0x70}, element.code}));
      }
      case 6: {
        const Reference payload = make(depth);
        return define(builder_.option(payload.type), join({{0x6b}, payload.code}));
      }
      case 7: {
        const Reference ok = random_.one_in(4) ? Reference() : make(depth);
        const Reference error = random_.one_in(4) ? Reference() : make(depth);
        return define(builder_.result(ok.type, error.type),
                      join({{0x6a}, optional(ok), optional(error)}));
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
  Reference product(bool is_tuple, uint32_t depth) {
    const uint32_t count = 1 + random_.below(kMaxParts);
    Bytes code = join({{static_cast<uint8_t>(is_tuple ? 0x6f : 0x72)}, u32(count)});
    std::vector<component::LabeledType> members;
    for (uint32_t i = 0; i < count; ++i) {
      const Reference member = make(depth);
      members.push_back({is_tuple ? "" : kLabels[i], member.type, 0});
      if (!is_tuple) append(code, label(i));
      append(code, member.code);
    }
    return is_tuple ? define(builder_.tuple(members), code)
                    : define_named(builder_.record(members), code);
  }
  Reference variant(uint32_t depth) {
    const uint32_t count = 1 + random_.below(kMaxParts);
    Bytes code = join({{0x71}, u32(count)});
    std::vector<component::LabeledType> cases;
    for (uint32_t i = 0; i < count; ++i) {
      const Reference payload = random_.one_in(4) ? Reference() : make(depth);
      cases.push_back({kLabels[i], payload.type, 0});
      append(code, join({label(i), optional(payload), {0x00}}));
    }
    return define_named(builder_.variant(cases), code);
  }
  Reference labels_only(bool is_flags) {
    const uint32_t count = 1 + random_.below(32);
    Bytes code = join({{static_cast<uint8_t>(is_flags ? 0x6e : 0x6d)}, u32(count)});
    std::vector<component::LabeledType> labels;
    for (uint32_t i = 0; i < count; ++i) {
      labels.push_back({kLabels[i], nullptr, 0});
      append(code, label(i));
    }
    return define_named(is_flags ? builder_.flags(labels) : builder_.enumeration(labels), code);
  }
  Reference fixed_list_or_map(uint32_t depth) {
    if (random_.one_in(2)) {
      const uint32_t length = 1 + random_.below(4);
      const Reference element = make(depth);
      return define(builder_.fixed_list(element.type, length),
                    join({{0x67}, element.code, u32(length)}));
    }
    Reference key = primitive();
    if (key.type->kind == TypeKind::kF32 || key.type->kind == TypeKind::kF64) {
      key = {component::TypeBuilder::primitive(TypeKind::kString), {code_of(TypeKind::kString)}};
    }
    const Reference value = make(depth);
    return define(builder_.map(key.type, value.type), join({{0x63}, key.code, value.code}));
  }

  Reference define(const ValType* type, const Bytes& code) {
    if (type == nullptr) return {};
    definitions_.push_back({code, ""});
    return {type, u32(next_index_++)};
  }
  Reference define_named(const ValType* type, const Bytes& code) {
    if (type == nullptr) return {};
    definitions_.push_back({code, "t" + std::to_string(next_index_)});
    next_index_ += 2;
    return {type, u32(next_index_ - 1)};
  }

  static constexpr const char* kLabels[] = {"a0",  "a1",  "a2",  "a3",  "a4",  "a5",  "a6",  "a7",
                                            "a8",  "a9",  "a10", "a11", "a12", "a13", "a14", "a15",
                                            "a16", "a17", "a18", "a19", "a20", "a21", "a22", "a23",
                                            "a24", "a25", "a26", "a27", "a28", "a29", "a30", "a31"};

  RandomSource& random_;
  Arena arena_;
  component::TypeBuilder builder_;
  std::vector<Definition> definitions_;
  uint32_t next_index_ = 0;
};

}  // namespace wisp::test
