#include "jit/runtime/code_registry.h"

#include <array>
#include <atomic>
#include <mutex>

#include "platform/check.h"

namespace wisp::jit::code_registry {
namespace {

// An entry is in use while `end` is not zero; `end` is written last and cleared first.
struct Entry {
  std::atomic<uintptr_t> begin{0};
  std::atomic<uintptr_t> end{0};
  std::atomic<const CompiledModule*> module{nullptr};
};

// Chunks are never freed, so that a reader needs no protection. A scan of a few hundred entries
// costs less than the signal that asks for it.
struct Chunk {
  std::array<Entry, 256> entries;
  std::atomic<Chunk*> next{nullptr};
};

constinit Chunk first_chunk;
std::mutex writers;

Entry& free_entry() {
  for (Chunk* chunk = &first_chunk;; chunk = chunk->next.load()) {
    for (Entry& entry : chunk->entries) {
      if (entry.end.load(std::memory_order_relaxed) == 0) return entry;
    }
    if (chunk->next.load() == nullptr) chunk->next.store(new Chunk);
  }
}

}  // namespace

void add(const CodeRange& range) {
  WISP_CHECK(range.begin < range.end);
  std::lock_guard lock(writers);
  Entry& entry = free_entry();
  entry.begin.store(range.begin, std::memory_order_release);
  entry.module.store(range.module, std::memory_order_release);
  entry.end.store(range.end, std::memory_order_release);
}

void remove(uintptr_t begin) {
  std::lock_guard lock(writers);
  for (Chunk* chunk = &first_chunk; chunk != nullptr; chunk = chunk->next.load()) {
    for (Entry& entry : chunk->entries) {
      if (entry.end.load() == 0 || entry.begin.load() != begin) continue;
      entry.end.store(0, std::memory_order_release);
      return;
    }
  }
}

CodeRange find(uintptr_t pc) {
  for (Chunk* chunk = &first_chunk; chunk != nullptr; chunk = chunk->next.load()) {
    for (Entry& entry : chunk->entries) {
      uintptr_t end = entry.end.load(std::memory_order_acquire);
      uintptr_t begin = entry.begin.load(std::memory_order_acquire);
      if (pc < begin || pc >= end) continue;
      const CompiledModule* module = entry.module.load(std::memory_order_acquire);
      // Another thread may have put a new range here meanwhile: then this was neither.
      if (entry.end.load(std::memory_order_relaxed) == end) return {begin, end, module};
    }
  }
  return {};
}

}  // namespace wisp::jit::code_registry
