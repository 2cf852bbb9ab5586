#pragma once

#include <string>
#include <vector>

#include "../test/patch_builder.h"

namespace rampart::fuzz {

/** What the fuzzers begin with: inputs that get far. */
std::vector<test::Bytes> PatchSeeds();
std::vector<test::Bytes> ImageSeeds();
std::vector<test::Bytes> TableSeeds();

}  // namespace rampart::fuzz
