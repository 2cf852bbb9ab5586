#pragma once

#include <linux/netlink.h>

#include "../core/netlink/conversation.h"
#include "patch_builder.h"

namespace rampart::test {

Bytes Message(uint16_t type, uint16_t flags, uint32_t sequence, const Bytes& payload);
/** The kernel's answer: 0 acknowledges. */
Bytes Error(uint32_t sequence, int32_t error);
Bytes Attribute(uint16_t type, const Bytes& value);
Bytes Joined(const std::vector<Bytes>& all);
inline View Of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

/** A message of a reply. */
struct Received {
  nlmsghdr header;
  View payload;
  /** Of an error or the end of a dump; 0 of anything else. */
  int32_t error;
};
std::vector<Received> MessagesOf(const Reply& reply);

/** Converses in so many datagrams. */
Result<Reply> Talk(int protocol, const std::vector<Bytes>& datagrams, int timeout_ms = 1000);

}  // namespace rampart::test
