#include "netlink_builder.h"

#include "../core/netlink/message.h"
#include "check.h"

namespace rampart::test {

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

Bytes Attribute(uint16_t type, const Bytes& value) {
  Bytes attribute(sizeof(nlattr));
  Store(attribute.data(), nlattr{static_cast<uint16_t>(sizeof(nlattr) + value.size()), type});
  attribute.insert(attribute.end(), value.begin(), value.end());
  attribute.resize(NLA_ALIGN(attribute.size()));
  return attribute;
}

Bytes Joined(const std::vector<Bytes>& all) {
  Bytes joined;
  for (const auto& bytes : all) joined.insert(joined.end(), bytes.begin(), bytes.end());
  return joined;
}

std::vector<Received> MessagesOf(const Reply& reply) {
  std::vector<Received> messages;
  const bool whole = EachMessage({reply.pages.data(), reply.size}, [&](const nlmsghdr& header, View payload) {
    const bool end = header.nlmsg_type == NLMSG_ERROR || header.nlmsg_type == NLMSG_DONE;
    messages.push_back({header, payload, end && payload.size >= 4 ? Load<int32_t>(payload.data) : 0});
  });
  Check(whole, "a reply is made of whole messages");
  return messages;
}

Result<Reply> Talk(int protocol, const std::vector<Bytes>& datagrams, int timeout_ms) {
  Request request;
  for (const auto& datagram : datagrams) request.push_back({Of(datagram)});
  return Converse(protocol, request, timeout_ms);
}

}  // namespace rampart::test
