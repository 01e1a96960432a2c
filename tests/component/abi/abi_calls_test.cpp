// The canonical ABI vectors in calls of real components, in the three ways that values travel:
// guest to host, host to guest, and guest to guest through compiled adapters; as parameters and as
// results. support/abi_call.h has the components.
//
// A line whose values are "always in memory" is a parameter that is a list of one: the pointer is
// the list's, with the same checks; where it names a return area, the first call of realloc answers
// that. If there is more than one flat value, it is a result as well.
#include <gtest/gtest.h>

#include <array>
#include <map>

#include "component/abi/lift.h"
#include "component/abi/lower.h"
#include "component/load/adapter_shape.h"
#include "tests/component/support/abi_call.h"
#include "tests/component/support/abi_vectors.h"
#include "tests/support/adapter/reference_strings.h"

namespace wisp::component {
namespace {

using namespace testing;

const std::shared_ptr<jit::Engine>& engine() {
  static const std::shared_ptr<jit::Engine> engine = jit::Engine::create().value();
  return engine;
}

// The number in a line's id.
uint32_t line_number(const json& vector) {
  const std::string id = vector["id"];
  return static_cast<uint32_t>(std::stoul(id.substr(id.find('-') + 1)));
}

// How many calls were made of each kind, and why others were not.
using Counts = std::map<std::string, size_t>;

// The traps of the vectors in the words of Wisp: what else is told apart is the vectors' affair.
bool is_trap(const std::string& wanted, const std::string& found) {
  static const std::map<std::string, std::vector<std::string>> kTexts = {
      {"string too long", {"string content out-of-bounds", "string pointer/length out of bounds"}},
      {"list too long", {"more than 2^28 - 1 bytes"}},
      {"unaligned string pointer", {"unaligned pointer"}},
      {"unaligned list pointer", {"unaligned pointer"}},
      {"string out of bounds", {"string content out-of-bounds", "string pointer/length out of"}},
      {"list out of bounds", {"list content out-of-bounds"}},
      {"invalid utf-8", {"invalid utf-8", "not valid UTF-8"}},
      {"incomplete utf-8", {"incomplete utf-8", "not valid UTF-8"}},
      {"unpaired surrogate", {"unpaired surrogate"}},
      {"invalid char", {"invalid `char` bit pattern"}},
      {"invalid discriminant", {"invalid variant discriminant"}},
      {"unaligned values pointer", {"unaligned pointer"}},
      {"values out of bounds", {"pointer out of bounds", "list content out-of-bounds"}},
      {"unaligned return pointer", {"unaligned pointer", "result not aligned"}},
      {"return area out of bounds",
       {"pointer out of bounds", "list content out-of-bounds", "beyond end of memory"}},
      {"realloc result unaligned", {"unaligned pointer", "result not aligned"}},
      {"realloc result out of bounds",
       {"list content out-of-bounds", "string content out-of-bounds", "beyond end of memory"}},
      {"realloc trapped", {"unreachable"}},
  };
  for (const std::string& text : kTexts.at(wanted)) {
    if (found.find(text) != std::string::npos) return true;
  }
  return false;
}

// What is wrong with how a call ended.
std::string check_end(const json& vector, const std::optional<std::string>& trap) {
  if (!vector.contains("trap")) return trap.has_value() ? "trap: " + *trap : "";
  if (!trap.has_value()) return "no trap: " + vector["trap"].dump();
  return is_trap(vector["trap"], *trap) ? "" : "another trap: " + *trap;
}

// The values of a line as they travel in a call.
struct Form {
  enum class Kind : uint8_t { kParams, kList, kResult };

  Kind kind = Kind::kParams;
  const FuncType* type = nullptr;
  ValueList list;  // of what travels

  bool is_result() const { return kind == Kind::kResult; }
  std::vector<Value> wrap(std::vector<Value> values) const {
    if (kind != Kind::kList) return values;
    Value element = values[0];
    if (values.size() != 1) {
      element = Value();
      element.kind = TypeKind::kTuple;
      element.elements = std::move(values);
    }
    Value list_of_one;
    list_of_one.kind = TypeKind::kList;
    list_of_one.elements.push_back(std::move(element));
    return {std::move(list_of_one)};
  }
};

class Forms {
 public:
  explicit Forms(const json& vector) : own_(types_.parse_all(vector["types"])) {
    const uint32_t max_flat = vector["max_flat"];
    for (size_t i = 0; i < own_.size(); i++) own_[i].label = kNames[i];
    own_list_ = make_value_list(own_, max_flat);
    if (max_flat == kMaxFlatParams) add(Form::Kind::kParams, own_);
    if (max_flat == 0) add(Form::Kind::kList, {{"p0", in_list(), 0}});
    if (max_flat == kMaxFlatResults || (max_flat == 0 && own_list_.flat_count > 1)) {
      add(Form::Kind::kResult, own_);
    }
  }

  const std::vector<LabeledType>& own() const { return own_; }
  // As the line has it.
  const ValueList& own_list() const { return own_list_; }
  std::vector<Form> all;

 private:
  static constexpr const char* kNames[] = {"p0",  "p1",  "p2",  "p3",  "p4",  "p5",  "p6",
                                           "p7",  "p8",  "p9",  "p10", "p11", "p12", "p13",
                                           "p14", "p15", "p16", "p17", "p18", "p19", "p20"};

  const ValType* in_list() {
    TypeBuilder& builder = types_.builder();
    return builder.list(own_.size() == 1 ? own_[0].type : builder.tuple(own_));
  }
  void add(Form::Kind kind, std::vector<LabeledType> travelling) {
    Form form;
    form.kind = kind;
    lists_.push_back(std::move(travelling));
    form.list = make_value_list(lists_.back(), form.is_result() ? kMaxFlatResults : kMaxFlatParams);
    form.type = form.is_result() ? types_.builder().func({}, lists_.back()[0].type, false)
                                 : types_.builder().func(lists_.back(), nullptr, false);
    all.push_back(form);
  }

  AbiTypes types_;
  std::vector<LabeledType> own_;
  ValueList own_list_;
  std::deque<std::vector<LabeledType>> lists_;
};

AbiComponent make_component(const Form& form, const AbiSide& giver, const AbiSide& receiver) {
  const bool gives_result = form.is_result();
  return {engine(), *form.type, gives_result ? receiver : giver, gives_result ? giver : receiver};
}

TEST(AbiCalls, AdaptersAreCompiled) {
  const Forms forms(json{{"types", {"string"}}, {"max_flat", 16}});
  const AbiComponent component = make_component(forms.all[0], {}, {});
  std::vector<jit::AdapterShape> shapes;
  plan_adapters(*component.compiled(), shapes);
  EXPECT_EQ(shapes.size(), 1u);
}

// --- lift.jsonl

// Puts what a line has in memory and in flat values into the guest that gives them.
void give(const json& vector, const Form& form, AbiGuest guest) {
  for (const json& piece : vector["data"]) {
    const std::vector<uint8_t> bytes = parse_hex(piece[1]);
    std::copy(bytes.begin(), bytes.end(), guest.bytes().begin() + piece[0].get<ptrdiff_t>());
  }
  const std::vector<uint64_t> slots = parse_slots(vector["flat"]);
  if (form.is_result()) return guest.set_result(slots[0]);
  for (size_t i = 0; i < vector["flat"].size(); i++) guest.set_param(i, slots[i]);
  if (form.kind == Form::Kind::kList) guest.set_param(1, 1);
}

std::string compare_values(const Form& form, std::span<const Value> found,
                           std::span<const Value> expected) {
  if (found.size() != expected.size()) return "number of values";
  for (size_t i = 0; i < found.size(); i++) {
    if (!same_value(*form.list.types[i].type, found[i], expected[i])) return "value";
  }
  return "";
}

constexpr uint32_t kReturnArea = 1024;

// The values that a guest has received, by the routine that abi_vectors_test.cpp tests.
std::string check_received(const Form& form, const AbiGuest& guest, StringEncoding encoding,
                           std::span<const Value> expected) {
  std::array<uint64_t, 32> slots{};
  for (size_t i = 0; i < slots.size(); i++) slots[i] = guest.param(i);
  if (form.is_result()) slots[0] = form.list.in_memory() ? kReturnArea : guest.result();
  const jit::MemoryView view{guest.bytes().data(), guest.bytes().size()};
  const CanonicalOptions options{&view, nullptr, nullptr, encoding};
  CallState call;
  const CallSide side{.call = &call, .options = &options};
  std::vector<Value> values;
  if (!lift_values(side, form.list, slots.data(), values)) return *call.trap_message();
  return compare_values(form, values, expected);
}

std::string lift_in_guest(const json& vector, const Form& form, AbiCall& call, StringEncoding to,
                          std::span<const Value> expected) {
  give(vector, form, form.is_result() ? call.callee() : call.caller());
  AbiGuest receiver = form.is_result() ? call.caller() : call.callee();
  receiver.set_script(nullptr, kReturnArea + (form.is_result() ? form.list.size : 0));
  if (form.is_result()) receiver.set_param(0, kReturnArea);
  const std::optional<std::string> trap = call.call_guest();
  const std::string wrong = check_end(vector, trap);
  if (!wrong.empty() || trap.has_value()) return wrong;
  return check_received(form, receiver, to, expected);
}

std::string lift_in_host(const json& vector, const Form& form, AbiCall& call,
                         std::span<const Value> expected) {
  give(vector, form, form.is_result() ? call.callee() : call.client());
  const std::optional<std::string> trap =
      form.is_result() ? call.call_from_host({}) : call.call_host();
  const std::string wrong = check_end(vector, trap);
  if (!wrong.empty() || trap.has_value()) return wrong;
  return compare_values(form, call.received, expected);
}

std::string direction(const char* way, const Form& form) {
  return std::string(way) + (form.is_result() ? ", results" : ", parameters");
}

std::string check_lift(const json& vector, Counts& counts) {
  if (vector.contains("ok")) {
    counts["left out: needs 256 MiB"]++;
    return "";
  }
  const Forms forms(vector);
  for (const Form& form : forms.all) {
    const AbiSide giver{parse_encoding(vector["enc"]), vector["pages"]};
    const AbiSide receiver{static_cast<StringEncoding>(line_number(vector) % 3), 8};
    const AbiComponent component = make_component(form, giver, receiver);
    std::vector<Value> expected;
    if (vector.contains("values")) {
      expected = form.wrap(parse_values(forms.own(), vector["values"]));
    }
    AbiCall between_guests(component);
    std::string wrong = lift_in_guest(vector, form, between_guests, receiver.encoding, expected);
    if (!wrong.empty()) return direction("guest to guest", form) + ": " + wrong;
    counts[direction("guest to guest", form)]++;
    AbiCall to_host(component);
    wrong = lift_in_host(vector, form, to_host, expected);
    if (!wrong.empty()) return direction("guest to host", form) + ": " + wrong;
    counts[direction("guest to host", form)]++;
  }
  return "";
}

TEST(AbiCalls, Lift) {
  Counts counts;
  for_each_line("lift.jsonl", 2991, [&](const json& vector) { return check_lift(vector, counts); });
  if (::testing::Test::IsSkipped()) return;
  const Counts expected = {{"guest to guest, parameters", 2673},
                           {"guest to guest, results", 827},
                           {"guest to host, parameters", 2673},
                           {"guest to host, results", 827},
                           {"left out: needs 256 MiB", 5}};
  EXPECT_EQ(counts, expected);
}

// --- lower.jsonl

void prepare_receiver(const json& vector, const Form& form, AbiGuest guest) {
  guest.set_script(vector["alloc"]);
  std::fill(guest.bytes().begin(), guest.bytes().end(), kFill);
  const std::optional<uint32_t> out = return_area(vector);
  if (!out.has_value()) return;
  if (form.is_result()) {
    guest.set_param(0, *out);
  } else {
    guest.answer_first(*out);
  }
}

std::string check_receiver(const json& vector, const Form& form, const Forms& forms,
                           const AbiGuest& guest, const std::optional<std::string>& trap) {
  const json log = guest.log();
  if (log != vector["log"]) return "log " + log.dump();
  const std::string wrong = check_end(vector, trap);
  if (!wrong.empty() || trap.has_value()) return wrong;
  Receiver receiver{guest.bytes(), vector["pages"].get<size_t>() * jit::kPageSizeBytes, log, {}};
  receiver.slots.push_back(guest.result());
  if (!form.is_result()) {
    receiver.slots.clear();
    for (size_t i = 0; i < 32; i++) receiver.slots.push_back(guest.param(i));
  }
  if (form.kind == Form::Kind::kList &&
      (receiver.slots[0] != *return_area(vector) || receiver.slots[1] != 1)) {
    return "list";
  }
  return check_lowered(vector, forms.own_list(), receiver);
}

std::string lower_in_guest(const json& vector, const Form& form, const Forms& forms, AbiCall& call,
                           std::span<const Value> values) {
  AbiGuest giver = form.is_result() ? call.callee() : call.caller();
  AbiGuest receiver = form.is_result() ? call.caller() : call.callee();
  const SourceImage source = make_source(vector, form.list, values);
  if (source.bytes.empty()) return "no room for the source";
  std::copy(source.bytes.begin(), source.bytes.end(), giver.bytes().begin());
  for (size_t i = 0; i < source.slots.size(); i++) giver.set_param(i, source.slots[i]);
  giver.set_result(source.slots[0]);
  prepare_receiver(vector, form, receiver);
  const std::optional<std::string> trap = call.call_guest();
  return check_receiver(vector, form, forms, receiver, trap);
}

std::string lower_from_host(const json& vector, const Form& form, const Forms& forms, AbiCall& call,
                            const std::vector<Value>& values) {
  AbiGuest receiver = form.is_result() ? call.client() : call.callee();
  prepare_receiver(vector, form, receiver);
  if (form.is_result()) call.answer = values[0];
  const std::optional<std::string> trap =
      form.is_result() ? call.call_host() : call.call_from_host(values);
  return check_receiver(vector, form, forms, receiver, trap);
}

std::string check_lower(const json& vector, Counts& counts) {
  const Forms forms(vector);
  for (const Form& form : forms.all) {
    const AbiSide giver{parse_encoding(vector["from"]), kSourcePages};
    const AbiSide receiver{parse_encoding(vector["enc"]), vector["pages"]};
    const AbiComponent component = make_component(form, giver, receiver);
    const std::vector<Value> values = form.wrap(parse_values(forms.own(), vector["values"]));
    AbiCall between_guests(component);
    std::string wrong = lower_in_guest(vector, form, forms, between_guests, values);
    if (!wrong.empty()) return direction("guest to guest", form) + ": " + wrong;
    counts[direction("guest to guest", form)]++;
    if (vector["from"] != "utf8") {
      counts[direction("left out: the host's strings are UTF-8", form)]++;
      continue;
    }
    AbiCall from_host(component);
    wrong = lower_from_host(vector, form, forms, from_host, values);
    if (!wrong.empty()) return direction("host to guest", form) + ": " + wrong;
    counts[direction("host to guest", form)]++;
  }
  return "";
}

TEST(AbiCalls, Lower) {
  Counts counts;
  for_each_line("lower.jsonl", 1956,
                [&](const json& vector) { return check_lower(vector, counts); });
  if (::testing::Test::IsSkipped()) return;
  const Counts expected = {{"guest to guest, parameters", 1579},
                           {"guest to guest, results", 654},
                           {"host to guest, parameters", 1191},
                           {"host to guest, results", 379},
                           {"left out: the host's strings are UTF-8, parameters", 388},
                           {"left out: the host's strings are UTF-8, results", 275}};
  EXPECT_EQ(counts, expected);
}

// --- transcode.jsonl

// The bytes of a string that a guest of this encoding holds, decoded by the tests' own reference.
// Null: they are no string.
std::optional<std::string> decode(StringEncoding encoding, std::span<const uint8_t> memory,
                                  uint32_t address, uint32_t tagged_length) {
  wisp::test::ReferenceGuest guest(encoding);
  std::copy(memory.begin(), memory.end(), guest.bytes.begin());
  try {
    const auto utf8 =
        wisp::test::encode_utf8(wisp::test::load_string(guest, address, tagged_length).text);
    return std::string(utf8.begin(), utf8.end());
  } catch (const wisp::test::ReferenceTrap&) {
    return std::nullopt;
  }
}

// One line, in all four ways that a string travels as a parameter, or as a result.
class TranscodeLine {
 public:
  TranscodeLine(const json& vector, const Form& form, const AbiComponent& component)
      : vector_(vector),
        form_(form),
        component_(component),
        from_(parse_encoding(vector["from"])),
        length_(vector["len"]) {
    const std::vector<uint8_t> bytes = parse_hex(vector["src"]);
    source_.resize(jit::kPageSizeBytes);
    // Vectorised code should meet every alignment.
    if (!vector.contains("trap")) {
      address_ += line_number(vector) % 64 & (from_ == StringEncoding::kUtf8 ? 63 : 62);
    }
    std::copy(bytes.begin(), bytes.end(), source_.begin() + address_);
    text_ = decode(from_, source_, address_, length_);
    raw_.assign(bytes.begin(), bytes.end());
    for (out_ = 60000; overlaps_block(); out_ -= 4096) {
    }
  }

  std::string between_guests() {
    AbiCall call(component_);
    AbiGuest receiver = form_.is_result() ? call.caller() : call.callee();
    give(form_.is_result() ? call.callee() : call.caller());
    prepare(receiver);
    return check_guest(receiver, call.call_guest());
  }
  std::string to_host() {
    AbiCall call(component_);
    give(form_.is_result() ? call.callee() : call.client());
    const std::optional<std::string> trap =
        form_.is_result() ? call.call_from_host({}) : call.call_host();
    // Nothing is allocated, so that it traps only where the source has a defect.
    if (text_.has_value()) {
      if (trap.has_value()) return "trap: " + *trap;
      return call.received.at(0).text == *text_ ? "" : "text";
    }
    return check_end(vector_, trap);
  }
  bool host_can_hold() const { return from_ == StringEncoding::kUtf8 && length_ <= raw_.size(); }
  std::string from_host() {
    AbiCall call(component_);
    AbiGuest receiver = form_.is_result() ? call.client() : call.callee();
    prepare(receiver);
    Value value;
    value.kind = TypeKind::kString;
    value.text = raw_.substr(0, length_);
    call.answer = value;
    return check_guest(receiver,
                       form_.is_result() ? call.call_host() : call.call_from_host({&value, 1}));
  }

 private:
  static constexpr uint32_t kPairAt = 128;

  bool overlaps_block() const {
    for (const json& call : vector_["log"]) {
      if (call[4].is_null()) continue;
      const auto begin = call[4].get<uint64_t>(), size = call[3].get<uint64_t>();
      if (begin < out_ + 8 && out_ < begin + size) return true;
    }
    return false;
  }
  void give(AbiGuest guest) const {
    std::copy(source_.begin(), source_.end(), guest.bytes().begin());
    const uint32_t pair[] = {address_, length_};
    std::memcpy(&guest.bytes()[kPairAt], pair, sizeof pair);
    guest.set_param(0, address_);
    guest.set_param(1, length_);
    guest.set_result(kPairAt);
  }
  void prepare(AbiGuest guest) const {
    guest.set_script(vector_["alloc"]);
    std::fill(guest.bytes().begin(), guest.bytes().end(), kFill);
    if (form_.is_result()) guest.set_param(0, out_);
  }
  std::string check_guest(const AbiGuest& guest, const std::optional<std::string>& trap) const {
    if (guest.log() != vector_["log"]) return "log " + guest.log().dump();
    const std::string wrong = check_end(vector_, trap);
    if (!wrong.empty() || trap.has_value()) return wrong;
    uint64_t pair[] = {guest.param(0), guest.param(1)};
    if (form_.is_result()) {
      uint32_t words[2];
      std::memcpy(words, &guest.bytes()[out_], sizeof words);
      std::copy(words, words + 2, pair);
    }
    if (pair[0] != vector_["ptr"]) return "ptr " + std::to_string(pair[0]);
    if (pair[1] != vector_["out_len"]) return "out_len " + std::to_string(pair[1]);
    const std::vector<uint8_t> out = parse_hex(vector_["out"]);
    if (!std::equal(out.begin(), out.end(), guest.bytes().data() + pair[0])) return "bytes";
    return wrote_elsewhere(guest) ? "wrote outside its blocks" : "";
  }
  bool wrote_elsewhere(const AbiGuest& guest) const {
    const std::span<const uint8_t> found = guest.bytes().first(jit::kPageSizeBytes);
    std::vector<uint8_t> rest(found.begin(), found.end());
    auto clear = [&rest](size_t begin, size_t size) {
      for (size_t i = begin; i < std::min(begin + size, rest.size()); i++) rest[i] = kFill;
    };
    for (const json& call : vector_["log"]) clear(call[4], call[3]);
    if (form_.is_result()) clear(out_, 8);
    return std::any_of(rest.begin(), rest.end(), [](uint8_t each) { return each != kFill; });
  }

  const json& vector_;
  const Form& form_;
  const AbiComponent& component_;
  StringEncoding from_;
  uint32_t length_;
  uint32_t address_ = 256;
  uint32_t out_ = 0;
  std::vector<uint8_t> source_;
  std::optional<std::string> text_;
  std::string raw_;
};

// A function that takes or returns a string, between guests of each pair of encodings.
class TranscodeComponents {
 public:
  TranscodeComponents()
      : params_(json{{"types", {"string"}}, {"max_flat", 16}}),
        results_(json{{"types", {"string"}}, {"max_flat", 1}}) {}

  std::string check(const json& vector, Counts& counts) {
    for (const Form& form : {params_.all[0], results_.all[0]}) {
      TranscodeLine line(vector, form, component(vector, form));
      const std::pair<const char*, std::string> ways[] = {
          {"guest to guest", line.between_guests()},
          {"guest to host", line.to_host()},
          {line.host_can_hold() ? "host to guest" : "left out: the host does not hold such strings",
           line.host_can_hold() ? line.from_host() : ""}};
      for (const auto& [way, wrong] : ways) {
        if (!wrong.empty()) return direction(way, form) + ": " + wrong;
        counts[direction(way, form)]++;
      }
    }
    return "";
  }

 private:
  const AbiComponent& component(const json& vector, const Form& form) {
    const std::string key = vector["from"].dump() + vector["to"].dump();
    auto& made = made_[direction(key.c_str(), form)];
    if (made == nullptr) {
      const AbiSide from{parse_encoding(vector["from"])}, to{parse_encoding(vector["to"])};
      made = std::make_unique<AbiComponent>(make_component(form, from, to));
    }
    return *made;
  }

  Forms params_, results_;
  std::map<std::string, std::unique_ptr<AbiComponent>> made_;
};

TEST(AbiCalls, Transcode) {
  TranscodeComponents components;
  Counts counts;
  for_each_line("transcode.jsonl", 2611,
                [&](const json& vector) { return components.check(vector, counts); });
  if (::testing::Test::IsSkipped()) return;
  const char* const kLeftOut = "left out: the host does not hold such strings";
  const Counts expected = {{"guest to guest, parameters", 2611},
                           {"guest to guest, results", 2611},
                           {"guest to host, parameters", 2611},
                           {"guest to host, results", 2611},
                           {"host to guest, parameters", 813},
                           {"host to guest, results", 813},
                           {std::string(kLeftOut) + ", parameters", 1798},
                           {std::string(kLeftOut) + ", results", 1798}};
  EXPECT_EQ(counts, expected);
}

}  // namespace
}  // namespace wisp::component
