// wasi:cli/{stdin,stdout,stderr}: streams over the descriptors that the context grants.
//
// Nothing is buffered: a write reaches the descriptor before it returns, if the descriptor takes it
// without waiting; what it does not take is kept and written as soon as it does, and meanwhile
// check-write gives 0. Standard input is read only when the guest reads, so what it leaves unread
// stays there. A closed pipe is `closed`, never a signal.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "platform/prompt_descriptor.h"
#include "wasi/io/readiness.h"
#include "wasi/io/streams.h"

namespace wisp::wasi {

class DescriptorInputStream final : public InputStream {
 public:
  // The descriptor stays open as long as the loop.
  DescriptorInputStream(EventLoop& loop, int descriptor)
      : InputStream(ErrorOrigin::kFilesystem), loop_(loop), descriptor_(descriptor) {}
  KernelEnd kernel_end() override;
  void moved_in_kernel() override { readiness_.consume(); }

 protected:
  Transfer do_read(std::span<uint8_t> buffer) override;
  bool do_ready() override;
  void do_arm(EventLoop& loop) override;
  Source& do_source() override { return readiness_.source(); }

 private:
  EventLoop& loop_;
  PromptDescriptor descriptor_;
  Readiness readiness_;
};

class DescriptorOutputStream final : public OutputStream {
 public:
  DescriptorOutputStream(EventLoop& loop, int descriptor)
      : OutputStream(ErrorOrigin::kFilesystem, kPermitBytes + 256),
        loop_(loop),
        descriptor_(descriptor) {}
  // Waits until the descriptor has taken what was accepted, as a process that exits would.
  ~DescriptorOutputStream() override;
  KernelEnd kernel_end() override;
  void moved_in_kernel() override { readiness_.consume(); }

 protected:
  Transfer do_check_write() override;
  Transfer do_write(std::span<const uint8_t> contents) override;
  Transfer do_flush() override;
  bool do_ready() override;
  void do_arm(EventLoop& loop) override;
  Source& do_source() override { return readiness_.source(); }

 private:
  static constexpr uint32_t kPermitBytes = 64 << 10;

  Transfer push_pending();
  Transfer push(std::span<const uint8_t>& bytes);

  EventLoop& loop_;
  PromptDescriptor descriptor_;
  Readiness readiness_;
  std::vector<uint8_t> pending_;     // accepted, not yet taken by the descriptor
  std::optional<Transfer> failure_;  // of pushing it, which the guest has not been told yet
};

namespace stdio {

std::unique_ptr<InputStream> get_stdin(component::HostCall& call, WasiContext& context);
std::unique_ptr<OutputStream> get_stdout(component::HostCall& call, WasiContext& context);
std::unique_ptr<OutputStream> get_stderr(component::HostCall& call, WasiContext& context);

extern const component::HostInterface kStdinInterface;
extern const component::HostInterface kStdoutInterface;
extern const component::HostInterface kStderrInterface;

}  // namespace stdio
}  // namespace wisp::wasi
