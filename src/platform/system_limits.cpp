#include "platform/system_limits.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <string>
#include <string_view>

namespace wisp {
namespace {

// What a small file says; empty where there is none.
std::string read_small_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return {};
  char text[4096];
  const ssize_t size = ::read(descriptor, text, sizeof text);
  ::close(descriptor);
  return size < 0 ? std::string() : std::string(text, static_cast<size_t>(size));
}

// "max" and what is not there are no limit.
uint64_t limit_in(const std::string& path) {
  const std::string text = read_small_file(path);
  uint64_t limit = kNoLimit;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  return error == std::errc() ? limit : kNoLimit;
}

// The least of what a group and those around it say.
uint64_t limit_of_group(const std::string& mount, std::string group, const char* file) {
  uint64_t limit = kNoLimit;
  for (;;) {
    while (group.ends_with('/')) group.pop_back();
    limit = std::min(limit, limit_in(mount + group + file));
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos) return limit;
    group.resize(slash);
  }
}

// cgroups(7): a line of /proc/self/cgroup is "hierarchy:controllers:path", the second version has
// the hierarchy 0.
uint64_t limit_of_groups() {
  const std::string text = read_small_file("/proc/self/cgroup");
  uint64_t limit = kNoLimit;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string_view::npos || second == std::string_view::npos) continue;
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string group(line.substr(second + 1));
    if (line.starts_with("0:")) {
      limit = std::min(limit, limit_of_group("/sys/fs/cgroup", group, "/memory.max"));
    } else if (controllers == "memory") {
      limit =
          std::min(limit, limit_of_group("/sys/fs/cgroup/memory", group, "/memory.limit_in_bytes"));
    }
  }
  return limit;
}

uint64_t limit_of(__rlimit_resource resource) {
  rlimit limit = {};
  if (::getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return kNoLimit;
  return limit.rlim_cur;
}

}  // namespace

uint64_t memory_of_process() {
  static const uint64_t bytes = [] {
    struct sysinfo info = {};
    const bool is_known = ::sysinfo(&info) == 0;
    const uint64_t machine = is_known ? uint64_t{info.totalram} * info.mem_unit : kNoLimit;
    return std::min({machine, limit_of_groups(), limit_of(RLIMIT_AS)});
  }();
  return bytes;
}

// Stacks lie in the upper half of what a process has.
uint64_t address_space_of_process() {
  const auto stack = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  return std::min(std::bit_ceil(uint64_t{stack}), limit_of(RLIMIT_AS));
}

uint64_t descriptors_of_process() { return limit_of(RLIMIT_NOFILE); }

uint64_t mappings_of_process() { return limit_in("/proc/sys/vm/max_map_count"); }

uint64_t lockable_memory_of_process() { return limit_of(RLIMIT_MEMLOCK); }

uint64_t io_uring_disabled() {
  const uint64_t setting = limit_in("/proc/sys/kernel/io_uring_disabled");
  return setting == kNoLimit ? 0 : setting;
}

}  // namespace wisp
