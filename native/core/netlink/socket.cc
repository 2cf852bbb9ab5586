#include "socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace rampart {
namespace {

constexpr size_t kSmallestBuffer = size_t{1} << 20;
constexpr size_t kLargestBuffer = size_t{1} << 30;
/** What the kernel charges a socket for one queued acknowledgement or error, generously. */
constexpr size_t kErrorCost = 1024;
/**
 * Dumps come in up to 32 KiB, errors may hold the message that they are about. So this is plenty, and costs
 * nothing: memory that nobody writes to is none.
 */
constexpr size_t kRoom = size_t{1} << 20;

void Set(int fd, int level, int option, int value) { setsockopt(fd, level, option, &value, sizeof value); }

/** FORCE goes beyond the system's limit and takes CAP_NET_ADMIN; without it the other may do. */
void SetBuffer(int fd, int option, int forced, size_t size) {
  const int value = static_cast<int>(std::clamp(size, kSmallestBuffer, kLargestBuffer));
  if (setsockopt(fd, SOL_SOCKET, forced, &value, sizeof value) != 0) Set(fd, SOL_SOCKET, option, value);
}

}  // namespace

Result<NetlinkSocket> NetlinkSocket::Open(int protocol, const Extent& extent) {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol));
  if (!fd) return LastFailure("socket");
  SetBuffer(fd.get(), SO_SNDBUF, SO_SNDBUFFORCE, extent.bytes + kErrorCost);
  // Each message may be refused, and some errors hold the whole message.
  SetBuffer(fd.get(), SO_RCVBUF, SO_RCVBUFFORCE, extent.messages * kErrorCost + extent.bytes * 2);
  // Older kernels lack these, and only say less then.
  Set(fd.get(), SOL_NETLINK, NETLINK_EXT_ACK, 1);
  Set(fd.get(), SOL_NETLINK, NETLINK_CAP_ACK, 1);
  return NetlinkSocket(std::move(fd), std::max(kRoom, extent.longest * 2));
}

Status NetlinkSocket::Send(const Datagram& datagram) {
  sockaddr_nl kernel = {};
  kernel.nl_family = AF_NETLINK;
  std::vector<iovec> pieces;
  size_t size = 0;
  for (const View piece : datagram) {
    // It takes pointers to mutable bytes, and only reads them.
    pieces.push_back({const_cast<uint8_t*>(piece.data), piece.size});
    size += piece.size;
  }
  msghdr message = {};
  message.msg_name = &kernel;
  message.msg_namelen = sizeof kernel;
  message.msg_iov = pieces.data();
  message.msg_iovlen = pieces.size();
  ssize_t sent;
  do sent = sendmsg(fd_.get(), &message, 0);
  while (sent < 0 && errno == EINTR);
  if (sent < 0) return LastFailure("sendmsg");
  return static_cast<size_t>(sent) == size ? Status() : Status(Failure{EMSGSIZE, "sendmsg"});
}

Result<size_t> NetlinkSocket::Receive(Reply& reply) {
  const size_t needed = reply.size + room_;
  if (needed > reply.pages.capacity() && !reply.pages.Reserve(std::max(needed, reply.pages.capacity() * 2)))
    return Failure{ENOMEM, "mmap"};
  const size_t room = reply.pages.capacity() - reply.size;
  sockaddr_nl sender = {};
  auto* const from = reinterpret_cast<sockaddr*>(&sender);
  ssize_t size;
  // What another process has sent is none of ours.
  do {
    socklen_t length = sizeof sender;
    size =
        recvfrom(fd_.get(), reply.pages.data() + reply.size, room, MSG_DONTWAIT | MSG_TRUNC, from, &length);
  } while (size < 0 ? errno == EINTR : sender.nl_pid != 0);
  if (size < 0 && errno == EAGAIN) return size_t{0};
  if (size < 0) return LastFailure("recvfrom");
  const auto received = static_cast<size_t>(size);
  // The size is that of the whole datagram, of which the rest is gone.
  if (received > room) return Failure{EMSGSIZE, "recvfrom"};
  return received;
}

Result<bool> NetlinkSocket::Wait(int timeout_ms) {
  for (;;) {
    pollfd wanted{fd_.get(), POLLIN, 0};
    const int ready = poll(&wanted, 1, std::max(timeout_ms, 0));
    if (ready >= 0) return ready > 0;
    if (errno != EINTR) return LastFailure("poll");
  }
}

}  // namespace rampart
