#pragma once

#include <optional>
#include <string>

#include "../blocks.h"
#include "image.h"
#include "patch.h"

namespace rampart {

/** The tables that exist in the calling thread's network namespace, a name a line, in the kernel's order. */
Result<std::string> TableNames(Family family);

/** Nothing if the table does not exist: a read never makes one. */
Result<std::optional<Image>> ReadTable(Family family, const std::string& table);

/** Applies the patch in one commit, or fails. Gives the patch's memory back as it goes. */
Status CommitTable(Family family, const std::string& table, Blocks patch);

}  // namespace rampart
