// Arguments and variables: strings that end with a NUL in one buffer, and pointers to them.
#include <limits>
#include <vector>

#include "wasi/preview1/functions.h"

namespace wisp::wasi::preview1 {

namespace {

struct Strings {
  std::string text;
  std::vector<uint64_t> offsets;

  void add(std::string_view string) {
    offsets.push_back(text.size());
    text.append(string).push_back('\0');
  }
};

Strings arguments(const WasiContext& context) {
  Strings strings;
  for (const std::string& argument : context.arguments) strings.add(argument);
  return strings;
}

Strings variables(const WasiContext& context) {
  Strings strings;
  for (const auto& [name, value] : context.environment) strings.add(name + "=" + value);
  return strings;
}

int get_sizes(Call& call, const Strings& strings, Pointer<Size> count, Pointer<Size> buf_size) {
  constexpr uint64_t kMost = std::numeric_limits<Size>::max();
  if (strings.offsets.size() > kMost || strings.text.size() > kMost) return -EOVERFLOW;
  if (int error = call.write(count, static_cast<Size>(strings.offsets.size()))) return error;
  return call.write(buf_size, static_cast<Size>(strings.text.size()));
}

int get(Call& call, const Strings& strings, Pointer<uint32_t> pointers, Pointer<uint8_t> buf) {
  uint8_t* to =
      call.bytes(pointers.address, strings.offsets.size() * sizeof(uint32_t), alignof(uint32_t));
  if (to == nullptr) return Call::kTrapped;
  if (int error = call.write(buf.address, strings.text)) return error;
  for (const uint64_t offset : strings.offsets) {
    const auto pointer = static_cast<uint32_t>(buf.address + offset);
    std::memcpy(to, &pointer, sizeof pointer);
    to += sizeof pointer;
  }
  return 0;
}

}  // namespace

int args_get(Call& call, Pointer<uint32_t> argv, Pointer<uint8_t> argv_buf) {
  return get(call, arguments(call.context()), argv, argv_buf);
}

int args_sizes_get(Call& call, Pointer<Size> count, Pointer<Size> buf_size) {
  return get_sizes(call, arguments(call.context()), count, buf_size);
}

int environ_get(Call& call, Pointer<uint32_t> environ, Pointer<uint8_t> environ_buf) {
  return get(call, variables(call.context()), environ, environ_buf);
}

int environ_sizes_get(Call& call, Pointer<Size> count, Pointer<Size> buf_size) {
  return get_sizes(call, variables(call.context()), count, buf_size);
}

}  // namespace wisp::wasi::preview1
