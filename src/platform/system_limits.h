// What the system lets this process have.
#pragma once

#include <cstdint>

namespace wisp {

// Bytes of memory: what the machine has, or what the control groups of the process leave it, if
// that is less. Looked up once.
uint64_t memory_of_process();

// Bytes that pointers of a process reach, or that its limit on address space allows.
uint64_t address_space_of_process();

// How many descriptors may be open at once (RLIMIT_NOFILE).
uint64_t descriptors_of_process();

// How many mappings a process may have (vm.max_map_count), and how much memory it may lock
// (RLIMIT_MEMLOCK). kNoLimit: any.
constexpr uint64_t kNoLimit = ~uint64_t{0};
uint64_t mappings_of_process();
uint64_t lockable_memory_of_process();

// kernel.io_uring_disabled: 0 where everybody may use io_uring, 1 for members of a group, 2 for
// nobody.
uint64_t io_uring_disabled();

}  // namespace wisp
