#include "expected.h"

#include <linux/netlink.h>

#include <cerrno>

namespace rampart {
namespace {

/** Calls `visit` for each message; false if they do not fill the bytes. */
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
bool IsDump(uint16_t flags) { return (flags & NLM_F_DUMP) == NLM_F_DUMP && (flags & NLM_F_CREATE) == 0; }

}  // namespace

Status ExpectedEnds::Expect(View request) {
  const bool whole = EachMessage(request, [this](const nlmsghdr& header, View) {
    if (IsDump(header.nlmsg_flags)) {
      ends_[header.nlmsg_seq].dumps++;
      dumps_++;
    } else if ((header.nlmsg_flags & NLM_F_ACK) != 0) {
      ends_[header.nlmsg_seq].acknowledgements++;
      acknowledgements_++;
    }
  });
  return whole && request.size > 0 ? Status() : Status(Failure{EINVAL, "request"});
}

Status ExpectedEnds::Note(View received) {
  const bool whole = EachMessage(received, [this](const nlmsghdr& header, View payload) {
    if (header.nlmsg_type != NLMSG_ERROR && header.nlmsg_type != NLMSG_DONE) return;
    if (header.nlmsg_type == NLMSG_ERROR && payload.size >= 4 && Load<int32_t>(payload.data) != 0)
      refused_ = true;
    End(header.nlmsg_seq, header.nlmsg_type);
  });
  return whole ? Status() : Status(Failure{EPROTO, "recvmsg"});
}

void ExpectedEnds::End(uint32_t sequence, uint16_t type) {
  const auto found = ends_.find(sequence);
  if (found == ends_.end()) return;
  Ends& ends = found->second;
  if (type == NLMSG_ERROR && ends.acknowledgements > 0) {
    ends.acknowledgements--;
    acknowledgements_--;
  } else if (ends.dumps > 0) {
    ends.dumps--;
    dumps_--;
  }
}

}  // namespace rampart
