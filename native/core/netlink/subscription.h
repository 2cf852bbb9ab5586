#pragma once

#include <cstdint>

#include "../failure.h"
#include "../unique_fd.h"

namespace rampart {

/**
 * Joins a multicast group in the namespace, or in the process's own if that is empty. Returns the reading end
 * of a stream, on which a thread of its own passes on what the kernel sends: whole messages, padded to 4
 * bytes. The first is NLMSG_NOOP once the group is joined, or an NLMSG_ERROR, which is the last.
 * NLMSG_OVERRUN stands where messages were lost. The thread ends when the stream is closed.
 */
Result<UniqueFd> Subscribe(int protocol, uint32_t group, UniqueFd network);

}  // namespace rampart
