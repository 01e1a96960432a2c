// Addressing of x64::Masm beyond what one operand reaches.
#include "jit/x64/masm.h"

namespace wisp::jit::x64 {

Mem Masm::far_operand(const Address& address) {
  Encoder e(buffer_);
  WISP_DCHECK(address.base != kScratch && address.index != kScratch);
  if (address.disp == static_cast<uint32_t>(address.disp)) {
    e.mov_imm32(kScratch, static_cast<uint32_t>(address.disp));
  } else {
    e.mov_imm64(kScratch, static_cast<uint64_t>(address.disp));
  }
  // By lea, not add: loads and stores keep the flags.
  if (address.index != kNoGpr) e.lea(Width::k64, kScratch, mem(kScratch, address.index));
  return mem(address.base, kScratch);
}

}  // namespace wisp::jit::x64
