#pragma once

#include "../failure.h"
#include "message.h"
#include "socket.h"

namespace rampart {

/**
 * Sends the request's datagrams one after the other on one socket of the calling thread's network
 * namespace. The next one is sent when each message of the last that asked for an acknowledgement or a dump
 * has got its end. Once the kernel has refused anything of a datagram, no other is sent.
 *
 * Returns what the kernel said, its refusals included; a failure is one of the conversation itself, and
 * carries the number of the datagram. The timeout is for waiting: what the kernel does while it is sent to
 * takes as long as it takes.
 */
Result<Reply> Converse(int protocol, const Request& request, int timeout_ms);

}  // namespace rampart
