#include <linux/rtnetlink.h>

#include <cerrno>

#include "../core/netlink/expected.h"
#include "check.h"
#include "netlink_builder.h"

namespace rampart::test {
namespace {

constexpr uint16_t kAck = NLM_F_REQUEST | NLM_F_ACK, kDump = NLM_F_REQUEST | NLM_F_DUMP;

const Test kDumpTest("a dump is collected to its end", [] {
  // Links, because every namespace has lo.
  auto reply = Talk(NETLINK_ROUTE, {Message(RTM_GETLINK, kDump, 77, Bytes(sizeof(ifinfomsg)))});
  if (!Fine(StatusOf(reply))) return;
  const auto messages = MessagesOf(reply.value());
  for (const auto& message : messages) Equal(message.header.nlmsg_seq, 77u);
  if (!Check(messages.size() >= 2, "a link and an end")) return;
  Equal(messages.front().header.nlmsg_type, RTM_NEWLINK);
  Equal(messages.back().header.nlmsg_type, NLMSG_DONE);
});

const Test kAcknowledged("as many acknowledgements as were asked for; errors are part of the reply", [] {
  std::vector<Bytes> requests;
  for (uint32_t i = 0; i < 200; i++) requests.push_back(Message(NLMSG_NOOP, kAck, i, {}));
  auto reply = Talk(NETLINK_ROUTE, {Joined(requests)});
  if (Fine(StatusOf(reply))) Equal(MessagesOf(reply.value()).size(), 200u);
  auto refused = Talk(NETLINK_ROUTE, {Message(RTM_DELLINK, kAck, 5, Bytes(sizeof(ifinfomsg)))});
  if (!Fine(StatusOf(refused))) return;
  const auto messages = MessagesOf(refused.value());
  if (Equal(messages.size(), 1u)) Check(messages[0].error < 0, "the kernel's error");
});

const Test kFailures("requests that are none, protocols that are none, silence", [] {
  Fails(StatusOf(Talk(NETLINK_ROUTE, {})), EINVAL, "request");
  const Bytes whole = Message(NLMSG_NOOP, kAck, 1, {});
  for (size_t size = 1; size < whole.size(); size++) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    Fails(StatusOf(Talk(NETLINK_ROUTE, {cut})), EINVAL, "request", 0);
    Fails(StatusOf(Talk(NETLINK_ROUTE, {whole, whole, cut})), EINVAL, "request", 2);
  }
  for (const uint32_t length : {0u, 15u, 17u, 0xffffffffu}) {
    Bytes lie = whole;
    Store(lie.data(), length);
    Fails(StatusOf(Talk(NETLINK_ROUTE, {lie})), EINVAL, "request", 0);
  }
  Fails(StatusOf(Talk(31, {whole})), EPROTONOSUPPORT, "socket");
  // Without NLM_F_REQUEST the kernel says nothing to a control message.
  const Bytes unanswered = Message(NLMSG_NOOP, NLM_F_DUMP, 1, {});
  Fails(StatusOf(Talk(NETLINK_ROUTE, {unanswered}, 50)), ETIMEDOUT, "recvfrom", 0);
  Fails(StatusOf(Talk(NETLINK_ROUTE, {whole, unanswered}, 0)), ETIMEDOUT, "recvfrom", 1);
  Fails(StatusOf(Talk(NETLINK_ROUTE, {unanswered}, -1)), ETIMEDOUT, "recvfrom", 0);
  auto silent = Talk(NETLINK_ROUTE, {Message(NLMSG_NOOP, NLM_F_REQUEST, 1, {})});
  Check(silent.ok() && silent.value().size == 0, "nothing was asked for, nothing came");
});

const Test kExpected("which ends are due", [] {
  const Bytes request =
      Joined({Message(20, kAck, 1, {}), Message(20, kDump, 2, {}), Message(20, NLM_F_REQUEST, 3, {}),
              Message(20, kAck | NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE, 4, {})});
  ExpectedEnds expected({Of(request)});
  Fine(expected.Note(Of(Joined({Error(3, 0), Error(99, 0), Error(1, 0)}))));
  Check(expected.IsDue() && expected.IsDumping(), "the dump is");
  Fine(expected.Note(Of(Message(NLMSG_DONE, 0, 2, Bytes(4)))));
  Check(expected.IsDue() && !expected.IsDumping(), "the creation is");
  // A refused batch says nothing about its other messages.
  Fine(expected.Note(Of(Error(77, -22))));
  Check(!expected.IsDue() && expected.IsRefused(), "nothing is after a refusal");
  Fails(expected.Note(Of(Bytes(8))), EPROTO, "recvfrom");
  Fails(expected.Note(Of(Bytes(16))), EPROTO, "recvfrom");
});

const Test kBrokenDump("a dump that ends with an error is refused; an extended acknowledgement is not", [] {
  Bytes error(4);
  Store(error.data(), int32_t{-EMSGSIZE});
  const Bytes dump = Message(20, kDump, 1, {}), acknowledged = Message(20, kAck, 2, {});
  ExpectedEnds broken({Of(dump)});
  Fine(broken.Note(Of(Message(NLMSG_DONE, 0, 1, error))));
  Check(!broken.IsDue() && broken.IsRefused(), "it has ended, and badly");
  ExpectedEnds fine({Of(dump), Of(acknowledged)});
  Fine(fine.Note(Of(Message(NLMSG_DONE, 0, 1, Bytes(4)))));
  Fine(fine.Note(Of(Message(NLMSG_ERROR, NLM_F_CAPPED | NLM_F_ACK_TLVS, 2, Bytes(28)))));
  Check(!fine.IsDue() && !fine.IsRefused(), "both have ended well");
});

}  // namespace
}  // namespace rampart::test
