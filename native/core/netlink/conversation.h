#pragma once

#include "../failure.h"
#include "../pages.h"

namespace rampart {

/** The messages of a reply, verbatim, one after the other. */
struct Reply {
  Pages pages;
  size_t size = 0;
};

/**
 * Sends the request, one or more whole messages, in the calling thread's network namespace, and collects what
 * the kernel says until each message that asked for an acknowledgement or a dump has got its end. The
 * kernel's own errors are part of the reply; a failure is one of the conversation itself.
 */
Result<Reply> Converse(int protocol, View request, int timeout_ms);

}  // namespace rampart
