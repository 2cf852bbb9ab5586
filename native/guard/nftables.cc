#include "nftables.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

#include <cerrno>

#include "../core/netlink/conversation.h"
#include "../core/netlink/message.h"

namespace rampart {
namespace {

/** For what hangs; the kernel answers while it is being asked. */
constexpr int kTimeout = 10'000;
/** NFNL_MSG_BATCH_END, which is every batch's last message. */
constexpr size_t kEnd = NLMSG_HDRLEN + sizeof(nfgenmsg);

Result<Reply> Say(View bytes) { return Converse(NETLINK_NETFILTER, {{bytes}}, kTimeout); }

/** The first thing that the kernel refuses. */
Status Send(View batch) {
  auto reply = Say(batch);
  if (!reply.ok()) return reply.failure();
  Status refusal;
  int32_t answered = -1;
  const auto note = [&](const nlmsghdr& header, View payload) {
    if (header.nlmsg_type != NLMSG_ERROR || payload.size < sizeof(nlmsgerr)) return;
    const int error = -Load<int>(payload.data);
    if (error == 0) answered = 0;
    if (error != 0 && !refusal) refusal = Failure{error, "nf_tables", static_cast<int32_t>(header.nlmsg_seq)};
  };
  EachMessage({reply.value().pages.data(), reply.value().size}, note);
  if (refusal) return refusal;
  return answered == 0 ? Status() : Status(Failure{EPROTO, "nf_tables"});
}
View Bytes(const std::string& text, size_t less = 0) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size() - less};
}

}  // namespace

Status TryBatch(const std::string& batch) {
  if (batch.size() <= kEnd) return Failure{EINVAL, "batch"};
  return Send(Bytes(batch, kEnd));
}

Status SendBatch(const std::string& batch) { return Send(Bytes(batch)); }

uint32_t Generation() {
  struct {
    nlmsghdr header;
    nfgenmsg netfilter;
  } request = {};
  request.header.nlmsg_len = sizeof request;
  request.header.nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN;
  request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
  auto reply = Say({reinterpret_cast<const uint8_t*>(&request), sizeof request});
  if (!reply.ok()) return 0;
  uint32_t generation = 0;
  const auto note = [&](const nlmsghdr& header, View payload) {
    const size_t value = sizeof(nfgenmsg) + NLA_HDRLEN;
    if (header.nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN) || payload.size < value + 4) return;
    generation = __builtin_bswap32(Load<uint32_t>(payload.data + value));
  };
  EachMessage({reply.value().pages.data(), reply.value().size}, note);
  return generation;
}

}  // namespace rampart
