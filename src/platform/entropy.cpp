#include "platform/entropy.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/random.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include "platform/check.h"

namespace wisp {

namespace {

constexpr size_t kDirectBytes = 4096;  // from the kernel before the generator is made
constexpr size_t kKeyBytes = 32 + 16;  // AES-256 key and counter block
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

struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

// What a fork must not duplicate: lives in pages of its own that the kernel zeroes in the child.
struct WipedState {
  uint64_t keyed;      // 0: wiped, or new
  uint64_t generated;  // bytes since the kernel's last key
  uint64_t position;   // of the next byte in `buffer`
  uint8_t key[kKeyBytes];
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
  void renew_key();
  void generate(std::span<uint8_t> bytes);

  WipedState* state_ = nullptr;
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext> context_;
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
  OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
  context_.reset(EVP_CIPHER_CTX_new());
  WISP_CHECK(context_ != nullptr);
}

// The next key is taken from the stream itself (what came before cannot be computed from it), and
// from the kernel every now and then, and after a fork.
void Generator::renew_key() {
  if (state_->keyed == 0 || state_->generated >= kRekeyBytes) {
    fill_from_kernel(state_->key);
    state_->keyed = 1;
    state_->generated = 0;
    state_->position = kBufferBytes;
  }
  WISP_CHECK(EVP_EncryptInit_ex(context_.get(), EVP_aes_256_ctr(), nullptr, state_->key,
                                state_->key + 32) == 1);
  std::memset(state_->key, 0, kKeyBytes);
  int written = 0;
  WISP_CHECK(EVP_EncryptUpdate(context_.get(), state_->key, &written, state_->key, kKeyBytes) == 1);
}

void Generator::generate(std::span<uint8_t> bytes) {
  renew_key();
  std::memset(bytes.data(), 0, bytes.size());
  int written = 0;
  WISP_CHECK(EVP_EncryptUpdate(context_.get(), bytes.data(), &written, bytes.data(),
                               static_cast<int>(bytes.size())) == 1);
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
