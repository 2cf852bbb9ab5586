#pragma once

#include "../failure.h"
#include "../pages.h"
#include "../unique_fd.h"
#include "message.h"

namespace rampart {

/** The messages of a reply, verbatim, one after the other. */
struct Reply {
  Pages pages;
  size_t size = 0;
};

/** A conversation's socket, of the network namespace in which it was opened. Only the kernel is listened to.
 */
class NetlinkSocket {
 public:
  /** With room for requests of that extent, and for an error about each of their messages. */
  static Result<NetlinkSocket> Open(int protocol, const Extent& extent);

  /** In one system call. The kernel is done with all but dumps when it returns. */
  Status Send(const Datagram& datagram);
  /** Appends one datagram to the reply without waiting; returns its size, 0 if there is none. */
  Result<size_t> Receive(Reply& reply);
  /** Waits until there is something to receive; false if nothing came for that long. */
  Result<bool> Wait(int timeout_ms);

 private:
  NetlinkSocket(UniqueFd fd, size_t room) : fd_(std::move(fd)), room_(room) {}

  UniqueFd fd_;
  /** What no datagram of the kernel's is larger than. */
  size_t room_;
};

}  // namespace rampart
