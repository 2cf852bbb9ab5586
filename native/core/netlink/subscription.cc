#include "subscription.h"

#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <vector>

#include "../netns.h"

namespace rampart {
namespace {

/** What the kernel may queue while nobody reads. Only what is queued takes memory. */
constexpr int kQueue = 32 << 20;
/** Larger than any datagram of a multicast group. */
constexpr size_t kRoom = size_t{1} << 17;

/** The thread's half. */
class Relay : public Job {
 public:
  Relay(int protocol, uint32_t group, UniqueFd network, UniqueFd stream)
      : protocol_(protocol), group_(group), network_(std::move(network)), stream_(std::move(stream)) {}

  void Work() {
    // The namespace's socket stays in it, whatever thread uses it.
    if (const Status failure = RunInNamespace(network_, *this)) {
      SendError(failure->error);
      return;
    }
    network_.Close();
    if (SendHeader(NLMSG_NOOP)) Pass();
  }
  Status Run() override {
    socket_ = UniqueFd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol_));
    if (!socket_) return LastFailure("socket");
    const int queue = kQueue;
    if (setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUFFORCE, &queue, sizeof queue) != 0)
      setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &queue, sizeof queue);
    sockaddr_nl self = {};
    self.nl_family = AF_NETLINK;
    if (bind(socket_.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self) != 0)
      return LastFailure("bind");
    const int group = static_cast<int>(group_);
    if (setsockopt(socket_.get(), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) != 0)
      return LastFailure("setsockopt");
    return std::nullopt;
  }

 private:
  /** Until nobody reads any more. */
  void Pass() {
    std::vector<uint8_t> datagram(kRoom);
    for (;;) {
      pollfd wanted[2] = {{socket_.get(), POLLIN, 0}, {stream_.get(), 0, 0}};
      if (poll(wanted, 2, -1) < 0) {
        if (errno == EINTR) continue;
        return;
      }
      if (wanted[1].revents != 0) return;
      sockaddr_nl sender = {};
      socklen_t length = sizeof sender;
      const ssize_t size = recvfrom(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_TRUNC,
                                    reinterpret_cast<sockaddr*>(&sender), &length);
      if (size < 0) {
        if (errno == EAGAIN || errno == EINTR) continue;
        if (errno != ENOBUFS) return SendError(errno);
        if (!SendHeader(NLMSG_OVERRUN)) return;
      } else if (sender.nl_pid == 0 && !PassOn(datagram, static_cast<size_t>(size))) {
        return;
      }
    }
  }
  bool PassOn(std::vector<uint8_t>& datagram, size_t size) {
    if (size > datagram.size()) return SendHeader(NLMSG_OVERRUN);
    const size_t padded = NLMSG_ALIGN(size);
    std::fill(datagram.begin() + static_cast<ptrdiff_t>(size),
              datagram.begin() + static_cast<ptrdiff_t>(std::min(padded, datagram.size())), 0);
    return Send(datagram.data(), padded);
  }
  bool SendHeader(uint16_t type) {
    nlmsghdr header = {};
    header.nlmsg_len = sizeof header;
    header.nlmsg_type = type;
    return Send(&header, sizeof header);
  }
  void SendError(int error) {
    struct {
      nlmsghdr header;
      int32_t error;
    } message = {};
    message.header.nlmsg_len = sizeof message;
    message.header.nlmsg_type = NLMSG_ERROR;
    message.error = -error;
    Send(&message, sizeof message);
  }
  /** Waits while the reader is slower than we are; false once there is none. */
  bool Send(const void* data, size_t size) {
    const auto* at = static_cast<const uint8_t*>(data);
    while (size > 0) {
      const ssize_t sent = send(stream_.get(), at, size, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) return false;
      at += sent;
      size -= static_cast<size_t>(sent);
    }
    return true;
  }

  const int protocol_;
  const uint32_t group_;
  UniqueFd network_;
  UniqueFd stream_;
  UniqueFd socket_;
};

void* Work(void* argument) {
  const std::unique_ptr<Relay> relay(static_cast<Relay*>(argument));
  relay->Work();
  return nullptr;
}

}  // namespace

Result<UniqueFd> Subscribe(int protocol, uint32_t group, UniqueFd network) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return LastFailure("socketpair");
  UniqueFd reader(pair[0]);
  auto relay = std::make_unique<Relay>(protocol, group, std::move(network), UniqueFd(pair[1]));
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, Work, relay.get());
  if (error != 0) return Failure{error, "pthread_create"};
  relay.release();
  pthread_detach(thread);
  return reader;
}

}  // namespace rampart
