#include "component/abi/strings.h"

#include <cstring>

#include "platform/transcoding.h"
#include "platform/utf8.h"

namespace wisp::component {
namespace {

uint8_t* at(const CanonicalOptions& options, uint32_t address) {
  return options.memory->base + address;
}

// One string on its way into a guest's memory.
struct Lowering {
  CallState& call;
  const CanonicalOptions& options;
  const SourceString& source;
  uint32_t address = 0;
  uint32_t tagged_length = 0;

  bool allocate(uint32_t alignment, uint32_t size) {
    return checked_realloc(call, options, 0, 0, alignment, size, address, BlockUse::kString);
  }
  bool resize(uint32_t old_size, uint32_t alignment, uint32_t new_size) {
    return checked_realloc(call, options, address, old_size, alignment, new_size, address,
                           BlockUse::kString);
  }
  uint8_t* destination() { return at(options, address); }

  bool copy(uint32_t alignment, uint32_t tag);
  bool utf8_to_16();
  bool latin1_to_16();
  bool to_8(uint32_t worst_case_size);
  bool to_latin1_or_16();
  bool probably_16_to_latin1_or_16();
  bool finish_as_16(size_t read, size_t written);
};

// store_string_copy
bool Lowering::copy(uint32_t alignment, uint32_t tag) {
  const uint32_t size = source.size_bytes();
  if (!allocate(alignment, size)) return false;
  if (size != 0) std::memcpy(destination(), source.bytes, size);
  tagged_length = source.units | tag;
  return true;
}

// store_utf8_to_utf16
bool Lowering::utf8_to_16() {
  const uint32_t worst_case_size = 2 * source.units;
  if (!allocate(2, worst_case_size)) return false;
  if (source.range == TextRange::kAscii) {
    latin1_to_utf16(source.bytes, source.units, destination());
    tagged_length = source.units;
    return true;
  }
  const auto written =
      static_cast<uint32_t>(utf8_to_utf16(source.bytes, source.units, destination()).written);
  if (2 * written < worst_case_size && !resize(worst_case_size, 2, 2 * written)) return false;
  tagged_length = written;
  return true;
}

bool Lowering::latin1_to_16() {
  if (!allocate(2, 2 * source.units)) return false;
  latin1_to_utf16(source.bytes, source.units, destination());
  tagged_length = source.units;
  return true;
}

// store_string_to_utf8: first as if it were ASCII.
bool Lowering::to_8(uint32_t worst_case_size) {
  if (!allocate(1, source.units)) return false;
  const bool wide = source.encoding != SourceEncoding::kLatin1;
  if (wide && source.range == TextRange::kAscii) {
    narrow_utf16(source.bytes, source.units, destination());
    tagged_length = source.units;
    return true;
  }
  // The prefix is written before the block moves: realloc carries it over, and the guest sees what
  // it would see.
  const size_t ascii = wide ? utf16_to_ascii(source.bytes, source.units, destination())
                            : copy_ascii(source.bytes, source.units, destination());
  const size_t rest = source.units - ascii;
  if (rest == 0) {
    tagged_length = source.units;
    return true;
  }
  if (!resize(source.units, 1, worst_case_size)) return false;
  uint8_t* out = destination() + ascii;
  const size_t more = wide ? utf16_to_utf8(source.bytes + 2 * ascii, rest, out).written
                           : latin1_to_utf8(source.bytes + ascii, rest, out);
  const auto size = static_cast<uint32_t>(ascii + more);
  if (worst_case_size > size && !resize(worst_case_size, 1, size)) return false;
  tagged_length = size;
  return true;
}

// store_string_to_latin1_or_utf16
bool Lowering::to_latin1_or_16() {
  if (!allocate(2, source.units)) return false;
  TextProgress progress;
  if (source.encoding == SourceEncoding::kUtf8 && source.range == TextRange::kAscii) {
    progress.read = progress.written = source.units;
    if (source.units != 0) std::memcpy(destination(), source.bytes, source.units);
  } else if (source.encoding == SourceEncoding::kUtf8) {
    progress = utf8_to_latin1(source.bytes, source.units, destination());
  } else if (source.range <= TextRange::kLatin1) {
    progress.read = progress.written = source.units;
    narrow_utf16(source.bytes, source.units, destination());
  } else {
    progress.read = progress.written = utf16_to_latin1(source.bytes, source.units, destination());
  }
  if (progress.read < source.units) return finish_as_16(progress.read, progress.written);
  const auto size = static_cast<uint32_t>(progress.written);
  if (size < source.units && !resize(source.units, 2, size)) return false;
  tagged_length = size;
  return true;
}

bool Lowering::finish_as_16(size_t read, size_t written) {
  const uint32_t worst_case_size = 2 * source.units;
  if (!resize(source.units, 2, worst_case_size)) return false;
  inflate_latin1_in_place(destination(), written);
  uint8_t* out = destination() + 2 * written;
  size_t more;
  if (source.encoding == SourceEncoding::kUtf8) {
    more = utf8_to_utf16(source.bytes + read, source.units - read, out).written;
  } else {
    more = source.units - read;
    std::memcpy(out, source.bytes + 2 * read, 2 * more);
  }
  const auto units = static_cast<uint32_t>(written + more);
  if (worst_case_size > 2 * units && !resize(worst_case_size, 2, 2 * units)) return false;
  tagged_length = units | kUtf16Tag;
  return true;
}

// store_probably_utf16_to_latin1_or_utf16
bool Lowering::probably_16_to_latin1_or_16() {
  if (!copy(2, kUtf16Tag)) return false;
  if (source.range > TextRange::kLatin1) return true;
  narrow_utf16(destination(), source.units, destination());
  tagged_length = source.units;
  // Alignment 1 is what the specification asks for here.
  return resize(2 * source.units, 1, source.units);
}

bool lower(Lowering& lowering) {
  const uint32_t units = lowering.source.units;
  switch (lowering.options.encoding) {
    case StringEncoding::kUtf8:
      switch (lowering.source.encoding) {
        case SourceEncoding::kUtf8:
          return lowering.copy(1, 0);
        case SourceEncoding::kLatin1:
          return lowering.to_8(2 * units);
        case SourceEncoding::kUtf16:
        case SourceEncoding::kTaggedUtf16:
          return lowering.to_8(3 * units);
      }
      break;
    case StringEncoding::kUtf16:
      switch (lowering.source.encoding) {
        case SourceEncoding::kUtf8:
          return lowering.utf8_to_16();
        case SourceEncoding::kLatin1:
          return lowering.latin1_to_16();
        case SourceEncoding::kUtf16:
        case SourceEncoding::kTaggedUtf16:
          return lowering.copy(2, 0);
      }
      break;
    case StringEncoding::kLatin1Utf16:
      switch (lowering.source.encoding) {
        case SourceEncoding::kUtf8:
        case SourceEncoding::kUtf16:
          return lowering.to_latin1_or_16();
        case SourceEncoding::kLatin1:
          return lowering.copy(2, 0);
        case SourceEncoding::kTaggedUtf16:
          return lowering.probably_16_to_latin1_or_16();
      }
      break;
  }
  return false;
}

std::string out_of_bounds(const CallState& call) {
  return call.parties() == CallParties::kGuests ? "string content out-of-bounds"
                                                : "string pointer/length out of bounds of memory";
}

bool check_content(CallState& call, SourceString& string) {
  switch (string.encoding) {
    case SourceEncoding::kUtf8:
      if (ascii_prefix(string.bytes, string.units) == string.units) {
        string.range = TextRange::kAscii;
        return true;
      }
      switch (validate_utf8(string.bytes, string.units)) {
        case Utf8Status::kValid:
          return true;
        case Utf8Status::kInvalid:
          call.trap("invalid utf-8");
          return false;
        case Utf8Status::kIncomplete:
          call.trap("incomplete utf-8 byte sequence");
          return false;
      }
      return false;
    case SourceEncoding::kLatin1:
      return true;
    case SourceEncoding::kUtf16:
    case SourceEncoding::kTaggedUtf16: {
      const Utf16Check check = check_utf16(string.bytes, string.units);
      if (check.is_valid) {
        string.range = check.bits < 0x80    ? TextRange::kAscii
                       : check.bits < 0x100 ? TextRange::kLatin1
                                            : TextRange::kAny;
        return true;
      }
      call.trap("unpaired surrogate");
      return false;
    }
  }
  return false;
}

}  // namespace

bool lift_source_string(CallState& call, const CanonicalOptions& options, uint32_t address,
                        uint32_t tagged_length, SourceString& result) {
  result.units = tagged_length;
  uint32_t alignment = 2, unit_size = 1;
  switch (options.encoding) {
    case StringEncoding::kUtf8:
      result.encoding = SourceEncoding::kUtf8;
      alignment = 1;
      break;
    case StringEncoding::kUtf16:
      result.encoding = SourceEncoding::kUtf16;
      unit_size = 2;
      break;
    case StringEncoding::kLatin1Utf16:
      result.units = tagged_length & ~kUtf16Tag;
      result.encoding =
          result.units == tagged_length ? SourceEncoding::kLatin1 : SourceEncoding::kTaggedUtf16;
      unit_size = result.units == tagged_length ? 1 : 2;
      break;
  }
  if (result.units > kMaxByteLength / unit_size) [[unlikely]] {
    call.trap(out_of_bounds(call) + ": more than 2^28 - 1 bytes");
    return false;
  }
  if ((address & (alignment - 1)) != 0) [[unlikely]] {
    call.trap("unaligned pointer: string pointer not aligned to 2");
    return false;
  }
  if (!in_bounds(options.memory, address, uint64_t{result.units} * unit_size)) [[unlikely]] {
    call.trap(out_of_bounds(call));
    return false;
  }
  result.bytes = at(options, address);
  return check_content(call, result);
}

bool check_any_text(CallState& call, StringEncoding encoding, const uint8_t* bytes,
                    size_t size_bytes) {
  SourceString string{bytes, static_cast<uint32_t>(size_bytes)};
  if (encoding == StringEncoding::kUtf16) {
    string.encoding = SourceEncoding::kUtf16;
    string.units /= 2;
  }
  return check_content(call, string);
}

size_t max_utf8_size(const SourceString& source) {
  switch (source.encoding) {
    case SourceEncoding::kUtf8:
      return source.units;
    case SourceEncoding::kLatin1:
      return size_t{source.units} * 2;
    case SourceEncoding::kUtf16:
    case SourceEncoding::kTaggedUtf16:
      return size_t{source.units} * 3;
  }
  return 0;
}

size_t write_utf8(const SourceString& source, uint8_t* out) {
  switch (source.encoding) {
    case SourceEncoding::kUtf8:
      if (source.units != 0) std::memcpy(out, source.bytes, source.units);
      return source.units;
    case SourceEncoding::kLatin1:
      return latin1_to_utf8(source.bytes, source.units, out);
    case SourceEncoding::kUtf16:
    case SourceEncoding::kTaggedUtf16:
      return utf16_to_utf8(source.bytes, source.units, out).written;
  }
  return 0;
}

std::string to_utf8(const SourceString& source) {
  std::string result(max_utf8_size(source), '\0');
  result.resize(write_utf8(source, reinterpret_cast<uint8_t*>(result.data())));
  return result;
}

bool lower_source_string(CallState& call, const CanonicalOptions& options,
                         const SourceString& source, uint32_t& address, uint32_t& tagged_length) {
  Lowering lowering{call, options, source};
  if (!lower(lowering)) return false;
  address = lowering.address;
  tagged_length = lowering.tagged_length;
  return true;
}

bool lower_utf8(CallState& call, const CanonicalOptions& options, std::string_view text,
                uint32_t& address, uint32_t& tagged_length) {
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  if (text.size() > kMaxByteLength) [[unlikely]] {
    call.trap("string too long");
    return false;
  }
  if (!is_valid_utf8(text)) [[unlikely]] {
    call.trap("a string of the host is not valid UTF-8");
    return false;
  }
  const SourceString source{bytes, static_cast<uint32_t>(text.size()), SourceEncoding::kUtf8};
  return lower_source_string(call, options, source, address, tagged_length);
}

}  // namespace wisp::component
