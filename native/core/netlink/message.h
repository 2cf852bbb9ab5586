#pragma once

#include <linux/netlink.h>

#include <vector>

#include "../bytes.h"
#include "../failure.h"

namespace rampart {

/** Calls `visit(header, payload)` for each message; false if they do not fill the bytes. */
template <typename Visit>
bool EachMessage(View bytes, Visit visit) {
  while (bytes.size > 0) {
    if (bytes.size < sizeof(nlmsghdr)) return false;
    const auto header = Load<nlmsghdr>(bytes.data);
    if (header.nlmsg_len < sizeof(nlmsghdr) || header.nlmsg_len > bytes.size) return false;
    visit(header, View{bytes.data + sizeof header, header.nlmsg_len - sizeof header});
    const size_t step = NLMSG_ALIGN(size_t{header.nlmsg_len});
    if (step >= bytes.size) return true;
    bytes = {bytes.data + step, bytes.size - step};
  }
  return true;
}

/** The bits of a dump mean REPLACE and EXCL in messages that create, which never carry both. */
inline bool IsDump(const nlmsghdr& header) {
  return (header.nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP && (header.nlmsg_flags & NLM_F_CREATE) == 0;
}

/** What is sent in one call: pieces of whole messages each, whose bytes are someone else's. */
using Datagram = std::vector<View>;
/** Datagrams that are sent one after the other. */
using Request = std::vector<Datagram>;

/** How much there is of a request: of that datagram which has the most of it. */
struct Extent {
  size_t messages = 0;
  size_t bytes = 0;
  /** The longest message, in bytes. */
  size_t longest = 0;
};
/** A failure, with the number of the datagram, if one is not made of whole messages. */
Result<Extent> Measure(const Request& request);

}  // namespace rampart
