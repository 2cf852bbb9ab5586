#include "entry.h"

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>

namespace rampart {
namespace {

template <typename Entry>
constexpr EntryLayout LayoutFor() {
  return {sizeof(Entry), offsetof(Entry, target_offset), offsetof(Entry, next_offset),
          offsetof(Entry, comefrom), offsetof(Entry, counters)};
}
constexpr EntryLayout kIpv4 = LayoutFor<ipt_entry>();
constexpr EntryLayout kIpv6 = LayoutFor<ip6t_entry>();

// TypeScript writes these structures by the same numbers (native/README.md).
static_assert(kIpv4.header == 112 && kIpv4.comefrom == 92 && kIpv4.counters == 96);
static_assert(kIpv6.header == 168 && kIpv6.comefrom == 144 && kIpv6.counters == 152);
static_assert(sizeof(xt_entry_match) == PartLayout::kHeader &&
              sizeof(xt_entry_target) == PartLayout::kHeader);
static_assert(sizeof(xt_standard_target) == kStandardTargetSize &&
              offsetof(xt_standard_target, verdict) == kVerdict);
static_assert(offsetof(xt_entry_match, u.user.name) == PartLayout::kName);
static_assert(offsetof(xt_entry_match, u.user.revision) == PartLayout::kRevision);

}  // namespace

const EntryLayout& LayoutOf(Family family) { return family == Family::kIpv4 ? kIpv4 : kIpv6; }

bool PartIsSound(View bytes) {
  if (bytes.size < PartLayout::kHeader) return false;
  const size_t size = Load<uint16_t>(bytes.data + PartLayout::kSize);
  return size >= PartLayout::kHeader && size % 8 == 0 && size <= bytes.size &&
         Terminated(bytes.data + PartLayout::kName, PartLayout::kNameSize);
}

bool EntryIsSound(View entry, const EntryLayout& layout) {
  if (entry.size < layout.header) return false;
  const size_t target = TargetOffset(entry.data, layout);
  if (Load<uint16_t>(entry.data + layout.next_offset) != entry.size || entry.size % 8 != 0) return false;
  size_t at = layout.header;
  while (at < target) {
    if (target > entry.size || !PartIsSound({entry.data + at, target - at})) return false;
    at += Load<uint16_t>(entry.data + at);
  }
  return at == target && PartIsSound({entry.data + target, entry.size - target});
}

size_t TargetOffset(const uint8_t* entry, const EntryLayout& layout) {
  return Load<uint16_t>(entry + layout.target_offset);
}

bool IsStandardTarget(const uint8_t* target) {
  return target[PartLayout::kName] == 0 && Load<uint16_t>(target) == kStandardTargetSize;
}

}  // namespace rampart
