#include "message.h"

#include <algorithm>
#include <cerrno>

namespace rampart {

Result<Extent> Measure(const Request& request) {
  if (request.empty()) return Failure{EINVAL, "request"};
  Extent extent;
  for (size_t i = 0; i < request.size(); i++) {
    size_t messages = 0, bytes = 0;
    for (const View piece : request[i]) {
      const bool whole = EachMessage(piece, [&](const nlmsghdr& header, View) {
        messages++;
        extent.longest = std::max(extent.longest, size_t{header.nlmsg_len});
      });
      if (!whole) return Failure{EINVAL, "request", static_cast<int32_t>(i)};
      bytes += piece.size;
    }
    extent.messages = std::max(extent.messages, messages);
    extent.bytes = std::max(extent.bytes, bytes);
  }
  return extent;
}

}  // namespace rampart
