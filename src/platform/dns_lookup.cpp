// DnsLookup. The only file that includes c-ares.
//
// c-ares opens its sockets through functions of ours: they are non-blocking, counted, and closed
// only when the kernel has given back the operation that polls them.
#include "platform/dns_lookup.h"

#include <ares.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "platform/clock.h"

namespace wisp {

namespace {

// Read in one go: who sends faster than we read must not keep us from everything else.
constexpr uint32_t kMostDatagrams = 64;

DnsStatus status_of(int error) {
  switch (error) {
    case ARES_SUCCESS:
      return DnsStatus::kFound;
    case ARES_ENODATA:
    case ARES_ENOTFOUND:
    case ARES_ENONAME:
    case ARES_EBADNAME:
      return DnsStatus::kNotFound;
    case ARES_ESERVFAIL:
    case ARES_EREFUSED:
    case ARES_ECONNREFUSED:
    case ARES_ETIMEOUT:
      return DnsStatus::kTemporaryFailure;
    case ARES_ENOMEM:
      return DnsStatus::kOutOfMemory;
    default:
      return DnsStatus::kPermanentFailure;
  }
}

bool library_is_ready() {
  static const bool ready = ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS;
  return ready;
}

}  // namespace

// What c-ares has for one lookup.
class DnsLookup::Channel {
 public:
  Channel(DnsLookup& lookup, const DescriptorCounter& descriptors)
      : lookup_(lookup), descriptors_(descriptors) {}
  ~Channel() {
    if (channel_ != nullptr) ares_destroy(channel_);
  }

  // An error of c-ares.
  int open(const DnsOptions& options, const std::string& name);
  void start(const std::string& name);
  void process(int readable, int writable) {
    datagrams_left_ = kMostDatagrams;
    ares_process_fd(channel_, readable, writable);
  }
  // Lets the loop watch what c-ares waits for.
  void watch_sockets();
  // When c-ares wants to be called if nothing happens.
  Deadline deadline() const;

 private:
  // One that c-ares has open. It outlives the channel while the kernel has its operation.
  struct Socket {
    Channel* channel;  // null: c-ares has closed it
    EventLoop& loop;
    int descriptor;
    bool is_datagram;
    uint32_t events = 0;   // what c-ares waits for
    uint32_t watched = 0;  // what the loop waits for
    Operation poll{};

    static void completed(void* self);
  };

  static Channel& of(void* self) { return *static_cast<Channel*>(self); }
  static void on_answer(void* self, int status, int timeouts, ares_addrinfo* result);
  static void on_state(void* self, int descriptor, int readable, int writable);
  static int open_socket(int family, int type, int protocol, void* self);
  static int close_socket(int descriptor, void* self);
  static int connect_socket(int descriptor, const sockaddr* address, socklen_t size, void* self);
  static ssize_t receive(int descriptor, void* buffer, size_t size, int flags, sockaddr* from,
                         socklen_t* from_size, void* self);
  static ssize_t send(int descriptor, const iovec* parts, int count, void* self);

  int set_servers(std::span<const SocketAddress> servers);
  Socket* find(int descriptor);

  DnsLookup& lookup_;
  DescriptorCounter descriptors_;
  ares_channel channel_ = nullptr;
  std::vector<Socket*> sockets_;
  uint32_t datagrams_left_ = kMostDatagrams;
  size_t answer_bytes_ = 0;  // over TCP
  bool is_localhost_ = false;
};

int DnsLookup::Channel::open(const DnsOptions& given, const std::string& name) {
  if (!library_is_ready()) return ARES_ENOTINITIALIZED;
  is_localhost_ = name == "localhost";
  ares_options options = {};
  options.timeout = static_cast<int>(given.timeout_ms);
  options.tries = static_cast<int>(given.attempts);
  options.sock_state_cb = &Channel::on_state;
  options.sock_state_cb_data = this;
  // Without a file of hosts c-ares would ask a server, who may say anything.
  static char only_the_file[] = "f";
  options.lookups = only_the_file;
  const int status =
      ares_init_options(&channel_, &options,
                        ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB |
                            (is_localhost_ ? ARES_OPT_LOOKUPS : 0));
  if (status != ARES_SUCCESS) return status;
  static constexpr ares_socket_functions kFunctions = {
      &Channel::open_socket, &Channel::close_socket, &Channel::connect_socket, &Channel::receive,
      &Channel::send};
  ares_set_socket_functions(channel_, &kFunctions, this);
  return given.servers.empty() ? ARES_SUCCESS : set_servers(given.servers);
}

int DnsLookup::Channel::set_servers(std::span<const SocketAddress> servers) {
  std::vector<ares_addr_port_node> nodes(servers.size());
  for (size_t i = 0; i < servers.size(); i++) {
    nodes[i].next = i + 1 < servers.size() ? &nodes[i + 1] : nullptr;
    nodes[i].family = servers[i].family();
    std::ranges::copy(servers[i].bytes(), reinterpret_cast<uint8_t*>(&nodes[i].addr));
    nodes[i].udp_port = nodes[i].tcp_port = servers[i].port();
  }
  return ares_set_servers_ports(channel_, nodes.data());
}

void DnsLookup::Channel::start(const std::string& name) {
  ares_addrinfo_hints hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel_, name.c_str(), nullptr, &hints, &Channel::on_answer, this);
}

void DnsLookup::Channel::on_answer(void* self, int status, int, ares_addrinfo* result) {
  if (status == ARES_EDESTRUCTION) return;  // nobody waits for it any more
  DnsLookup& lookup = of(self).lookup_;
  lookup.status_ = status_of(status);
  if (of(self).is_localhost_ && status != ARES_SUCCESS && status != ARES_ENOMEM) {
    // RFC 6761, 6.3: it is this machine, whether a file says so or not.
    lookup.addresses_ = {*SocketAddress::parse("::1"), *SocketAddress::parse("127.0.0.1")};
    lookup.status_ = DnsStatus::kFound;
  }
  if (result == nullptr) return;
  for (const ares_addrinfo_node* node = result->nodes; node != nullptr; node = node->ai_next) {
    const auto address = SocketAddress::from(node->ai_addr, node->ai_addrlen);
    if (address) lookup.addresses_.push_back(address->unmapped().with_port(0));
  }
  ares_freeaddrinfo(result);
  if (lookup.addresses_.empty()) lookup.status_ = DnsStatus::kNotFound;
}

DnsLookup::Channel::Socket* DnsLookup::Channel::find(int descriptor) {
  const auto found = std::ranges::find(sockets_, descriptor, &Socket::descriptor);
  return found == sockets_.end() ? nullptr : *found;
}

void DnsLookup::Channel::on_state(void* self, int descriptor, int readable, int writable) {
  Socket* socket = of(self).find(descriptor);
  if (socket == nullptr) return;
  socket->events = (readable != 0 ? uint32_t{POLLIN} : 0) | (writable != 0 ? uint32_t{POLLOUT} : 0);
}

int DnsLookup::Channel::open_socket(int family, int type, int protocol, void* self) {
  Channel& channel = of(self);
  if (!channel.descriptors_.take(channel.descriptors_.environment)) {
    errno = EMFILE;
    return -1;
  }
  const int descriptor = ::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
  if (descriptor < 0) {
    channel.descriptors_.give_back(channel.descriptors_.environment);
    return -1;
  }
  auto* socket = new Socket{&channel, channel.lookup_.loop_, descriptor, type == SOCK_DGRAM};
  socket->poll.set_callback(&Socket::completed, socket);
  channel.sockets_.push_back(socket);
  return descriptor;
}

int DnsLookup::Channel::close_socket(int descriptor, void* self) {
  Channel& channel = of(self);
  Socket* socket = channel.find(descriptor);
  if (socket == nullptr) return -1;
  std::erase(channel.sockets_, socket);
  channel.descriptors_.give_back(channel.descriptors_.environment);
  if (socket->poll.idle()) {
    ::close(descriptor);
    delete socket;
  } else {
    socket->channel = nullptr;
    socket->loop.cancel(socket->poll);
  }
  return 0;
}

int DnsLookup::Channel::connect_socket(int descriptor, const sockaddr* address, socklen_t size,
                                       void*) {
  return ::connect(descriptor, address, size);
}

// An empty datagram is no answer; c-ares would take it for the end of a connection, and give up the
// server.
ssize_t DnsLookup::Channel::receive(int descriptor, void* buffer, size_t size, int flags,
                                    sockaddr* from, socklen_t* from_size, void* self) {
  Channel& channel = of(self);
  const Socket* socket = channel.find(descriptor);
  if (socket == nullptr || !socket->is_datagram) {
    const ssize_t count = ::recvfrom(descriptor, buffer, size, flags, from, from_size);
    channel.answer_bytes_ += static_cast<size_t>(std::max<ssize_t>(count, 0));
    if (channel.answer_bytes_ <= kMostAnswerBytes) return count;
    errno = EMSGSIZE;
    return -1;
  }
  while (channel.datagrams_left_ > 0) {
    channel.datagrams_left_--;
    const ssize_t count = ::recvfrom(descriptor, buffer, size, flags, from, from_size);
    if (count != 0) return count;
  }
  errno = EAGAIN;
  return -1;
}

ssize_t DnsLookup::Channel::send(int descriptor, const iovec* parts, int count, void*) {
  msghdr message = {};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<size_t>(count);
  return ::sendmsg(descriptor, &message, MSG_NOSIGNAL);
}

void DnsLookup::Channel::watch_sockets() {
  for (Socket* socket : sockets_) {
    if (!socket->poll.idle()) {
      if (socket->watched != socket->events) socket->loop.cancel(socket->poll);
    } else if (socket->events != 0) {
      socket->watched = socket->events;
      socket->poll.set_poll(socket->descriptor, socket->events);
      socket->loop.submit(socket->poll);
    }
  }
}

void DnsLookup::Channel::Socket::completed(void* self) {
  auto* socket = static_cast<Socket*>(self);
  if (socket->channel == nullptr) {
    ::close(socket->descriptor);
    delete socket;
    return;
  }
  DnsLookup& lookup = socket->channel->lookup_;
  const int32_t result = socket->poll.result();
  if (result == -ECANCELED) {
    lookup.settle();  // c-ares waits for something else by now
  } else if (result < 0) {
    lookup.end(DnsStatus::kPermanentFailure);  // the loop cannot watch
  } else {
    constexpr int32_t kAlways = POLLERR | POLLHUP;
    const int descriptor = socket->descriptor;
    lookup.process((result & (POLLIN | kAlways)) != 0 ? descriptor : ARES_SOCKET_BAD,
                   (result & (POLLOUT | kAlways)) != 0 ? descriptor : ARES_SOCKET_BAD);
  }
}

// c-ares counts in milliseconds, rounded down: one more, so that it finds its time come.
Deadline DnsLookup::Channel::deadline() const {
  timeval left = {};
  if (ares_timeout(channel_, nullptr, &left) == nullptr) return kForever;
  return monotonic_now_ns() + static_cast<uint64_t>(left.tv_sec) * 1'000'000'000 +
         static_cast<uint64_t>(left.tv_usec) * 1'000 + 1'000'000;
}

// -- DnsLookup ------------------------------------------------------------------------------------

DnsLookup::DnsLookup(EventLoop& loop, const DnsOptions& options,
                     const DescriptorCounter& descriptors, const std::string& name, Callback done,
                     void* environment)
    : loop_(loop),
      done_(done),
      environment_(environment),
      channel_(std::make_unique<Channel>(*this, descriptors)),
      timer_(
          [](void* self) {
            static_cast<DnsLookup*>(self)->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
          },
          this) {
  const int status = channel_->open(options, name);
  if (status == ARES_SUCCESS) {
    channel_->start(name);
  } else {
    status_ = status == ARES_ENOMEM ? DnsStatus::kOutOfMemory : DnsStatus::kPermanentFailure;
  }
  if (status_ == DnsStatus::kPending) {
    settle();
  } else {
    channel_ = nullptr;
  }
}

DnsLookup::~DnsLookup() = default;

void DnsLookup::process(int readable, int writable) {
  channel_->process(readable, writable);
  settle();
}

// After each call into c-ares, never inside one.
void DnsLookup::settle() {
  timer_.cancel();
  if (status_ != DnsStatus::kPending) {
    end(status_);
    return;
  }
  channel_->watch_sockets();
  const Deadline deadline = channel_->deadline();
  if (deadline != kForever) loop_.arm(timer_, deadline);
}

void DnsLookup::end(DnsStatus status) {
  timer_.cancel();
  status_ = status;
  channel_ = nullptr;
  done_(environment_);  // may destroy this: nothing may follow
}

}  // namespace wisp
