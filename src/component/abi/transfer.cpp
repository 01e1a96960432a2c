#include "component/abi/transfer.h"

#include <cstring>

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "component/abi/strings.h"

namespace wisp::component {
namespace {

using Routine = TransferRoutine;

const uint8_t* source_bytes(const Transfer& transfer, uint32_t address) {
  return transfer.source.memory()->base + address;
}
uint8_t* destination_bytes(const Transfer& transfer, uint32_t address) {
  return transfer.destination.memory()->base + address;
}

// --- numbers

bool plain_flat(const Transfer&, const Routine&, uint64_t* from, uint64_t* to) {
  *to = *from;
  return true;
}
// A slot that another case of a variant made wider has more bits, which do not travel.
bool narrow_flat(const Transfer&, const Routine&, uint64_t* from, uint64_t* to) {
  *to = static_cast<uint32_t>(*from);
  return true;
}
bool scalar_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  uint64_t bits;
  if (!read_scalar(transfer.source, routine.type->kind, Place::flat(from), bits)) return false;
  write_scalar(transfer.destination, routine.type->kind, Place::flat(to), bits);
  return true;
}
bool flags_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  *to = read_flags(transfer.source, *routine.type, Place::flat(from));
  return true;
}

template <class T>
bool number_memory(const Transfer& transfer, const Routine&, uint32_t from, uint32_t to) {
  store_scalar(transfer.destination.memory(), to, load_scalar<T>(transfer.source.memory(), from));
  return true;
}
constexpr Routine::MemoryCode number_code(uint32_t size) {
  return size == 1   ? &number_memory<uint8_t>
         : size == 2 ? &number_memory<uint16_t>
         : size == 4 ? &number_memory<uint32_t>
                     : &number_memory<uint64_t>;
}

bool take_status(const Transfer& transfer, BlockStatus status) {
  switch (status) {
    case BlockStatus::kCopied:
      return true;
    case BlockStatus::kInvalidChar:
      return transfer.source.trap("invalid `char` bit pattern");
    case BlockStatus::kInvalidDiscriminant:
      return transfer.source.trap("invalid variant discriminant");
  }
  return false;
}
bool copy_blocks(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to,
                 size_t size) {
  return take_status(transfer, routine.pattern->copy(destination_bytes(transfer, to),
                                                     source_bytes(transfer, from), size));
}
bool block_memory(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to) {
  return copy_blocks(transfer, routine, from, to, routine.type->size);
}

// --- strings and lists

// From UTF-8 to UTF-8, in bounds: what nearly all strings are.
[[gnu::always_inline]] inline bool utf8_string(const Transfer& transfer, uint32_t address,
                                               uint32_t size, Place to) {
  const CallSide& destination = transfer.destination;
  const uint8_t* bytes = source_bytes(transfer, address);
  if (!check_text(*destination.call, StringEncoding::kUtf8, bytes, size)) return false;
  uint32_t to_address;
  if (!checked_realloc(*destination.call, *destination.options, 0, 0, 1, size, to_address,
                       BlockUse::kString)) {
    return false;
  }
  write_word(destination, to, 0, to_address);
  write_word(destination, to, 1, size);
  std::memcpy(destination_bytes(transfer, to_address), bytes, size);
  return true;
}
// Inlined into the two forms below, as list() is, so that where the words are is known.
[[gnu::always_inline]] inline bool string(const Transfer& transfer, Place from, Place to) {
  const CallSide& source = transfer.source;
  const CallSide& destination = transfer.destination;
  const uint32_t from_address = read_word(source, from, 0), length = read_word(source, from, 1);
  if (source.options->encoding == StringEncoding::kUtf8 &&
      destination.options->encoding == StringEncoding::kUtf8 && length <= kMaxByteLength &&
      in_bounds(source.memory(), from_address, length)) [[likely]] {
    return utf8_string(transfer, from_address, length, to);
  }
  SourceString text;
  if (!lift_source_string(*source.call, *source.options, from_address, length, text)) return false;
  uint32_t address, tagged_length;
  if (!lower_source_string(*destination.call, *destination.options, text, address, tagged_length)) {
    return false;
  }
  write_word(destination, to, 0, address);
  write_word(destination, to, 1, tagged_length);
  return true;
}
bool string_flat(const Transfer& transfer, const Routine&, uint64_t* from, uint64_t* to) {
  return string(transfer, Place::flat(from), Place::flat(to));
}
bool string_memory(const Transfer& transfer, const Routine&, uint32_t from, uint32_t to) {
  return string(transfer, Place::memory(from), Place::memory(to));
}

[[gnu::always_inline]] inline bool list(const Transfer& transfer, const Routine& routine,
                                        Place from, Place to) {
  const ValType& type = *routine.type->element;
  const Routine& element = *routine.element;
  const CallSide& destination = transfer.destination;
  uint32_t from_address = read_word(transfer.source, from, 0);
  const uint32_t length = read_word(transfer.source, from, 1);
  uint32_t to_address;
  if (!check_list(*transfer.source.call, *transfer.source.options, from_address, length, type.size,
                  type.alignment)) {
    return false;
  }
  if (!checked_realloc(*destination.call, *destination.options, 0, 0, type.alignment,
                       length * type.size, to_address)) {
    return false;
  }
  write_word(destination, to, 0, to_address);
  write_word(destination, to, 1, length);
  if (element.pattern != nullptr) {
    return copy_blocks(transfer, element, from_address, to_address, size_t{length} * type.size);
  }
  for (uint32_t i = 0; i < length; i++) {
    if (!element.memory(transfer, element, from_address, to_address)) return false;
    from_address += type.size;
    to_address += type.size;
  }
  return true;
}
bool list_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  return list(transfer, routine, Place::flat(from), Place::flat(to));
}
bool list_memory(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to) {
  return list(transfer, routine, Place::memory(from), Place::memory(to));
}

// --- records, tuples, fixed-length lists

bool all_flat(const Transfer& transfer, std::span<const Routine::Part> parts, uint64_t* from,
              uint64_t* to) {
  for (const Routine::Part& part : parts) {
    const Routine& routine = *part.routine;
    if (!routine.flat(transfer, routine, from + part.slot, to + part.slot)) return false;
  }
  return true;
}
bool all_in_memory(const Transfer& transfer, std::span<const Routine::Part> parts, uint32_t from,
                   uint32_t to) {
  for (const Routine::Part& part : parts) {
    const Routine& routine = *part.routine;
    if (!routine.memory(transfer, routine, from + part.offset, to + part.offset)) return false;
  }
  return true;
}
bool members_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  return all_flat(transfer, routine.parts, from, to);
}
bool members_memory(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to) {
  return all_in_memory(transfer, routine.parts, from, to);
}
bool elements_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  const Routine& element = *routine.element;
  for (uint32_t i = 0; i < routine.type->length; i++) {
    if (!element.flat(transfer, element, from, to)) return false;
    from += element.type->flat_count;
    to += element.type->flat_count;
  }
  return true;
}
bool elements_memory(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to) {
  const Routine& element = *routine.element;
  for (uint32_t i = 0; i < routine.type->length; i++) {
    if (!element.memory(transfer, element, from, to)) return false;
    from += element.type->size;
    to += element.type->size;
  }
  return true;
}

// --- variants, enums, options, results

bool sum_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  const ValType& type = *routine.type;
  uint32_t index;
  if (!read_case(transfer.source, type, Place::flat(from), index)) return false;
  to[0] = index;
  const Routine* payload = routine.parts[index].routine;
  for (uint32_t i = payload == nullptr ? 1 : 1 + payload->type->flat_count; i < type.flat_count;
       i++) {
    to[i] = 0;
  }
  return payload == nullptr || payload->flat(transfer, *payload, from + 1, to + 1);
}
bool sum_memory(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to) {
  const ValType& type = *routine.type;
  uint32_t index = *source_bytes(transfer, from);
  if (type.discriminant_size == 1 && index < routine.parts.size()) [[likely]] {
    *destination_bytes(transfer, to) = static_cast<uint8_t>(index);
  } else {
    if (!read_case(transfer.source, type, Place::memory(from), index)) return false;
    write_case(transfer.destination, type, Place::memory(to), index);
  }
  const Routine* payload = routine.parts[index].routine;
  return payload == nullptr ||
         payload->memory(transfer, *payload, from + type.payload_offset, to + type.payload_offset);
}

// --- handles

bool handle(const Transfer& transfer, const Routine& routine, Place from, Place to) {
  uint64_t representation;
  return lift_handle(transfer.source, *routine.type, from, representation) &&
         lower_handle(transfer.destination, *routine.type, to, representation);
}
bool handle_flat(const Transfer& transfer, const Routine& routine, uint64_t* from, uint64_t* to) {
  return handle(transfer, routine, Place::flat(from), Place::flat(to));
}
bool handle_memory(const Transfer& transfer, const Routine& routine, uint32_t from, uint32_t to) {
  return handle(transfer, routine, Place::memory(from), Place::memory(to));
}

bool unsupported_flat(const Transfer& transfer, const Routine&, uint64_t*, uint64_t*) {
  return transfer.source.trap("streams and futures are not supported");
}
bool unsupported_memory(const Transfer& transfer, const Routine&, uint32_t, uint32_t) {
  return transfer.source.trap("streams and futures are not supported");
}

constexpr bool is_plain(TypeKind kind) { return kind >= TypeKind::kS32 && kind <= TypeKind::kF64; }

}  // namespace

const TransferRoutine* TransferRoutines::routine(const ValType& type) {
  const auto [at, is_new] = by_type_.try_emplace(&type);
  if (!is_new) return at->second;
  TransferRoutine& made = routines_.emplace_back();
  at->second = &made;
  made.type = &type;
  made.pattern = BlockPattern::of(type);
  if (made.pattern != nullptr) {
    made.memory = &block_memory;
    if (type.kind > TypeKind::kBool && type.kind < TypeKind::kChar) {
      made.memory = number_code(type.size);
    }
  }
  const TransferRoutine::MemoryCode block = made.memory;
  resolve(type, made);
  if (block != nullptr) made.memory = block;
  made.takes_handles =
      type.kind == TypeKind::kOwn || (made.element != nullptr && made.element->takes_handles);
  for (const TransferRoutine::Part& part : made.parts) {
    made.takes_handles |= part.routine != nullptr && part.routine->takes_handles;
  }
  return &made;
}

void TransferRoutines::resolve(const ValType& type, TransferRoutine& made) {
  auto use = [&made](TransferRoutine::FlatCode flat, TransferRoutine::MemoryCode memory) {
    made.flat = flat;
    made.memory = memory;
  };
  switch (type.kind) {
    case TypeKind::kString:
      return use(&string_flat, &string_memory);
    case TypeKind::kList:
    case TypeKind::kMap:
      made.element = routine(*type.element);
      return use(&list_flat, &list_memory);
    case TypeKind::kFixedList:
      made.element = routine(*type.element);
      return use(&elements_flat, &elements_memory);
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      add_members(type, made);
      return use(&members_flat, &members_memory);
    case TypeKind::kVariant:
    case TypeKind::kEnum:
    case TypeKind::kOption:
    case TypeKind::kResult:
      add_cases(type, made);
      return use(&sum_flat, &sum_memory);
    case TypeKind::kFlags:
      return use(&flags_flat, &block_memory);
    case TypeKind::kOwn:
    case TypeKind::kBorrow:
      return use(&handle_flat, &handle_memory);
    case TypeKind::kErrorContext:
    case TypeKind::kStream:
    case TypeKind::kFuture:
      return use(&unsupported_flat, &unsupported_memory);
    default:
      if (!is_plain(type.kind)) return use(&scalar_flat, &block_memory);
      return use(scalar_size(type.kind) == 4 ? &narrow_flat : &plain_flat, &block_memory);
  }
}

void TransferRoutines::add_cases(const ValType& type, TransferRoutine& made) {
  for (uint32_t i = 0; i < case_count(type); i++) {
    const ValType* payload = case_payload(type, i);
    const TransferRoutine* found = payload == nullptr ? nullptr : routine(*payload);
    made.parts.push_back({found, 1, type.payload_offset});
  }
}

void TransferRoutines::add_members(const ValType& type, TransferRoutine& made) {
  uint32_t slot = 0;
  for (const LabeledType& member : type.members) {
    made.parts.push_back({routine(*member.type), slot, member.offset});
    slot += member.type->flat_count;
  }
}

TransferPlan TransferRoutines::plan(const ValueList& list) {
  TransferPlan plan;
  plan.list = list;
  bool takes = false, borrows = false;
  uint32_t slot = 0, offset = 0;
  for (const LabeledType& each : list.types) {
    const ValType& type = *each.type;
    offset = align_to(offset, type.alignment);
    plan.parts.push_back({routine(type), slot, offset});
    slot += type.flat_count;
    offset += type.size;
    takes |= plan.parts.back().routine->takes_handles;
    borrows |= type.traits.has_borrow;
  }
  plan.lends = takes && borrows;
  if (!list.in_memory()) {
    plan.blocks.resize(list.flat_count);
    for (const TransferRoutine::Part& part : plan.parts) {
      find_blocks(*part.routine, part.slot, plan.blocks);
    }
  }
  return plan;
}

void TransferRoutines::plan(const FuncType& type, LiftPlans& plans) {
  plans.result.type = type.result;
  plans.params = plan(make_value_list(type.params, kMaxFlatParams));
  plans.results = plan(make_result_list(plans.result));
}

void find_blocks(const TransferRoutine& routine, uint32_t slot,
                 std::vector<const TransferRoutine*>& blocks) {
  switch (routine.type->kind) {
    case TypeKind::kString:
    case TypeKind::kList:
    case TypeKind::kMap:
      blocks[slot] = &routine;
      return;
    case TypeKind::kRecord:
    case TypeKind::kTuple:
      for (const TransferRoutine::Part& part : routine.parts) {
        find_blocks(*part.routine, slot + part.slot, blocks);
      }
      return;
    case TypeKind::kFixedList:
      for (uint32_t i = 0; i < routine.type->length; i++) {
        find_blocks(*routine.element, slot, blocks);
        slot += routine.element->type->flat_count;
      }
      return;
    default:
      return;
  }
}

bool copy_block(const Transfer& transfer, const TransferRoutine& routine, const uint8_t* from,
                uint8_t* to, size_t size_bytes) {
  if (routine.element == nullptr) {
    std::memcpy(to, from, size_bytes);
    return true;
  }
  return take_status(transfer, routine.element->pattern->copy(to, from, size_bytes));
}

void refuse_copy(const Transfer& transfer, const TransferRoutine& routine, Place from,
                 uint32_t address) {
  CallState& call = *transfer.source.call;
  const CanonicalOptions& options = *transfer.source.options;
  const uint32_t source = read_word(transfer.source, from, 0);
  const uint32_t length = read_word(transfer.source, from, 1);
  if (routine.element == nullptr) {
    SourceString text;
    if (!lift_source_string(call, options, source, length, text)) return;
    const uint32_t alignment = options.encoding == StringEncoding::kUtf8 ? 1 : 2;
    check_block(call, *transfer.destination.options, address, alignment, text.size_bytes(),
                BlockUse::kString);
    return;
  }
  const ValType& element = *routine.element->type;
  if (!check_list(call, options, source, length, element.size, element.alignment)) return;
  check_block(call, *transfer.destination.options, address, element.alignment,
              length * element.size, BlockUse::kList);
}

bool transfer_values(const Transfer& transfer, const TransferPlan& plan, uint64_t* from_slots,
                     uint64_t* to_slots, std::optional<uint32_t> return_area) {
  if (!plan.list.in_memory()) return all_flat(transfer, plan.parts, from_slots, to_slots);
  Place from, to;
  if (!find_values(transfer.source, plan.list, from_slots, from)) return false;
  if (!prepare_values(transfer.destination, plan.list, to_slots, return_area, to)) return false;
  return all_in_memory(transfer, plan.parts, from.address, to.address);
}

}  // namespace wisp::component
