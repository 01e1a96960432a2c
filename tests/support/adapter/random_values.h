// RandomValues: values in the memory of a guest before a call, valid as they are placed, and then
// damaged.
#pragma once

#include "tests/support/adapter/reference_values.h"
#include "tests/support/random_source.h"

namespace wisp::test {

class RandomValues {
 public:
  RandomValues(RandomSource& random, ReferenceGuest& guest) : random_(random), guest_(guest) {}

  void place(const component::ValueList& list, uint64_t* slots) {
    ReferencePlace start{slots, 0};
    if (list.in_memory()) {
      slots[0] = allocate(list.alignment, list.size);
      start = {nullptr, static_cast<uint32_t>(slots[0])};
    }
    for_each_place(list, start, [this](size_t, const ValType& type, ReferencePlace place) {
      write(type, place);
    });
  }
  // Changes some bytes of what was placed, and some flat values.
  void damage(uint64_t* slots, uint32_t slot_count) {
    for (uint32_t times = random_.one_in(2) ? random_.below(4) : 0; times > 0; --times) {
      const uint32_t size = next_ - kValuesAt;
      if (slot_count != 0 && random_.one_in(4)) {
        slots[random_.below(slot_count)] = interesting();
      } else if (size >= 4 && random_.one_in(2)) {
        guest_.store(kValuesAt + random_.below(size / 4) * 4, 4, interesting());
      } else if (size != 0) {
        guest_.store(kValuesAt + random_.below(size), 1, random_.byte());
      }
    }
  }
  // Of a random width, so that each transcoding takes each of its ways.
  static char32_t character(RandomSource& random) {
    switch (random.below(8)) {
      case 5:
        return 0x80 + random.below(0x80);
      case 6:
        return 0x100 + random.below(0x7000);
      case 7:
        return 0x10000 + random.below(0x8000);
      default:
        return 0x20 + random.below(0x5f);
    }
  }
  // The first address behind what was placed.
  uint32_t end() const { return next_; }

 private:
  static constexpr uint32_t kRoom = 24 * 1024;

  uint64_t interesting() {
    static constexpr uint32_t kWords[] = {
        0,          1,          2,          3,          0xd800,     0xdfff,
        0x10ffff,   0x110000,   0xffff,     0x10000,    0x7fffffff, 0x80000000,
        0x80000001, 0xffffffff, 0x0fffffff, 0x10000000, 0x20000001};
    const uint32_t choice = random_.below(std::size(kWords) + 1);
    return choice < std::size(kWords) ? kWords[choice] : random_.word();
  }
  uint32_t allocate(uint32_t alignment, uint32_t size) {
    next_ = (next_ + alignment - 1) / alignment * alignment;
    const uint32_t address = next_;
    next_ += size;
    return address;
  }
  void put(ReferencePlace to, uint32_t size, uint64_t value) {
    if (to.slots != nullptr) {
      *to.slots = value;
    } else {
      guest_.store(to.address, size, value);
    }
  }

  void write(const ValType& type, ReferencePlace to) {
    if (is_sum(type.kind)) return write_case(type, to);
    switch (type.kind) {
      case TypeKind::kString:
        return write_string(to);
      case TypeKind::kList:
      case TypeKind::kMap:
        return write_list(*type.element, to);
      case TypeKind::kFixedList:
        for (uint32_t i = 0; i < type.length; ++i) {
          write(*type.element, to.at(i * type.element->flat_count, i * type.element->size));
        }
        return;
      case TypeKind::kRecord:
      case TypeKind::kTuple: {
        uint32_t slot = 0;
        for (const LabeledType& member : type.members) {
          write(*member.type, to.at(slot, member.offset));
          slot += member.type->flat_count;
        }
        return;
      }
      case TypeKind::kFlags:
        return put(to, type.size, low_bytes(random_.word(), to.slots != nullptr ? 4 : type.size));
      case TypeKind::kChar:
        return put(to, 4, character(random_));
      case TypeKind::kOwn:
      case TypeKind::kBorrow:
        return put(to, 4, handle(type.resource->index));
      default: {
        const uint32_t size = number_size(type.kind);
        return put(to, size, low_bytes(random_.word(), to.slots != nullptr && size < 4 ? 4 : size));
      }
    }
  }
  // The index of one that the guest will have made; at times one that is passed already, or any
  // index: of a handle of the other type, of one that comes with the call, of none.
  uint32_t handle(uint32_t resource) {
    if (random_.one_in(16)) return random_.below(12);
    if (last_[resource] != 0 && random_.one_in(6)) return last_[resource];
    const Step make = resource == 0 ? Step::kMake0 : Step::kMake1;
    const Step drop = resource == 0 ? Step::kDrop0 : Step::kDrop1;
    // Free entries are used again.
    const bool makes_two = random_.one_in(8);
    if (makes_two && guest_.add_step(kSetupAt, make, random_.byte())) {
      const uint32_t first = planned_.add(resource, 0, true);
      if (random_.one_in(2) && guest_.add_step(kSetupAt, drop, first)) planned_.remove(first);
    }
    if (!guest_.add_step(kSetupAt, make, static_cast<uint32_t>(random_.word()))) return 1;
    return last_[resource] = planned_.add(resource, 0, true);
  }
  void write_case(const ValType& type, ReferencePlace to) {
    const std::vector<const ValType*> cases = payloads(type);
    const uint32_t index = random_.below(static_cast<uint32_t>(cases.size()));
    put(to, type.discriminant_size, index);
    if (cases[index] != nullptr) write(*cases[index], to.at(1, type.payload_offset));
  }
  void write_list(const ValType& element, ReferencePlace to) {
    uint32_t count = random_.below(5);
    const bool is_number =
        component::is_primitive(element.kind) && element.kind != TypeKind::kString;
    if (is_number && random_.one_in(3)) count = random_.below(80);
    if (next_ + uint64_t{count} * element.size > kRoom) count = 0;
    const uint32_t address = allocate(element.alignment, count * element.size);
    for (uint32_t i = 0; i < count; ++i) write(element, {nullptr, address + i * element.size});
    put(to, 4, address);
    put(to.at(1, 4), 4, count);
  }
  void write_string(ReferencePlace to) {
    std::u32string text(random_.one_in(3) ? random_.below(90) : random_.below(6), U'x');
    const uint32_t widest = random_.below(4);
    for (uint32_t changes = random_.below(4); widest != 0 && changes > 0 && !text.empty();
         --changes) {
      text[random_.below(static_cast<uint32_t>(text.size()))] = character(random_);
    }
    if (next_ > kRoom) text.clear();
    std::vector<uint8_t> bytes;
    uint32_t length = 0, alignment = 2;
    const bool is_latin1 =
        std::all_of(text.begin(), text.end(), [](char32_t c) { return c < 0x100; });
    if (guest_.encoding == StringEncoding::kUtf8) {
      bytes = encode_utf8(text);
      alignment = 1;
      length = static_cast<uint32_t>(bytes.size());
    } else if (guest_.encoding == StringEncoding::kLatin1Utf16 && is_latin1 && !random_.one_in(4)) {
      bytes.assign(text.begin(), text.end());
      length = static_cast<uint32_t>(bytes.size());
    } else {
      bytes = encode_utf16(text);
      length = static_cast<uint32_t>(bytes.size() / 2);
      if (guest_.encoding == StringEncoding::kLatin1Utf16) length |= kTag;
    }
    const uint32_t address = allocate(alignment, static_cast<uint32_t>(bytes.size()));
    std::copy(bytes.begin(), bytes.end(), guest_.bytes.begin() + address);
    put(to, 4, address);
    put(to.at(1, 4), 4, length);
  }

  RandomSource& random_;
  ReferenceGuest& guest_;
  uint32_t next_ = kValuesAt;
  ReferenceHandles planned_;
  uint32_t last_[2] = {};  // the handle that was planned last, of each resource type
};

}  // namespace wisp::test
