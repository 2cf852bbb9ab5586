#pragma once

#include <string>

#include "failure.h"

namespace rampart {

/** The whole of a small file, of /proc mostly. */
Result<std::string> ReadFile(const char* path);

}  // namespace rampart
