#pragma once

#include <string>

namespace rampart {

/** To the system's log, and with `terminals` to every terminal, as wall(1) does. */
void Announce(const std::string& text, bool terminals);

}  // namespace rampart
