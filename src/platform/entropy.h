// Random bytes fit for keys.
//
// The first few KiB of a thread come from getrandom(2) directly: a program that asks for a seed or
// a UUID pays nothing else. Who asks for more gets a generator: ChaCha20 of OpenSSL
// (vectorised), keyed by the kernel, in a buffer of the thread that a fork wipes, so that parent
// and child never share bytes. Bytes are erased as they are handed out, the key is replaced with
// each filling and renewed by the kernel every megabyte.
#pragma once

#include <cstdint>
#include <span>

namespace wisp {

void fill_random(std::span<uint8_t> bytes);
uint64_t random_u64();

}  // namespace wisp
