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

// Of the instruction at `code_offset`, in the module. Stack exhaustion comes in a prologue, before
// the first instruction: then the body's own offset.
uint64_t offset_of_fault(const CompiledModule& compiled, uint32_t function, uint32_t code_offset) {
  const Module& module = compiled.module();
  const uint32_t begin = compiled.function_offset(function);
  const TrapSite* site = compiled.trap_table().find_at_or_before(code_offset);
  if (site != nullptr && site->code_offset >= begin) return module.file_offset + site->wasm_offset;
  return module.bodies[function - module.imported_functions].file_offset;
}

uint64_t offset_of_call(const CompiledModule& compiled, uint32_t return_offset) {
  const TrapSite* site = compiled.trap_table().find_call(return_offset);
  return site == nullptr ? 0 : compiled.module().file_offset + site->wasm_offset;
}

}  // namespace

void capture_backtrace(RawBacktrace& trace, const StoreContext& context, uintptr_t pc,
                       uintptr_t frame_pointer) {
  trace.starts_at_fault = pc != 0;
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
    // A return address may be the first byte behind its function.
    const bool is_fault = i == 0 && trace.starts_at_fault;
    uintptr_t pc = trace.pcs[i];
    uintptr_t inside = is_fault ? pc : pc - 1;
    CodeRange range = code_registry::find(inside);
    if (range.module == nullptr) continue;
    const CompiledModule& compiled = *range.module;
    Frame frame;
    frame.function_index = compiled.function_at(static_cast<uint32_t>(inside - range.begin));
    frame.module = module_name(compiled.module());
    frame.function = function_name(compiled.module(), frame.function_index);
    const auto offset = static_cast<uint32_t>(pc - range.begin);
    frame.wasm_offset = is_fault ? offset_of_fault(compiled, frame.function_index, offset)
                                 : offset_of_call(compiled, offset);
    frames.push_back(std::move(frame));
  }
  return frames;
}

}  // namespace wisp::jit
