#include "wasi/preview1/descriptor_table.h"

#include <algorithm>
#include <cerrno>
#include <utility>

namespace wisp::wasi::preview1 {

namespace {

// With what stands behind it, and what the allocator adds.
constexpr uint64_t kEntryBytes = 512;

}  // namespace

// What the embedder grants is not charged.
DescriptorTable::DescriptorTable(WasiContext& context, MemoryBudget& budget)
    : context_(context), budget_(budget) {
  const std::pair<EntryKind, int> streams[] = {{EntryKind::kInput, context.stdin_descriptor},
                                               {EntryKind::kOutput, context.stdout_descriptor},
                                               {EntryKind::kOutput, context.stderr_descriptor}};
  for (const auto& [kind, number] : streams) {
    entries_.push_back(std::make_unique<Entry>(kind, number));
  }
  for (const int number : context.tcp_listeners) {
    auto entry =
        std::make_unique<Entry>(EntryKind::kListener, std::make_shared<const OpenFile>(number));
    // So it was in earlier versions of Wasmtime, and Go waits by poll_oneoff only for such ones.
    entry->flags = Fdflags::kNonblock;
    entries_.push_back(std::move(entry));
  }
  for (const Preopen& preopen : context.preopens) {
    auto entry = std::make_unique<Entry>(EntryKind::kDirectory);
    entry->preopen = &preopen;
    entry->descriptor = std::make_unique<Descriptor>(
        std::make_shared<const OpenFile>(preopen.descriptor), DescriptorKind::kDirectory,
        DescriptorFlags::kRead, preopen.access);
    entries_.push_back(std::move(entry));
  }
  lowest_free_ = static_cast<uint32_t>(entries_.size());
}

DescriptorTable::~DescriptorTable() {
  for (uint32_t i = 0; i < entries_.size(); i++) {
    if (entries_[i] != nullptr) remove(i);
  }
}

bool DescriptorTable::charge(Entry& entry, uint64_t size_bytes) {
  if (!budget_.take(size_bytes)) return false;
  entry.charged_bytes += size_bytes;
  return true;
}

int DescriptorTable::insert(std::unique_ptr<Entry> entry, Fd& fd) {
  if (!charge(*entry, kEntryBytes)) return -ENOMEM;
  while (lowest_free_ < entries_.size() && entries_[lowest_free_] != nullptr) lowest_free_++;
  if (lowest_free_ == entries_.size()) entries_.emplace_back();
  entries_[lowest_free_] = std::move(entry);
  fd = static_cast<Fd>(lowest_free_++);
  return 0;
}

int DescriptorTable::close(Fd fd) {
  if (find(fd) == nullptr) return -EBADF;
  remove(static_cast<uint32_t>(fd));
  return 0;
}

void DescriptorTable::remove(uint32_t number) {
  budget_.give_back(entries_[number]->charged_bytes);
  entries_[number] = nullptr;
  lowest_free_ = std::min(lowest_free_, number);
}

int DescriptorTable::renumber(Fd from, Fd to) {
  if (find(from) == nullptr || find(to) == nullptr) return -EBADF;
  if (from == to) return 0;
  remove(static_cast<uint32_t>(to));
  entries_[static_cast<uint32_t>(to)] = std::move(entries_[static_cast<uint32_t>(from)]);
  lowest_free_ = std::min(lowest_free_, static_cast<uint32_t>(from));
  return 0;
}

int DescriptorTable::open_entries(Entry& directory) {
  DirectoryPosition& position = directory.position;
  if (position.entries != nullptr) return 0;
  std::unique_ptr<DirectoryEntryStream> entries;
  if (const int error = files::open_entries(context_, *directory.descriptor, entries)) return error;
  if (!charge(directory, entries->size_bytes())) return -ENOMEM;
  position.entries = std::move(entries);
  return 0;
}

}  // namespace wisp::wasi::preview1
