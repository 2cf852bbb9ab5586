#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cerrno>

#include "../core/netlink/conversation.h"
#include "../core/netlink/expected.h"
#include "check.h"
#include "patch_builder.h"

namespace rampart::test {
namespace {

Bytes Message(uint16_t type, uint16_t flags, uint32_t sequence, const Bytes& payload) {
  Bytes message(sizeof(nlmsghdr));
  nlmsghdr header = {};
  header.nlmsg_len = static_cast<uint32_t>(sizeof header + payload.size());
  header.nlmsg_type = type;
  header.nlmsg_flags = flags;
  header.nlmsg_seq = sequence;
  Store(message.data(), header);
  message.insert(message.end(), payload.begin(), payload.end());
  message.resize(NLMSG_ALIGN(message.size()));
  return message;
}
Bytes Error(uint32_t sequence, int32_t error) {
  Bytes payload(20);
  Store(payload.data(), error);
  return Message(NLMSG_ERROR, 0, sequence, payload);
}
Bytes Joined(const std::vector<Bytes>& messages) {
  Bytes all;
  for (const auto& message : messages) all.insert(all.end(), message.begin(), message.end());
  return all;
}
View Of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

const Test kDump("a dump is collected to its end", [] {
  // Links, because every namespace has lo.
  const Bytes request = Message(RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP, 77, Bytes(sizeof(ifinfomsg)));
  auto reply = Converse(NETLINK_ROUTE, Of(request), 1000);
  if (!Fine(StatusOf(reply))) return;
  const uint8_t* const bytes = reply.value().pages.data();
  Equal(Load<nlmsghdr>(bytes).nlmsg_type, RTM_NEWLINK);
  bool done = false;
  for (size_t at = 0; at < reply.value().size; at += NLMSG_ALIGN(Load<nlmsghdr>(bytes + at).nlmsg_len)) {
    Equal(Load<nlmsghdr>(bytes + at).nlmsg_seq, 77u);
    done = Load<nlmsghdr>(bytes + at).nlmsg_type == NLMSG_DONE;
  }
  Check(done, "its last message is the end");
});

const Test kAcknowledged("as many acknowledgements as were asked for; errors are part of the reply", [] {
  std::vector<Bytes> requests;
  for (uint32_t i = 0; i < 200; i++)
    requests.push_back(Message(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, i, {}));
  auto reply = Converse(NETLINK_ROUTE, Of(Joined(requests)), 1000);
  if (Fine(StatusOf(reply))) Check(reply.value().size >= 200 * 36, "all of them");
  const Bytes bad = Message(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK, 5, Bytes(sizeof(ifinfomsg)));
  auto refused = Converse(NETLINK_ROUTE, Of(bad), 1000);
  if (!Fine(StatusOf(refused))) return;
  const uint8_t* const bytes = refused.value().pages.data();
  Equal(Load<nlmsghdr>(bytes).nlmsg_type, NLMSG_ERROR);
  Check(Load<int32_t>(bytes + sizeof(nlmsghdr)) < 0, "the kernel's error");
});

const Test kFailures("requests that are none, protocols that are none, silence", [] {
  Fails(StatusOf(Converse(NETLINK_ROUTE, {}, 10)), EINVAL, "request");
  const Bytes whole = Message(NLMSG_NOOP, NLM_F_REQUEST | NLM_F_ACK, 1, {});
  for (size_t size = 1; size < whole.size(); size++) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    Fails(StatusOf(Converse(NETLINK_ROUTE, Of(cut), 10)), EINVAL, "request");
  }
  for (const uint32_t length : {0u, 15u, 17u, 0xffffffffu}) {
    Bytes lie = whole;
    Store(lie.data(), length);
    Fails(StatusOf(Converse(NETLINK_ROUTE, Of(lie), 10)), EINVAL, "request");
  }
  Fails(StatusOf(Converse(31, Of(whole), 10)), EPROTONOSUPPORT, "socket");
  // Without NLM_F_REQUEST the kernel says nothing to a control message.
  Fails(StatusOf(Converse(NETLINK_ROUTE, Of(Message(NLMSG_NOOP, NLM_F_DUMP, 1, {})), 50)), ETIMEDOUT,
        "recvmsg");
  auto silent = Converse(NETLINK_ROUTE, Of(Message(NLMSG_NOOP, NLM_F_REQUEST, 1, {})), 1000);
  Check(silent.ok() && silent.value().size == 0, "nothing was asked for, nothing came");
});

const Test kExpected("which ends are due", [] {
  const uint16_t ack = NLM_F_REQUEST | NLM_F_ACK, dump = NLM_F_REQUEST | NLM_F_DUMP;
  ExpectedEnds expected;
  Fine(expected.Expect(
      Of(Joined({Message(20, ack, 1, {}), Message(20, dump, 2, {}), Message(20, NLM_F_REQUEST, 3, {}),
                 Message(20, ack | NLM_F_CREATE | NLM_F_EXCL | NLM_F_REPLACE, 4, {})}))));
  Equal(expected.count(), 3u);
  Fine(expected.Note(Of(Joined({Error(3, 0), Error(99, 0), Error(1, 0)}))));
  Equal(expected.count(), 2u);
  Fine(expected.Note(Of(Message(NLMSG_DONE, 0, 2, Bytes(4)))));
  Check(expected.IsDue(), "the creation is");
  // A refused batch says nothing about its other messages.
  Fine(expected.Note(Of(Error(77, -22))));
  Check(!expected.IsDue(), "nothing is after a refusal");
  Fails(expected.Note(Of(Bytes(8))), EPROTO, "recvmsg");
  Fails(expected.Note(Of(Bytes(16))), EPROTO, "recvmsg");
});

}  // namespace
}  // namespace rampart::test
