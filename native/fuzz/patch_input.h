#pragma once

#include <vector>

#include "../core/iptc/entry.h"
#include "../test/patch_builder.h"

namespace rampart::fuzz {

/** How FuzzPatch reads its input. */
struct PatchInput {
  static constexpr size_t kHead = 2;
  enum class Cut { kNowhere, kBehindRecords, kAnywhere };

  explicit PatchInput(View input);

  Family family = Family::kIpv4;
  Cut cut = Cut::kNowhere;
  int refused = 0;
  View patch;
};

/** The patch in blocks, each in memory of exactly its size. */
std::vector<test::Bytes> CutUp(View patch, PatchInput::Cut cut);

}  // namespace rampart::fuzz
