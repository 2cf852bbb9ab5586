#include "../core/netlink/conversation.h"

#include <arpa/inet.h>
#include <linux/capability.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <set>
#include <thread>

#include "check.h"
#include "netlink_builder.h"

namespace rampart::test {
namespace {

constexpr uint16_t kAck = NLM_F_REQUEST | NLM_F_ACK, kDump = NLM_F_REQUEST | NLM_F_DUMP;

/** Adds or deletes 10.x.y.z/32 on lo, which is link 1. */
Bytes Address(uint16_t type, uint16_t flags, uint32_t sequence, uint32_t host) {
  Bytes payload(sizeof(ifaddrmsg));
  ifaddrmsg address = {};
  address.ifa_family = AF_INET;
  address.ifa_prefixlen = 32;
  address.ifa_index = 1;
  Store(payload.data(), address);
  Bytes local(4);
  Store(local.data(), htonl(0x0a000000 + host));
  return Message(type, flags, sequence, Joined({payload, Attribute(IFA_LOCAL, local)}));
}
Bytes Add(uint32_t sequence, uint32_t host, uint16_t flags = kAck) {
  return Address(RTM_NEWADDR, flags | NLM_F_CREATE | NLM_F_EXCL, sequence, host);
}
Bytes Addresses(uint32_t from, uint32_t to) {
  std::vector<Bytes> all;
  for (uint32_t host = from; host < to; host++)
    all.push_back(Add(host, host, host + 1 == to ? kAck : NLM_F_REQUEST));
  return Joined(all);
}
const Bytes kList = Message(RTM_GETADDR, kDump, 1, Bytes(sizeof(ifaddrmsg)));
const Bytes kRefused = Message(RTM_DELLINK, kAck, 9, Bytes(sizeof(ifinfomsg)));

size_t Count(const std::vector<Received>& messages, uint16_t type) {
  size_t count = 0;
  for (const auto& message : messages) count += message.header.nlmsg_type == type;
  return count;
}
size_t CountAddresses() {
  auto reply = Talk(NETLINK_ROUTE, {kList});
  return Fine(StatusOf(reply)) ? Count(MessagesOf(reply.value()), RTM_NEWADDR) : 0;
}

const Test kMany("a batch of 100000 messages, each acknowledged", [] {
  constexpr uint32_t kMessages = 100'000;
  std::vector<Bytes> all;
  for (uint32_t i = 0; i < kMessages; i++) all.push_back(Message(NLMSG_NOOP, kAck, i, {}));
  auto reply = Talk(NETLINK_ROUTE, {Joined(all)});
  if (!Fine(StatusOf(reply))) return;
  const auto messages = MessagesOf(reply.value());
  if (!Equal(messages.size(), size_t{kMessages})) return;
  for (uint32_t i = 0; i < kMessages; i++)
    if (messages[i].header.nlmsg_seq != i || messages[i].error != 0) return Equal(i, 0u), void();
});

const Test kLarge("a datagram of 64 MiB is one system call", [] {
  const Bytes message = Message(NLMSG_NOOP, NLM_F_REQUEST, 1, Bytes(65536 - sizeof(nlmsghdr)));
  const Bytes last = Message(NLMSG_NOOP, kAck, 7, {});
  // Of so many pieces as one call takes.
  Datagram datagram(1023, Of(message));
  datagram.push_back(Of(last));
  auto reply = Converse(NETLINK_ROUTE, {datagram}, 1000);
  if (!Fine(StatusOf(reply))) return;
  const auto messages = MessagesOf(reply.value());
  if (Equal(messages.size(), 1u)) Equal(messages[0].header.nlmsg_seq, 7u);
});

const Test kDumped("a dump of many datagrams is whole", [] {
  constexpr uint32_t kAddresses = 5'000;
  auto added = Talk(NETLINK_ROUTE, {Addresses(0, kAddresses)});
  if (!Fine(StatusOf(added))) return;
  Equal(MessagesOf(added.value()).size(), 1u);
  auto reply = Talk(NETLINK_ROUTE, {kList});
  if (!Fine(StatusOf(reply))) return;
  const auto messages = MessagesOf(reply.value());
  std::set<std::string> different;
  for (const auto& message : messages)
    if (message.header.nlmsg_type == RTM_NEWADDR)
      different.emplace(reinterpret_cast<const char*>(message.payload.data), message.payload.size);
  Equal(different.size(), size_t{kAddresses});
  Equal(messages.back().header.nlmsg_type, NLMSG_DONE);
});

const Test kInterrupted("a dump that someone else's change has met says so", [] {
  Fine(StatusOf(Talk(NETLINK_ROUTE, {Addresses(0, 5'000)})));
  std::atomic<bool> stop = false;
  // It has this test's namespace, because it is begun in it.
  std::thread other([&] {
    while (!stop)
      Fine(StatusOf(Talk(NETLINK_ROUTE, {Add(1, 1 << 20), Address(RTM_DELADDR, kAck, 2, 1 << 20)})));
  });
  bool interrupted = false;
  for (int i = 0; i < 500 && !interrupted; i++) {
    auto reply = Talk(NETLINK_ROUTE, {kList});
    if (!Fine(StatusOf(reply))) break;
    for (const auto& message : MessagesOf(reply.value()))
      interrupted |= (message.header.nlmsg_flags & NLM_F_DUMP_INTR) != 0;
  }
  stop = true;
  other.join();
  Check(interrupted, "NLM_F_DUMP_INTR is in the reply");
});

UniqueFd SocketAt(uint32_t port) {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  sockaddr_nl address = {};
  address.nl_family = AF_NETLINK;
  address.nl_pid = port;
  Check(bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0, "it is bound");
  return fd;
}

const Test kInTurn("datagrams go out in turn, over one socket", [] {
  // Whoever has the process's number as its address makes the kernel invent others.
  const UniqueFd first = SocketAt(static_cast<uint32_t>(getpid()));
  std::set<uint32_t> sockets;
  for (const size_t rounds : {1u, 2u}) {
    // Without an acknowledgement; with one; two dumps, which may not be under way at the same time.
    auto reply = Talk(NETLINK_ROUTE, {Add(1, static_cast<uint32_t>(rounds), NLM_F_REQUEST),
                                      Add(2, static_cast<uint32_t>(rounds) + 10), kList, kList});
    if (!Fine(StatusOf(reply))) return;
    const auto messages = MessagesOf(reply.value());
    Equal(Count(messages, NLMSG_ERROR), 1u);
    Equal(Count(messages, NLMSG_DONE), 2u);
    Equal(Count(messages, RTM_NEWADDR), 4 * rounds);
    for (const auto& message : messages) sockets.insert(message.header.nlmsg_pid);
    Equal(sockets.size(), rounds);
  }
});

const Test kStops("after a refusal no other datagram is sent", [] {
  auto reply = Talk(NETLINK_ROUTE, {Add(1, 1), Joined({kRefused, Add(3, 2)}), Add(4, 3)});
  if (!Fine(StatusOf(reply))) return;
  const auto messages = MessagesOf(reply.value());
  if (!Equal(messages.size(), 3u)) return;
  Check(messages[0].error == 0 && messages[1].error < 0 && messages[2].error == 0, "yes, no, yes");
  Equal(CountAddresses(), 2u);
  // A refusal that nobody asked for an acknowledgement of is one too.
  const Bytes quiet = Message(RTM_DELLINK, NLM_F_REQUEST, 9, Bytes(sizeof(ifinfomsg)));
  Fine(StatusOf(Talk(NETLINK_ROUTE, {quiet, Add(4, 3)})));
  Equal(CountAddresses(), 2u);
});

/** In a thread that may not go beyond the system's limits of buffers. */
template <typename Work>
void Unprivileged(Work work) {
  std::thread thread([&] {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct none[2] = {};
    if (Check(syscall(SYS_capset, &header, none) == 0, "a thread can give up what it may")) work();
  });
  thread.join();
}
/** How large a buffer may be made without privilege. */
size_t LimitOf(int option) {
  const UniqueFd fd = SocketAt(0);
  int size = 1 << 30;
  socklen_t length = sizeof size;
  setsockopt(fd.get(), SOL_SOCKET, option, &size, length);
  Check(getsockopt(fd.get(), SOL_SOCKET, option, &size, &length) == 0, "a buffer has a size");
  return static_cast<size_t>(size);
}

const Test kLost("what the queue had no room for is not taken for silence", [] {
  // An answer takes more than 512 bytes of the queue.
  const auto many = static_cast<uint32_t>(LimitOf(SO_RCVBUF) / 512);
  Bytes fine, refused;
  for (uint32_t i = 0; i < many; i++) {
    const Bytes yes = Message(NLMSG_NOOP, kAck, i, {}),
                no = Message(RTM_DELLINK, NLM_F_REQUEST, i, Bytes(sizeof(ifinfomsg)));
    fine.insert(fine.end(), yes.begin(), yes.end());
    refused.insert(refused.end(), no.begin(), no.end());
  }
  Unprivileged([&] {
    Fails(StatusOf(Talk(NETLINK_ROUTE, {fine})), ENOBUFS, "recvfrom", 0);
    // That it was refused is known, whatever else there was to say.
    auto reply = Talk(NETLINK_ROUTE, {refused});
    if (!Fine(StatusOf(reply))) return;
    const auto messages = MessagesOf(reply.value());
    Check(messages.size() > 100 && messages.size() < many, "some of them");
    for (uint32_t i = 0; i < messages.size(); i++) Equal(messages[i].header.nlmsg_seq, i);
    // More than may be sent at once.
    const Bytes large = Message(NLMSG_NOOP, kAck, 1, Bytes(LimitOf(SO_SNDBUF)));
    Fails(StatusOf(Talk(NETLINK_ROUTE, {kList, large})), EMSGSIZE, "sendmsg", 1);
  });
  // Whoever may set buffers gets it all.
  auto reply = Talk(NETLINK_ROUTE, {refused});
  if (Fine(StatusOf(reply))) Equal(MessagesOf(reply.value()).size(), size_t{many});
});

const Test kForged("nobody else can answer for the kernel", [] {
  std::atomic<bool> stop = false;
  std::atomic<int> delivered = 0;
  std::thread forger([&] {
    const UniqueFd fd = SocketAt(static_cast<uint32_t>(getpid()) + 1);
    const Bytes lie = Error(1, -1);
    sockaddr_nl target = {};
    target.nl_family = AF_NETLINK;
    // The only other socket of a process has its number as its address.
    target.nl_pid = static_cast<uint32_t>(getpid());
    const auto* const address = reinterpret_cast<const sockaddr*>(&target);
    while (!stop)
      delivered += sendto(fd.get(), lie.data(), lie.size(), MSG_DONTWAIT, address, sizeof target) >= 0;
  });
  for (int i = 0; i < 100'000 && delivered < 100; i++) {
    auto reply = Talk(NETLINK_ROUTE, {Message(NLMSG_NOOP, kAck, 1, {})});
    if (!Fine(StatusOf(reply))) break;
    const auto messages = MessagesOf(reply.value());
    if (!Equal(messages.size(), 1u) || !Equal(messages[0].error, 0)) break;
  }
  stop = true;
  forger.join();
  Check(delivered >= 100, "there were lies");
});

}  // namespace
}  // namespace rampart::test
