// Streams over an open file, each with a position of its own. A regular file is always ready: its
// calls are made inline, which is faster than any detour through the kernel's workers.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "wasi/filesystem/descriptor.h"
#include "wasi/io/streams.h"

namespace wisp::wasi {

class FileInputStream final : public InputStream {
 public:
  FileInputStream(EventLoop& loop, std::shared_ptr<const OpenFile> file, uint64_t offset)
      : InputStream(ErrorOrigin::kFilesystem),
        loop_(loop),
        file_(std::move(file)),
        offset_(offset) {}
  KernelEnd kernel_end() override { return {KernelEnd::Kind::kFile, file_->number(), &offset_}; }

 protected:
  Transfer do_read(std::span<uint8_t> buffer) override;
  bool do_ready() override { return true; }
  void do_arm(EventLoop&) override {}
  Source& do_source() override { return source_; }

 private:
  Source source_;
  EventLoop& loop_;
  std::shared_ptr<const OpenFile> file_;
  uint64_t offset_;
};

class FileOutputStream final : public OutputStream {
 public:
  static constexpr uint64_t kAppend = ~uint64_t{0};

  // Writes from `offset` on, or each time at the end of the file (kAppend).
  FileOutputStream(EventLoop& loop, std::shared_ptr<const OpenFile> file, uint64_t offset)
      : OutputStream(ErrorOrigin::kFilesystem),
        loop_(loop),
        file_(std::move(file)),
        offset_(offset) {}
  KernelEnd kernel_end() override {
    if (offset_ == kAppend) return {};
    return {KernelEnd::Kind::kFile, file_->number(), &offset_};
  }

 protected:
  Transfer do_check_write() override;
  Transfer do_write(std::span<const uint8_t> contents) override;
  Transfer do_flush() override { return Transfer::moved(0); }
  bool do_ready() override { return true; }
  void do_arm(EventLoop&) override {}
  Source& do_source() override { return source_; }

 private:
  int32_t write_some(std::span<const uint8_t> contents);

  Source source_;
  EventLoop& loop_;
  std::shared_ptr<const OpenFile> file_;
  uint64_t offset_;
};

}  // namespace wisp::wasi
