// What a process has of the system: to see that something which was made and dropped is gone.
#pragma once

#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <ostream>
#include <string>

namespace wisp::testing {

struct Footprint {
  size_t heap_bytes = 0;  // allocated; 0 under sanitizers, which have a heap of their own
  size_t resident_bytes = 0;
  size_t mappings = 0;
  size_t descriptors = 0;

  static Footprint now() {
    Footprint result;
    result.heap_bytes = mallinfo2().uordblks + mallinfo2().hblkhd;
    size_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages >> pages;
    result.resident_bytes = pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) result.mappings++;
    const std::filesystem::directory_iterator descriptors("/proc/self/fd");
    result.descriptors = static_cast<size_t>(std::distance(begin(descriptors), end(descriptors)));
    return result;
  }
};

inline std::ostream& operator<<(std::ostream& out, const Footprint& it) {
  return out << it.heap_bytes << " bytes of heap, " << it.resident_bytes << " resident, "
             << it.mappings << " mappings, " << it.descriptors << " descriptors";
}

}  // namespace wisp::testing
