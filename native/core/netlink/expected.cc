#include "expected.h"

#include <cerrno>

namespace rampart {

ExpectedEnds::ExpectedEnds(const Datagram& datagram) {
  const auto note = [this](const nlmsghdr& header, View) {
    if (IsDump(header)) {
      ends_[header.nlmsg_seq].dumps++;
      dumps_++;
    } else if ((header.nlmsg_flags & NLM_F_ACK) != 0) {
      ends_[header.nlmsg_seq].acknowledgements++;
      acknowledgements_++;
    }
  };
  for (const View piece : datagram) EachMessage(piece, note);
}

Status ExpectedEnds::Note(View received) {
  const bool whole = EachMessage(received, [this](const nlmsghdr& header, View payload) {
    if (header.nlmsg_type != NLMSG_ERROR && header.nlmsg_type != NLMSG_DONE) return;
    // The end of a dump carries an error too, of a dump that could not go on.
    if (payload.size >= sizeof(int32_t) && Load<int32_t>(payload.data) < 0) refused_ = true;
    End(header.nlmsg_seq, header.nlmsg_type);
  });
  return whole ? Status() : Status(Failure{EPROTO, "recvfrom"});
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
