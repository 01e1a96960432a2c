// DescriptorTable: the numbers of a guest of preview 1 and what stands behind them.
//
// 0, 1 and 2 are the standard streams; sockets that listen and the preopened directories follow.
// What is opened gets the lowest number that is free, as in POSIX. Each entry is charged to the
// memory budget of the store; the descriptors of the host behind them count in the context
// (filesystem/descriptor_budget.h).
#pragma once

#include <dirent.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "platform/io_operations.h"
#include "platform/memory_budget.h"
#include "platform/prompt_descriptor.h"
#include "wasi/context.h"
#include "wasi/filesystem/descriptor.h"
#include "wasi/filesystem/directory.h"
#include "wasi/preview1/types.h"

namespace wisp::wasi::preview1 {

// What a number stands for.
enum class EntryKind : uint8_t { kInput, kOutput, kListener, kConnection, kFile, kDirectory };

// Where fd_readdir stopped: the next call usually goes on there.
struct DirectoryPosition {
  std::unique_ptr<DirectoryEntryStream> entries;
  uint64_t cookie = 0;              // of what comes next
  const dirent* pending = nullptr;  // was read, and did not fit
};

struct Entry {
  explicit Entry(EntryKind its_kind, int number = -1) : kind(its_kind), stream(number) {}
  Entry(EntryKind its_kind, std::shared_ptr<const OpenFile> its_socket)
      : kind(its_kind), stream(its_socket->number()), socket(std::move(its_socket)) {}

  EntryKind kind;
  Fdflags flags = Fdflags::kNone;  // kAppend, kNonblock
  // Of a standard stream or a socket.
  PromptDescriptor stream;
  std::shared_ptr<const OpenFile> socket;
  // What poll_oneoff knows of it (events of poll(2)) and watches it with; nothing between calls.
  uint32_t ready_events = 0;
  uint32_t awaited_events = 0;
  Operation watch;
  // Of a file or directory.
  std::unique_ptr<Descriptor> descriptor;
  // Of a file: where it is read and written next. After something was appended, the kernel knows.
  uint64_t offset = 0;
  bool offset_in_kernel = false;
  // Of a directory: the guest's name of a preopened one; null: it is none.
  const Preopen* preopen = nullptr;
  DirectoryPosition position;
  uint64_t charged_bytes = 0;  // of the memory budget

  bool is_in_file_system() const { return descriptor != nullptr; }
  bool reads_stream() const { return kind == EntryKind::kInput || kind == EntryKind::kConnection; }
  bool writes_stream() const {
    return kind == EntryKind::kOutput || kind == EntryKind::kConnection;
  }
  // Whether the guest is parked where a system call would wait.
  bool waits() const { return !has(flags, Fdflags::kNonblock); }
};

class DescriptorTable {
 public:
  DescriptorTable(WasiContext& context, MemoryBudget& budget);
  ~DescriptorTable();
  DescriptorTable(const DescriptorTable&) = delete;
  DescriptorTable& operator=(const DescriptorTable&) = delete;

  // Null: EBADF.
  Entry* find(Fd fd) const {
    const auto number = static_cast<uint32_t>(fd);
    return number < entries_.size() ? entries_[number].get() : nullptr;
  }
  // 0, or a negated errno: ENOMEM where the budget has no room.
  int insert(std::unique_ptr<Entry> entry, Fd& fd);
  int close(Fd fd);
  // Puts what `from` stands for in the place of `to`; both are there.
  int renumber(Fd from, Fd to);

  // Begins to read a directory, unless that was begun.
  int open_entries(Entry& directory);

 private:
  bool charge(Entry& entry, uint64_t size_bytes);
  void remove(uint32_t number);

  WasiContext& context_;
  MemoryBudget& budget_;
  std::vector<std::unique_ptr<Entry>> entries_;
  uint32_t lowest_free_ = 0;  // none is lower
};

}  // namespace wisp::wasi::preview1
