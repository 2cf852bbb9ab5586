#include "../core/netlink/subscription.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "../core/netlink/socket_option.h"
#include "check.h"

namespace rampart::test {
namespace {

/** The next message's header, whose payload is read away; a length of 0 if none comes for a while. */
nlmsghdr Next(const UniqueFd& stream, int32_t* first = nullptr) {
  nlmsghdr header = {};
  pollfd wanted{stream.get(), POLLIN, 0};
  if (poll(&wanted, 1, 5000) <= 0) return header;
  if (recv(stream.get(), &header, sizeof header, MSG_WAITALL) != sizeof header) return nlmsghdr{};
  std::vector<uint8_t> payload(NLMSG_ALIGN(header.nlmsg_len) - sizeof header);
  if (!payload.empty()) recv(stream.get(), payload.data(), payload.size(), MSG_WAITALL);
  if (first != nullptr && payload.size() >= sizeof *first) std::memcpy(first, payload.data(), sizeof *first);
  return header;
}
void RaiseLoopback() {
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request = {};
  std::strcpy(request.ifr_name, "lo");
  ioctl(fd.get(), SIOCGIFFLAGS, &request);
  request.ifr_flags ^= IFF_UP;
  Check(ioctl(fd.get(), SIOCSIFFLAGS, &request) == 0, "SIOCSIFFLAGS");
}

const Test passes_on("subscription: what the group is sent comes after the word that it was joined", [] {
  auto stream = Subscribe(NETLINK_ROUTE, RTNLGRP_LINK, UniqueFd());
  if (!Check(stream.ok(), "subscribed")) return;
  Equal(Next(stream.value()).nlmsg_type, NLMSG_NOOP);
  RaiseLoopback();
  Equal(Next(stream.value()).nlmsg_type, RTM_NEWLINK);
});

const Test refuses("subscription: a group that there is none of is an error, and the end", [] {
  auto stream = Subscribe(NETLINK_ROUTE, 100'000, UniqueFd());
  if (!Check(stream.ok(), "subscribed")) return;
  int32_t error = 0;
  Equal(Next(stream.value(), &error).nlmsg_type, NLMSG_ERROR);
  Equal(error, -EINVAL);
  uint8_t more;
  Equal(recv(stream.value().get(), &more, 1, 0), 0);
});

const Test ends("subscription: many that are closed at once leave nothing", [] {
  for (int i = 0; i < 50; i++) {
    auto stream = Subscribe(NETLINK_ROUTE, RTNLGRP_LINK, UniqueFd());
    if (!Check(stream.ok(), "subscribed")) return;
    if (i % 2 == 0) Equal(Next(stream.value()).nlmsg_type, NLMSG_NOOP);
  }
  RaiseLoopback();
});

const Test option("socket option: the value is what the kernel says, as long as it says", [] {
  std::vector<uint8_t> value(16);
  Fine(GetSocketOption(AF_INET, SOL_SOCKET, SO_TYPE, value));
  Equal(value.size(), sizeof(int));
  Equal(int{value[0]}, int{SOCK_RAW});
  Fails(GetSocketOption(AF_INET, SOL_SOCKET, 12345, value), ENOPROTOOPT, "getsockopt");
});

}  // namespace
}  // namespace rampart::test
