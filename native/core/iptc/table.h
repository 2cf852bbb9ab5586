#pragma once

#include <optional>
#include <string>

#include "image.h"
#include "session.h"

namespace rampart {

/**
 * The tables that exist in the calling thread's network namespace, a name a line, in the kernel's order. In a
 * user namespace, where they are not told, all that the kernel can have, which makes them.
 */
Result<std::string> TableNames(Family family);

/** True also where that is not told: libiptc finds out. */
Result<bool> TableExists(Family family, const std::string& table);

/** Nothing if the table does not exist: a read never makes one. Without `remains`, they are freed at once. */
Result<std::optional<Image>> ReadTable(Family family, const std::string& table, Remains* remains = nullptr);

}  // namespace rampart
