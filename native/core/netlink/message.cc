#include "message.h"

#include <algorithm>
#include <cerrno>

namespace rampart {

Result<Extent> Measure(const Blocks& datagrams) {
  if (datagrams.count() == 0) return Failure{EINVAL, "request"};
  Extent extent;
  for (size_t i = 0; i < datagrams.count(); i++) {
    const View datagram = datagrams.at(i);
    size_t messages = 0;
    const bool whole = EachMessage(datagram, [&](const nlmsghdr& header, View) {
      messages++;
      extent.longest = std::max(extent.longest, size_t{header.nlmsg_len});
    });
    if (!whole) return Failure{EINVAL, "request", static_cast<int32_t>(i)};
    extent.messages = std::max(extent.messages, messages);
    extent.bytes = std::max(extent.bytes, datagram.size);
  }
  return extent;
}

}  // namespace rampart
