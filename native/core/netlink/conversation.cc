#include "conversation.h"

#include <cerrno>

#include "expected.h"

namespace rampart {
namespace {

/** Receives until nothing is due any more; what lies there already is taken along. */
Status Collect(NetlinkSocket& socket, ExpectedEnds& expected, int timeout_ms, Reply& reply) {
  bool lost = false;
  for (;;) {
    auto size = socket.Receive(reply);
    if (!size.ok()) {
      if (size.failure().error != ENOBUFS) return size.failure();
      // The queue was full at some time, but what was queued before that is still there.
      lost = true;
    } else if (size.value() > 0) {
      if (auto failure = expected.Note({reply.pages.data() + reply.size, size.value()})) return failure;
      reply.size += NLMSG_ALIGN(size.value());
    } else if (lost || !expected.IsDue()) {
      break;
    } else {
      auto readable = socket.Wait(timeout_ms);
      if (!readable.ok()) return readable.failure();
      if (!readable.value()) return Failure{ETIMEDOUT, "recvfrom"};
    }
  }
  // One refusal says as much as all of them; without any nobody knows.
  const bool known = !lost || (expected.IsRefused() && !expected.IsDumping());
  return known ? Status() : Status(Failure{ENOBUFS, "recvfrom"});
}

}  // namespace

Result<Reply> Converse(int protocol, const Request& request, int timeout_ms) {
  auto extent = Measure(request);
  if (!extent.ok()) return extent.failure();
  auto socket = NetlinkSocket::Open(protocol, extent.value());
  if (!socket.ok()) return socket.failure();

  Reply reply;
  for (size_t i = 0; i < request.size(); i++) {
    ExpectedEnds expected(request[i]);
    Status failure = socket.value().Send(request[i]);
    if (!failure) failure = Collect(socket.value(), expected, timeout_ms, reply);
    if (failure) {
      failure->index = static_cast<int32_t>(i);
      return *failure;
    }
    if (expected.IsRefused()) break;
  }
  return reply;
}

}  // namespace rampart
