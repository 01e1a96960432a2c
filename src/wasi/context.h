// WasiContext: every capability that was granted to one guest, and the loop that it waits on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "platform/dns_lookup.h"
#include "platform/event_loop.h"
#include "wasi/filesystem/descriptor_budget.h"
#include "wasi/filesystem/path_sandbox.h"
#include "wasi/io/kept_wait_set.h"
#include "wasi/sockets/background_write.h"
#include "wasi/sockets/network_policy.h"

namespace wisp::wasi {

enum class DirectoryAccess : uint8_t { kReadOnly, kReadWrite };

struct Preopen {
  int descriptor = -1;  // of the host directory; owned by the context
  std::string guest_path;
  DirectoryAccess access = DirectoryAccess::kReadWrite;
};

class WasiContext {
 public:
  explicit WasiContext(EventLoop& event_loop)
      : loop(event_loop), last_poll(event_loop), background_writes(event_loop) {}

  EventLoop& loop;
  KeptWaitSet last_poll;
  std::vector<std::string> arguments;  // with argv[0]
  std::vector<std::pair<std::string, std::string>> environment;
  std::vector<Preopen> preopens;
  std::optional<std::string> initial_cwd;
  // Sockets that listen, for guests that cannot make them (preview 1); borrowed.
  std::vector<int> tcp_listeners;
  int stdin_descriptor = 0;
  int stdout_descriptor = 1;
  int stderr_descriptor = 2;
  // Unstable features that are linked: "clocks-timezone".
  std::vector<std::string> features;
  sockets::NetworkPolicy network;
  DnsOptions dns;
  uint32_t pending_lookups = 0;
  PathSandbox sandbox;
  DescriptorBudget descriptors;
  // Declared behind what it uses; ends with the run (see command_world.cpp).
  sockets::BackgroundWrites background_writes;
  // Limits of wasi.md, section 10.
  uint64_t max_random_size = 64u << 20;
  // What wasi:random/insecure-seed gives: one value for the life of the instance.
  std::optional<std::tuple<uint64_t, uint64_t>> insecure_seed;
  // What wasi:cli/exit asked for.
  std::optional<uint8_t> exit_status;

  // Memory for the bytes of one host call's result, on their way into the guest. Also the most that
  // one read gives.
  static constexpr size_t kScratchBytes = 64 << 10;
  std::span<uint8_t> scratch() {
    if (scratch_ == nullptr) scratch_ = std::make_unique_for_overwrite<uint8_t[]>(kScratchBytes);
    return {scratch_.get(), kScratchBytes};
  }

  // Likewise for the datagrams of one call: so many, each as large as a datagram may be.
  static constexpr size_t kDatagramSlots = 16;
  static constexpr size_t kDatagramSlotBytes = 64 << 10;
  std::span<uint8_t> datagram_slots() {
    constexpr size_t kBytes = kDatagramSlots * kDatagramSlotBytes;
    if (datagram_slots_ == nullptr)
      datagram_slots_ = std::make_unique_for_overwrite<uint8_t[]>(kBytes);
    return {datagram_slots_.get(), kBytes};
  }

 private:
  std::unique_ptr<uint8_t[]> scratch_;
  std::unique_ptr<uint8_t[]> datagram_slots_;
};

}  // namespace wisp::wasi
