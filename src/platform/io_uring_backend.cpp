// The io_uring backend: the only file that includes liburing.
//
// One ring per loop, made for one thread (SINGLE_ISSUER, DEFER_TASKRUN where the kernel has them:
// completions are then made on our own thread, when we ask; TASKRUN_FLAG says in shared memory
// whether asking would give any). What the kernel can do is read from the ring's features and its
// probe, never guessed from a version. user_data is the Operation and a stage; a cancellation
// carries 0, so its own completion refers to nobody.
#include <liburing.h>
#include <poll.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>

#include "platform/clock.h"
#include "platform/io_backend.h"
#include "platform/io_uring_report.h"

namespace wisp {

namespace {

constexpr unsigned kRingEntries = 64;
constexpr unsigned kNeededFeatures = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG;
constexpr int kNeededOperations[] = {IORING_OP_POLL_ADD, IORING_OP_READ, IORING_OP_WRITE,
                                     IORING_OP_ASYNC_CANCEL};

// Buffers for receives: enough for a turn of a busy server. The memory is touched as it is used.
constexpr uint32_t kBuffers = 1024;
constexpr size_t kBufferRingBytes = kBuffers * (sizeof(io_uring_buf) + ReceivedBuffer::kCapacity);
constexpr uint16_t kBufferGroup = 0;

// What a completion is about: the operation itself, or the readiness that a read or write waits for
// after EAGAIN.
enum class Stage : uint64_t { kOperation = 0, kReadiness = 1 };
constexpr uint64_t kStageMask = 1;
static_assert(alignof(Operation) > kStageMask);

uint64_t tagged(const Operation& operation, Stage stage) {
  return reinterpret_cast<uint64_t>(&operation) | static_cast<uint64_t>(stage);
}

class IoUringBackend final : public IoBackend {
 public:
  ~IoUringBackend() override {
    if (made_) io_uring_queue_exit(&ring_);
    if (buffer_ring_ != nullptr) ::munmap(buffer_ring_, kBufferRingBytes);
  }

  Result<void> open();
  void describe(IoUringReport& report);

  void submit(Submissions& submissions) override {
    start(submissions);
    if (io_uring_sq_ready(&ring_) > 0) io_uring_submit_and_get_events(&ring_);
  }

  void reap(Reaped& reaped) override;

  bool may_sleep() const override {
    return io_uring_cq_ready(&ring_) == 0;  // what is to be tried again goes out before the sleep
  }
  bool has_news() const override { return io_uring_cq_ready(&ring_) != 0 || kernel_has_work(); }

  void submit_and_wait(Submissions& submissions, Deadline deadline) override;

  bool can_receive() override;
  void give_back(ReceivedBuffer& buffer) override;

  const char* name() const override { return "io_uring"; }

 private:
  // Whether entering the kernel would give completions, as far as it says so in shared memory.
  bool kernel_has_work() const {
    return (__atomic_load_n(ring_.sq.kflags, __ATOMIC_RELAXED) &
            (IORING_SQ_TASKRUN | IORING_SQ_CQ_OVERFLOW)) != 0;
  }
  int set_up();
  void start(Submissions& submissions);
  void begin(Operation& operation);
  void start_poll(Operation& operation, Stage stage);
  void start_transfer(Operation& operation);
  void start_cancel(uint64_t user_data);
  void start_receive(Operation& operation);
  void finish_entry(const io_uring_cqe& entry, Reaped& reaped);
  void finish_receive(Operation& operation, const io_uring_cqe& entry, Reaped& reaped);
  bool make_buffers();
  bool has_room(unsigned entries);
  io_uring_sqe* next_entry();

  io_uring ring_{};
  bool made_ = false;
  // For the next submission: transfers whose descriptor is ready, and such as wait for theirs.
  OperationList again_;
  OperationList waiting_;

  // For receives: the ring of those that the kernel may fill, behind it their memory.
  enum class Receiving : uint8_t { kUnknown, kYes, kNo };
  Receiving receiving_ = Receiving::kUnknown;
  io_uring_buf_ring* buffer_ring_ = nullptr;
  std::unique_ptr<ReceivedBuffer[]> buffers_;
};

// With the best flags that the kernel takes; an unknown flag is EINVAL.
int IoUringBackend::set_up() {
  constexpr unsigned kFlagSets[] = {
      IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
      IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
      0,
  };
  int status = -EINVAL;
  for (unsigned flags : kFlagSets) {
    io_uring_params parameters{};
    parameters.flags = flags;
    status = io_uring_queue_init_params(kRingEntries, &ring_, &parameters);
    if (status != -EINVAL) break;
  }
  return status;
}

const char* refusal_reason(int error) {
  switch (error) {
    case ENOSYS:
      return "the kernel has no io_uring, or a seccomp profile hides it";
    case EPERM:
    case EACCES:
      return "a seccomp profile or kernel.io_uring_disabled forbids it";
    case ENOMEM:
      return "the limit of locked memory is too small";
    default:
      return std::strerror(error);
  }
}

Result<void> IoUringBackend::open() {
  const int status = set_up();
  if (status != 0)
    return Error(ErrorCode::kIo, std::string("io_uring: ") + refusal_reason(-status));
  made_ = true;
  if ((ring_.features & kNeededFeatures) != kNeededFeatures) {
    return Error(ErrorCode::kIo, "io_uring: the kernel lacks EXT_ARG or NODROP");
  }
  io_uring_probe* probe = io_uring_get_probe_ring(&ring_);
  if (probe == nullptr)
    return Error(ErrorCode::kIo, "io_uring: the kernel does not answer a probe");
  const bool complete =
      std::all_of(std::begin(kNeededOperations), std::end(kNeededOperations),
                  [&](int operation) { return io_uring_opcode_supported(probe, operation); });
  io_uring_free_probe(probe);
  if (!complete)
    return Error(ErrorCode::kIo, "io_uring: the kernel lacks poll, read, write or cancel");
  io_uring_register_ring_fd(&ring_);  // saves a table lookup per call; its failure costs nothing
  return {};
}

struct Named {
  unsigned value;
  const char* name;
};
constexpr Named kOperationNames[] = {
    {IORING_OP_POLL_ADD, "poll"},   {IORING_OP_READ, "read"},
    {IORING_OP_WRITE, "write"},     {IORING_OP_SPLICE, "splice"},
    {IORING_OP_ACCEPT, "accept"},   {IORING_OP_CONNECT, "connect"},
    {IORING_OP_RECV, "recv"},       {IORING_OP_SEND, "send"},
    {IORING_OP_SEND_ZC, "send_zc"}, {IORING_OP_ASYNC_CANCEL, "cancel"},
};
constexpr Named kFlagNames[] = {
    {IORING_SETUP_SINGLE_ISSUER, "SINGLE_ISSUER"},
    {IORING_SETUP_DEFER_TASKRUN, "DEFER_TASKRUN"},
    {IORING_SETUP_COOP_TASKRUN, "COOP_TASKRUN"},
};

void IoUringBackend::describe(IoUringReport& report) {
  io_uring_probe* probe = io_uring_get_probe_ring(&ring_);
  for (const Named& operation : kOperationNames) {
    const bool is_there = probe != nullptr &&
                          io_uring_opcode_supported(probe, static_cast<int>(operation.value)) != 0;
    (is_there ? report.operations : report.missing).emplace_back(operation.name);
  }
  io_uring_free_probe(probe);
  // No probe tells: one is made.
  (make_buffers() ? report.operations : report.missing).emplace_back("buffer_rings");
  for (const Named& flag : kFlagNames) {
    if ((ring_.flags & flag.value) != 0) report.flags.emplace_back(flag.name);
  }
}

// Whether the submission queue has room, which it usually makes by being submitted. The kernel
// refuses that while its completions overflow; whoever finds no room waits for the next turn.
bool IoUringBackend::has_room(unsigned entries) {
  if (io_uring_sq_space_left(&ring_) < entries) io_uring_submit(&ring_);
  return io_uring_sq_space_left(&ring_) >= entries;
}

io_uring_sqe* IoUringBackend::next_entry() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  WISP_CHECK(entry != nullptr);
  return entry;
}

void IoUringBackend::begin(Operation& operation) {
  switch (operation.kind()) {
    case OperationKind::kPoll:
      return start_poll(operation, Stage::kOperation);
    case OperationKind::kReceive:
      return start_receive(operation);
    case OperationKind::kRead:
    case OperationKind::kWrite:
      return start_transfer(operation);
  }
}

void IoUringBackend::start_poll(Operation& operation, Stage stage) {
  io_uring_sqe* entry = next_entry();
  io_uring_prep_poll_add(entry, operation.descriptor(), awaited_events(operation));
  entry->user_data = tagged(operation, stage);
}

void IoUringBackend::start_transfer(Operation& operation) {
  if (faults != nullptr && faults->take_again()) [[unlikely]] {
    start_poll(operation, Stage::kReadiness);
    return;
  }
  io_uring_sqe* entry = next_entry();
  const auto size = static_cast<unsigned>(operation.size());
  // An offset of -1 is the descriptor's own position, for us as for the kernel.
  if (operation.kind() == OperationKind::kRead) {
    io_uring_prep_read(entry, operation.descriptor(), operation.data(), size, operation.offset());
  } else {
    io_uring_prep_write(entry, operation.descriptor(), operation.data(), size, operation.offset());
  }
  entry->user_data = tagged(operation, Stage::kOperation);
}

void IoUringBackend::start_cancel(uint64_t user_data) {
  io_uring_sqe* entry = next_entry();
  io_uring_prep_cancel64(entry, user_data, 0);
  entry->user_data = 0;
}

void IoUringBackend::start(Submissions& submissions) {
  while (!again_.empty() && has_room(1)) begin(*again_.pop());
  while (!waiting_.empty() && has_room(1)) start_poll(*waiting_.pop(), Stage::kReadiness);
  while (!submissions.operations.empty() && has_room(1)) {
    Operation* operation = submissions.operations.pop();
    operation->mark_in_kernel();
    begin(*operation);
  }
  while (!submissions.cancellations.empty() && has_room(2)) {
    const Operation* operation = submissions.cancellations.pop();
    start_cancel(tagged(*operation, Stage::kOperation));
    start_cancel(tagged(*operation, Stage::kReadiness));
  }
}

void IoUringBackend::finish_entry(const io_uring_cqe& entry, Reaped& reaped) {
  auto* operation = reinterpret_cast<Operation*>(entry.user_data & ~kStageMask);
  if (operation == nullptr) return;  // the completion of a cancellation
  if (operation->kind() == OperationKind::kReceive)
    return finish_receive(*operation, entry, reaped);
  int32_t result = entry.res;
  const bool readiness = static_cast<Stage>(entry.user_data & kStageMask) == Stage::kReadiness;
  if (operation->cancel_requested && readiness && result >= 0) result = -ECANCELED;
  if (readiness && result >= 0) {
    again_.push(*operation);
  } else if (result == -EAGAIN && operation->kind() != OperationKind::kPoll &&
             !operation->cancel_requested) {
    // O_NONBLOCK descriptors say EAGAIN, where others would have waited in the kernel.
    waiting_.push(*operation);
  } else {
    operation->mark_done(result);
    reaped.done.push(*operation);
  }
}

void IoUringBackend::reap(Reaped& reaped) {
  io_uring_cqe* entry = nullptr;
  while (io_uring_peek_cqe(&ring_, &entry) == 0) {
    const io_uring_cqe copy = *entry;
    io_uring_cqe_seen(&ring_, entry);
    finish_entry(copy, reaped);
  }
}

// --- Receives

bool IoUringBackend::can_receive() {
  if (receiving_ == Receiving::kUnknown)
    receiving_ = make_buffers() ? Receiving::kYes : Receiving::kNo;
  return receiving_ == Receiving::kYes;
}

// False where the kernel has no rings of buffers. Whether it has receives that go on shows with the
// first: those that do not know them refuse it.
bool IoUringBackend::make_buffers() {
  void* memory =
      ::mmap(nullptr, kBufferRingBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return false;
  buffer_ring_ = static_cast<io_uring_buf_ring*>(memory);
  io_uring_buf_reg registration{};
  registration.ring_addr = reinterpret_cast<uint64_t>(memory);
  registration.ring_entries = kBuffers;
  registration.bgid = kBufferGroup;
  if (io_uring_register_buf_ring(&ring_, &registration, 0) != 0) return false;
  io_uring_buf_ring_init(buffer_ring_);
  buffers_ = std::make_unique<ReceivedBuffer[]>(kBuffers);
  uint8_t* data = static_cast<uint8_t*>(memory) + kBuffers * sizeof(io_uring_buf);
  for (uint16_t i = 0; i < kBuffers; i++, data += ReceivedBuffer::kCapacity) {
    buffers_[i].number = i;
    buffers_[i].data = data;
    give_back(buffers_[i]);
  }
  return true;
}

void IoUringBackend::give_back(ReceivedBuffer& buffer) {
  io_uring_buf_ring_add(buffer_ring_, buffer.data, ReceivedBuffer::kCapacity, buffer.number,
                        io_uring_buf_ring_mask(kBuffers), 0);
  io_uring_buf_ring_advance(buffer_ring_, 1);
}

void IoUringBackend::start_receive(Operation& operation) {
  io_uring_sqe* entry = next_entry();
  io_uring_prep_recv_multishot(entry, operation.descriptor(), nullptr, 0, 0);
  entry->flags |= IOSQE_BUFFER_SELECT;
  entry->buf_group = kBufferGroup;
  entry->user_data = tagged(operation, Stage::kOperation);
}

void IoUringBackend::finish_receive(Operation& operation, const io_uring_cqe& entry,
                                    Reaped& reaped) {
  if ((entry.flags & IORING_CQE_F_BUFFER) != 0) {
    ReceivedBuffer& buffer = buffers_[entry.flags >> IORING_CQE_BUFFER_SHIFT];
    buffer.size = entry.res > 0 ? static_cast<uint32_t>(entry.res) : 0;
    buffer.taken = 0;
    if (buffer.size == 0) {
      give_back(buffer);
    } else {
      operation.received.push(buffer);
    }
  }
  if ((entry.flags & IORING_CQE_F_MORE) != 0) {
    if (!operation.ListNode<LinkOfProgress>::linked()) reaped.progressed.push(operation);
    return;
  }
  if (entry.res == -EINVAL) receiving_ = Receiving::kNo;
  operation.ListNode<LinkOfProgress>::unlink();
  operation.mark_done(entry.res);
  reaped.done.push(operation);
}

void IoUringBackend::submit_and_wait(Submissions& submissions, Deadline deadline) {
  start(submissions);
  io_uring_cqe* entry = nullptr;
  if (deadline == kForever) {
    io_uring_submit_and_wait(&ring_, 1);
    return;
  }
  const uint64_t now = monotonic_now_ns();
  const uint64_t left = deadline > now ? deadline - now : 0;
  __kernel_timespec timeout{static_cast<int64_t>(left / 1'000'000'000),
                            static_cast<long long>(left % 1'000'000'000)};
  io_uring_submit_and_wait_timeout(&ring_, &entry, 1, &timeout, nullptr);
}

}  // namespace

Result<std::unique_ptr<IoBackend>> make_io_uring_backend() {
  auto backend = std::make_unique<IoUringBackend>();
  WISP_TRY(backend->open());
  return std::unique_ptr<IoBackend>(std::move(backend));
}

IoUringReport io_uring_report() {
  IoUringReport report;
  IoUringBackend backend;
  if (const Result<void> opened = backend.open(); opened.has_value()) {
    backend.describe(report);
  } else {
    report.refusal = opened.error().message().substr(std::strlen("io_uring: "));
  }
  return report;
}

}  // namespace wisp
