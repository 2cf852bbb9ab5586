#include "conversation.h"

#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "../unique_fd.h"
#include "expected.h"

namespace rampart {
namespace {

using Clock = std::chrono::steady_clock;

/** What the kernel charges a socket for one queued acknowledgement, generously. */
constexpr size_t kAcknowledgementCost = 1024;
constexpr size_t kSmallestBuffer = size_t{1} << 20;
constexpr size_t kLargestBuffer = size_t{1} << 30;
constexpr size_t kFirstRead = size_t{1} << 16;

void Set(int fd, int level, int option, int value) { setsockopt(fd, level, option, &value, sizeof value); }

/** FORCE goes beyond the system's limit and takes CAP_NET_ADMIN; without it the other may do. */
void SetBuffer(int fd, int option, int forced, size_t size) {
  const int value = static_cast<int>(std::clamp(size, kSmallestBuffer, kLargestBuffer));
  if (setsockopt(fd, SOL_SOCKET, forced, &value, sizeof value) != 0) Set(fd, SOL_SOCKET, option, value);
}

Result<UniqueFd> Open(int protocol, View request, const ExpectedEnds& expected) {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!fd) return LastFailure("socket");
  SetBuffer(fd.get(), SO_SNDBUF, SO_SNDBUFFORCE, request.size + kFirstRead);
  SetBuffer(fd.get(), SO_RCVBUF, SO_RCVBUFFORCE, expected.count() * kAcknowledgementCost);
  // Older kernels lack these, and only say less then.
  Set(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, 1);
  Set(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, 1);
  return fd;
}

Status Send(int fd, View request) {
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  for (;;) {
    const ssize_t sent =
        sendto(fd, request.data, request.size, 0, reinterpret_cast<const sockaddr*>(&kernel), sizeof kernel);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return LastFailure("sendto");
    return static_cast<size_t>(sent) == request.size ? Status() : Status(Failure{EMSGSIZE, "sendto"});
  }
}

/** Waits until there is something to read; false when there was nothing until the deadline. */
Result<bool> Readable(int fd, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd wanted{fd, POLLIN, 0};
    const int ready = poll(&wanted, 1, static_cast<int>(std::max<decltype(left)>(left, 0)));
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return LastFailure("poll");
  }
}

/** Appends one datagram of the kernel's; returns its size, 0 if it was someone else's. */
Result<size_t> Receive(int fd, Reply& reply) {
  ssize_t size;
  do size = recv(fd, nullptr, 0, MSG_PEEK | MSG_TRUNC);
  while (size < 0 && errno == EINTR);
  if (size < 0) return LastFailure("recvmsg");
  const size_t needed = reply.size + static_cast<size_t>(size);
  if (needed > reply.pages.capacity() &&
      !reply.pages.Reserve(std::max({needed, reply.pages.capacity() * 2, kFirstRead})))
    return Failure{ENOMEM, "mmap"};
  iovec room{reply.pages.data() + reply.size, static_cast<size_t>(size)};
  sockaddr_nl sender = {};
  msghdr message = {};
  message.msg_name = &sender;
  message.msg_namelen = sizeof sender;
  message.msg_iov = &room;
  message.msg_iovlen = 1;
  do size = recvmsg(fd, &message, 0);
  while (size < 0 && errno == EINTR);
  if (size < 0) return LastFailure("recvmsg");
  if ((message.msg_flags & MSG_TRUNC) != 0) return Failure{EMSGSIZE, "recvmsg"};
  return sender.nl_pid == 0 ? static_cast<size_t>(size) : size_t{0};
}

}  // namespace

Result<Reply> Converse(int protocol, View request, int timeout_ms) {
  ExpectedEnds expected;
  if (auto failure = expected.Expect(request)) return *failure;
  auto fd = Open(protocol, request, expected);
  if (!fd.ok()) return fd.failure();
  const int socket = fd.value().get();
  if (auto failure = Send(socket, request)) return *failure;

  Reply reply;
  const auto deadline = Clock::now() + std::chrono::milliseconds(std::max(timeout_ms, 0));
  for (;;) {
    // When nothing is due any more, what lies there already is taken along.
    const bool due = expected.IsDue();
    auto readable = Readable(socket, due ? deadline : Clock::now());
    if (!readable.ok()) return readable.failure();
    if (!readable.value() && due) return Failure{ETIMEDOUT, "recvmsg"};
    if (!readable.value()) return reply;
    auto size = Receive(socket, reply);
    if (!size.ok()) return size.failure();
    if (auto failure = expected.Note({reply.pages.data() + reply.size, size.value()})) return *failure;
    reply.size += NLMSG_ALIGN(size.value());
  }
}

}  // namespace rampart
