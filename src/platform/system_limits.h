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

}  // namespace wisp
