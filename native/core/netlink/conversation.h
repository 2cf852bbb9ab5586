#pragma once

#include "../blocks.h"
#include "../failure.h"
#include "socket.h"

namespace rampart {

/**
 * Sends the request's datagrams, a block each, one after the other on one socket of the calling thread's
 * network namespace. Each is one or more whole messages, and the next is sent when each of them that asked
 * for an acknowledgement or a dump has got its end. Once the kernel has refused anything of a datagram, no
 * other is sent.
 *
 * Returns what the kernel said, its refusals included; a failure is one of the conversation itself, and
 * carries the number of the datagram. The timeout is for waiting: what the kernel does while it is sent to
 * takes as long as it takes.
 */
Result<Reply> Converse(int protocol, Blocks request, int timeout_ms);

}  // namespace rampart
