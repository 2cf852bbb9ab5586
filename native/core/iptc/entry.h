#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "../bytes.h"

namespace rampart {

enum class Family { kIpv4 = 4, kIpv6 = 6 };

/** Where the fields are in ipt_entry and ip6t_entry; what follows the header is the same in both. */
struct EntryLayout {
  size_t header;
  size_t target_offset;
  size_t next_offset;
  size_t comefrom;
  size_t counters;
};
const EntryLayout& LayoutOf(Family family);

/** struct xt_entry_match and xt_entry_target, which are alike. */
struct PartLayout {
  static constexpr size_t kSize = 0;
  static constexpr size_t kName = 2;
  static constexpr size_t kNameSize = 29;
  static constexpr size_t kRevision = 31;
  static constexpr size_t kHeader = 32;
};

constexpr size_t kStandardTargetSize = 40;
constexpr size_t kVerdict = 32;
constexpr size_t kChainNameSize = 32;
/** next_offset is 16 bits wide, and a multiple of 8. */
constexpr size_t kLargestEntry = 65528;

constexpr int32_t kDrop = -1;
constexpr int32_t kAccept = -2;
constexpr int32_t kQueue = -4;
constexpr int32_t kReturn = -5;

struct Counters {
  uint64_t packets = 0;
  uint64_t bytes = 0;
};

/** Where one rule jumps to: a chain's number if not negative. */
using Jump = int32_t;
constexpr Jump kInEntry = -1;
constexpr Jump kNoTarget = -2;

/** Whether the match or target at the beginning of `bytes` has a sound size and name. */
bool PartIsSound(View bytes);
/** Whether the matches fill the space before the target exactly, and the target ends inside of the entry. */
bool EntryIsSound(View entry, const EntryLayout& layout);

/** Of a sound entry. */
size_t TargetOffset(const uint8_t* entry, const EntryLayout& layout);
bool IsStandardTarget(const uint8_t* target);

}  // namespace rampart
