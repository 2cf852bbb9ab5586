#pragma once

#include <cstdint>
#include <vector>

#include "../failure.h"

namespace rampart {

/**
 * `getsockopt` on a raw socket of that address family, opened for it in the calling thread's network
 * namespace. `value` is what the kernel reads, and is written over; it ends as long as the kernel says.
 */
Status GetSocketOption(int family, int level, int option, std::vector<uint8_t>& value);

}  // namespace rampart
