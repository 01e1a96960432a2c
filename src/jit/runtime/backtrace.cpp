#include "jit/runtime/backtrace.h"

#include "jit/runtime/code_registry.h"
#include "jit/runtime/code_services.h"
#include "jit/runtime/compiled_module.h"
#include "jit/wasm/name_section.h"

namespace wisp::jit {
namespace {

// A frame as both architectures lay it out: the caller's frame pointer, and above it the return
// address.
struct FrameRecord {
  uintptr_t caller_frame;
  uintptr_t return_address;
};

const FrameRecord& record_at(uintptr_t frame_pointer) {
  return *reinterpret_cast<const FrameRecord*>(frame_pointer);
}

}  // namespace

void capture_backtrace(RawBacktrace& trace, const StoreContext& context, uintptr_t pc,
                       uintptr_t frame_pointer) {
  if (pc != 0) trace.push(pc);
  for (const EntryRecord* entry = context.entry;
       entry != nullptr && trace.count < RawBacktrace::kMaxFrames; entry = entry->outer) {
    const auto entry_frame = reinterpret_cast<uintptr_t>(entry->frame);
    // Frames of guests only grow upwards to their entry: whatever else is found ends the walk.
    while (frame_pointer < entry_frame && frame_pointer != 0 &&
           trace.count < RawBacktrace::kMaxFrames) {
      const FrameRecord& record = record_at(frame_pointer);
      if (record.caller_frame <= frame_pointer || record.caller_frame > entry_frame) return;
      trace.push(record.return_address);
      frame_pointer = record.caller_frame;
    }
    if (entry->outer != nullptr) {
      frame_pointer = reinterpret_cast<uintptr_t>(entry->outer->exit_frame);
    }
  }
}

std::vector<Frame> describe(const RawBacktrace& trace) {
  std::vector<Frame> frames;
  for (uint32_t i = 0; i < trace.count; i++) {
    // A return address may be the first byte behind its function; the innermost pc is exact.
    uintptr_t pc = trace.pcs[i];
    uintptr_t inside = i == 0 ? pc : pc - 1;
    CodeRange range = code_registry::find(inside);
    if (range.module == nullptr) continue;
    const CompiledModule& compiled = *range.module;
    const Module& module = compiled.module();
    Frame frame;
    frame.function_index = compiled.function_at(static_cast<uint32_t>(inside - range.begin));
    frame.module = module_name(module);
    frame.function = function_name(module, frame.function_index);
    auto offset = static_cast<uint32_t>(pc - range.begin);
    const TrapSite* site = compiled.trap_table().find_at_or_before(offset);
    if (site != nullptr) frame.wasm_offset = module.file_offset + site->wasm_offset;
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace wisp::jit
