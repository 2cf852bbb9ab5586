#include "patch_input.h"

#include <algorithm>

namespace rampart::fuzz {

PatchInput::PatchInput(View input) {
  if (input.size < kHead) return;
  family = (input.data[0] & 1) == 0 ? Family::kIpv4 : Family::kIpv6;
  cut = (input.data[0] & 2) == 0 ? Cut::kNowhere : Cut::kAnywhere;
  refused = input.data[1];
  patch = {input.data + kHead, input.size - kHead};
}

std::vector<test::Bytes> CutUp(View patch, PatchInput::Cut cut) {
  std::vector<test::Bytes> blocks;
  while (patch.size > 0) {
    size_t size = patch.size;
    if (cut == PatchInput::Cut::kAnywhere) size = 1 + patch.data[0] % 64;
    if (cut == PatchInput::Cut::kBehindRecords && size >= 8)
      if (const size_t said = Load<uint32_t>(patch.data + 4); said > 0) size = said;
    size = std::min(size, patch.size);
    blocks.emplace_back(patch.data, patch.data + size);
    patch = {patch.data + size, patch.size - size};
  }
  return blocks;
}

}  // namespace rampart::fuzz
