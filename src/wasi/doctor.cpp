#include "wasi/doctor.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <vector>

#include "jit/runtime/memory.h"
#include "platform/cpu_features.h"
#include "platform/io_uring_report.h"
#include "platform/reservation_pool.h"
#include "platform/system_limits.h"
#include "platform/text_kernels.h"
#include "wasi/filesystem/descriptor_budget.h"
#include "wasi/filesystem/path_sandbox.h"

namespace wisp::wasi {

namespace {

struct Finding {
  std::string subject;
  std::string what;
  std::string consequence;  // may be empty
};

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// "8 GiB", "15.6 GiB".
std::string in_bytes(uint64_t bytes) {
  if (bytes == kNoLimit) return "no limit";
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  auto amount = static_cast<double>(bytes);
  for (; amount >= 1024 && unit + 1 < std::size(kUnits); unit++) amount /= 1024;
  const bool is_whole = amount == static_cast<double>(static_cast<uint64_t>(amount));
  return is_whole ? fmt::format("{:.0f} {}", amount, kUnits[unit])
                  : fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

std::string in_number(uint64_t number) {
  return number == kNoLimit ? "no limit" : std::to_string(number);
}

Finding kernel() {
  utsname name = {};
  ::uname(&name);
  return {"kernel", fmt::format("{} {} {}", name.sysname, name.release, name.machine), ""};
}

Finding io_uring() {
  const IoUringReport report = io_uring_report();
  if (!report.refusal.empty()) {
    const uint64_t disabled = io_uring_disabled();
    const std::string setting =
        disabled == 0 ? "" : fmt::format(" (kernel.io_uring_disabled is {})", disabled);
    return {"io_uring", "refused: " + report.refusal + setting,
            "I/O goes by epoll and plain system calls; docs/containers.md says how containers "
            "allow it"};
  }
  std::string what = joined(report.operations);
  if (!report.missing.empty()) what += "; missing: " + joined(report.missing);
  if (!report.flags.empty()) what += "; " + joined(report.flags);
  return {"io_uring", what, "I/O goes by it, unless --io=epoll is given"};
}

Finding openat2() {
  const ScopedDescriptor root(::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (PathSandbox::kernel_resolves(root.get()))
    return {"openat2", "works", "the kernel resolves the paths of guests, in one call"};
  return {"openat2", "refused: the kernel lacks it, or a seccomp profile forbids it",
          "Wisp resolves the paths of guests itself, component by component"};
}

Finding mappings() {
  const uint64_t limit = mappings_of_process();
  // What may be used of it, and what nobody may touch.
  constexpr uint64_t kMappingsOfAMemory = 2;
  return {"mappings", in_number(limit) + " (vm.max_map_count)",
          limit == kNoLimit ? ""
                            : fmt::format("room for fewer than {} linear memories, which take two "
                                          "each",
                                          limit / kMappingsOfAMemory)};
}

Finding address_space() {
  const uint64_t reserved = jit::Memory::kReservedBytes;
  const uint64_t memories = SlotSpace::of_process().limit() / reserved;
  return {"address space", in_bytes(address_space_of_process()),
          memories == 0 ? "no guest with a memory can run: each reserves " + in_bytes(reserved)
                        : fmt::format("room for {} linear memories, which reserve {} each",
                                      memories, in_bytes(reserved))};
}

Finding memory() {
  return {"memory", in_bytes(memory_of_process()),
          "a guest may take three quarters of it, unless --memory-budget says otherwise"};
}

Finding locked_memory() {
  return {"locked memory", in_bytes(lockable_memory_of_process()) + " (RLIMIT_MEMLOCK)",
          "Wisp locks none; kernels before 5.12 count rings of io_uring in it"};
}

Finding open_files() {
  return {"open files", in_number(descriptors_of_process()) + " (RLIMIT_NOFILE)",
          fmt::format("a guest may keep {} open", DescriptorBudget().limit())};
}

Finding processor() {
  const CpuFeatures features = CpuFeatures::of_host();
  if (!features.has_baseline) {
    return {"processor", "lacks SSE4.2 or POPCNT (x86-64-v2)", "Wisp does not run here"};
  }
  std::vector<std::string> names;
  for (const auto& [is_there, name] :
       {std::pair{features.has_avx, "avx"}, std::pair{features.has_bmi1, "bmi1"},
        std::pair{features.has_bmi2, "bmi2"}, std::pair{features.has_lzcnt, "lzcnt"}}) {
    if (is_there) names.emplace_back(name);
  }
  const bool has_avx2 = &text_kernels() != &kBaselineText;
  if (has_avx2) names.emplace_back("avx2");
  return {"processor", names.empty() ? "nothing beyond what is required" : joined(names),
          has_avx2 ? "compiled code and the copying of texts use them" : "compiled code uses them"};
}

}  // namespace

std::string doctor_report() {
  std::string report;
  for (const Finding& finding : {kernel(), io_uring(), openat2(), memory(), address_space(),
                                 mappings(), locked_memory(), open_files(), processor()}) {
    report += fmt::format("{:<15}{}\n", finding.subject, finding.what);
    if (!finding.consequence.empty())
      report += fmt::format("{:15}-> {}\n", "", finding.consequence);
  }
  return report;
}

}  // namespace wisp::wasi
