#pragma once

#include <string>

#include "failure.h"
#include "unique_fd.h"

namespace rampart {

/** Takes the lock file as iptables does, without waiting. An empty descriptor: someone else has it. */
Result<UniqueFd> TryLock(const std::string& path);

}  // namespace rampart
