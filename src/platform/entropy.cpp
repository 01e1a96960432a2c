#include "platform/entropy.h"

#include <openssl/crypto.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "platform/check.h"

// OpenSSL's vectorised ChaCha20 (libcrypto.a): the block counter is counter[0], `in` may be `out`.
// It is in no public header, but EVP, which is, brings 4.5 MB of program and 20,000 relocations
// with it: 0.5 ms of CPU at each start (measured). The test of known answers notices if it changes.
extern "C" void ChaCha20_ctr32(unsigned char* out, const unsigned char* in, size_t size,
                               const uint32_t key[8], const uint32_t counter[4]);

namespace wisp {

namespace {

constexpr size_t kDirectBytes = 4096;  // from the kernel before the generator is made
constexpr size_t kBufferBytes = 16 * 1024;
constexpr size_t kLargeRequest = 4 * 1024;  // written straight into the caller's memory
constexpr size_t kRekeyBytes = 1 << 20;

void fill_from_kernel(std::span<uint8_t> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    WISP_CHECK(count > 0 || errno == EINTR);
    if (count > 0) bytes = bytes.subspan(static_cast<size_t>(count));
  }
}

void erase(std::span<uint8_t> bytes) { OPENSSL_cleanse(bytes.data(), bytes.size()); }

// What a fork must not duplicate: lives in pages of its own that the kernel zeroes in the child.
struct WipedState {
  uint64_t keyed;      // 0: wiped, or new
  uint64_t generated;  // bytes since the kernel's last key
  uint64_t position;   // of the next byte in `buffer`
  uint32_t key[8];
  uint8_t buffer[kBufferBytes];
};

class Generator {
 public:
  Generator();
  ~Generator() {
    if (state_ == nullptr) return;
    erase({reinterpret_cast<uint8_t*>(state_), sizeof *state_});
    ::munmap(state_, sizeof *state_);
  }
  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  // Without wiped pages there is no generator: the kernel serves everything.
  bool usable() const { return state_ != nullptr; }
  void fill(std::span<uint8_t> bytes);

 private:
  void generate(std::span<uint8_t> bytes);

  WipedState* state_ = nullptr;
};

Generator::Generator() {
  void* pages =
      ::mmap(nullptr, sizeof *state_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return;
  if (::madvise(pages, sizeof *state_, MADV_WIPEONFORK) != 0) {
    ::munmap(pages, sizeof *state_);
    return;
  }
  ::madvise(pages, sizeof *state_, MADV_DONTDUMP);
  state_ = static_cast<WipedState*>(pages);
}

// The first block of the stream is the next key (what came before cannot be computed from it); one
// from the kernel comes every now and then, and after a fork.
void Generator::generate(std::span<uint8_t> bytes) {
  if (state_->keyed == 0 || state_->generated >= kRekeyBytes) {
    fill_from_kernel({reinterpret_cast<uint8_t*>(state_->key), sizeof state_->key});
    state_->keyed = 1;
    state_->generated = 0;
    state_->position = kBufferBytes;
  }
  constexpr uint32_t kKeyBlock[4] = {0, 0, 0, 0};
  constexpr uint32_t kFirstBlock[4] = {1, 0, 0, 0};
  uint8_t next_key[64] = {};
  ChaCha20_ctr32(next_key, next_key, sizeof next_key, state_->key, kKeyBlock);
  std::memset(bytes.data(), 0, bytes.size());
  ChaCha20_ctr32(bytes.data(), bytes.data(), bytes.size(), state_->key, kFirstBlock);
  std::memcpy(state_->key, next_key, sizeof state_->key);
  erase(next_key);
  state_->generated += bytes.size();
}

void Generator::fill(std::span<uint8_t> bytes) {
  while (bytes.size() >= kLargeRequest) {
    const auto part = bytes.first(std::min(bytes.size(), kRekeyBytes));
    generate(part);
    bytes = bytes.subspan(part.size());
  }
  while (!bytes.empty()) {
    if (state_->keyed == 0 || state_->position == kBufferBytes) {
      generate(state_->buffer);
      state_->position = 0;
    }
    const size_t count = std::min<size_t>(bytes.size(), kBufferBytes - state_->position);
    uint8_t* source = state_->buffer + state_->position;
    std::memcpy(bytes.data(), source, count);
    std::memset(source, 0, count);
    state_->position += count;
    bytes = bytes.subspan(count);
  }
}

struct ThreadEntropy {
  size_t direct_left = kDirectBytes;
  std::unique_ptr<Generator> generator;
};

}  // namespace

void fill_random(std::span<uint8_t> bytes) {
  thread_local ThreadEntropy entropy;
  if (bytes.size() <= entropy.direct_left) {
    entropy.direct_left -= bytes.size();
    fill_from_kernel(bytes);
    return;
  }
  if (entropy.generator == nullptr) entropy.generator = std::make_unique<Generator>();
  if (entropy.generator->usable()) {
    entropy.generator->fill(bytes);
  } else {
    fill_from_kernel(bytes);
  }
}

uint64_t random_u64() {
  uint8_t bytes[8];
  fill_random(bytes);
  uint64_t value;
  std::memcpy(&value, bytes, sizeof value);
  return value;
}

}  // namespace wisp
