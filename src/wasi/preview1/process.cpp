#include "wasi/preview1/process.h"

#include "platform/utf8.h"

namespace wisp::wasi::preview1 {

int Call::write(uint32_t address, std::string_view text) {
  uint8_t* memory = bytes(address, text.size());
  if (memory == nullptr) return kTrapped;
  std::memcpy(memory, text.data(), text.size());
  return 0;
}

int Call::read(String string, std::string_view& text) {
  if (!charge(string.size_bytes)) return -ENOMEM;
  const uint8_t* memory = bytes(string.address, string.size_bytes);
  if (memory == nullptr) return kTrapped;
  text = {reinterpret_cast<const char*>(memory), string.size_bytes};
  return is_valid_utf8(text) ? 0 : -EILSEQ;
}

int Call::trap(const std::string& message) {
  CallState::trap("wasi_snapshot_preview1." + std::string(function_) + ": " + message);
  return kTrapped;
}

int Call::exit(uint32_t status) {
  process_.exit_status = status;
  CallState::exit();
  return kTrapped;
}

int Call::interrupt() {
  unwind(jit::TrapCode::kInterrupted);
  return kTrapped;
}

uint8_t* Call::refuse_pointer(uint32_t address, uint64_t size_bytes, uint32_t alignment) {
  if (size_bytes == 0) return process_.memory->base;
  if (address % alignment != 0) {
    trap("pointer not aligned to " + std::to_string(alignment) + ": " + std::to_string(address));
  } else {
    trap("pointer out of bounds: " + std::to_string(size_bytes) + " bytes at " +
         std::to_string(address) + " in a memory of " +
         std::to_string(process_.memory->size_bytes));
  }
  return nullptr;
}

}  // namespace wisp::wasi::preview1
