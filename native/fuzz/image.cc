#include "../core/iptc/image.h"

#include <cerrno>

#include "../test/image_view.h"
#include "image_input.h"
#include "targets.h"

namespace rampart::fuzz {
namespace {

using test::Bytes;
using test::Check;
using test::Equal;

View Of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

/** In memory of exactly its size, so that no byte too many is written unseen. */
Bytes Canonical(const Bytes& entry, const EntryLayout& layout, Jump jump) {
  Bytes canonical(entry.size());
  Canonicalise(Of(entry), layout, jump, canonical.data());
  return canonical;
}

/** Adds a rule to the writer and to the digest, and says whether the writer took it, as it should. */
bool AddRule(ImageWriter& writer, TableDigest& digest, const ImageInput::Item& item,
             const EntryLayout& layout, std::vector<Bytes>& taken) {
  const bool sound = EntryIsSound(Of(item.entry), layout);
  const bool jumps = item.jump != kInEntry;
  const bool standard =
      sound && IsStandardTarget(item.entry.data() + TargetOffset(item.entry.data(), layout));
  const auto failure = writer.AddRule(Of(item.entry), item.jump);
  if (failure && failure->error == EOVERFLOW) return false;
  Equal(!failure, sound && (standard || !jumps));
  if (failure) return false;
  taken.push_back(Canonical(item.entry, layout, item.jump));
  Check(EntryIsSound(Of(taken.back()), layout), "a canonical entry is sound");
  Check(Canonical(taken.back(), layout, item.jump) == taken.back(), "and canonical");
  digest.AddRule(taken.back().data(), taken.back().size(), item.jump);
  return true;
}

void Compare(const test::ImageView& view, const ImageInput& input, const std::vector<Bytes>& entries) {
  size_t rule = 0, chain = 0;
  for (const auto& item : input.items) {
    if (item.is_chain) {
      Check(view.chains()[chain++].name == std::string(item.name.c_str()).substr(0, kChainNameSize - 1),
            "a chain's name is there, as far as there is room");
      continue;
    }
    const auto& found = view.rules()[rule];
    Check(Bytes(found.entry.data, found.entry.data + found.entry.size) == entries[rule], "a rule is there");
    Equal(found.jump, item.jump);
    rule++;
  }
}

}  // namespace

void FuzzImage(View bytes) {
  const ImageInput input(bytes);
  const auto& layout = LayoutOf(input.family);
  ImageWriter writer(input.family);
  TableDigest digest(layout);
  std::vector<Bytes> taken;
  uint32_t rules = 0;
  for (const auto& item : input.items) {
    if (item.is_chain) {
      const ChainFacts facts{item.name.c_str(), item.policy != 0, item.policy, {1, 2}, 3, rules};
      if (!test::Fine(writer.AddChain(facts))) return;
      digest.AddChain(facts);
      rules = 0;
      continue;
    }
    if (!AddRule(writer, digest, item, layout, taken)) return;
    rules++;
  }
  // Rules belong to the chain behind them; such as have none make no image.
  if (rules > 0) return;
  auto image = writer.Finish("fuzz");
  if (!test::Fine(test::StatusOf(image))) return;
  const test::ImageView view(image.value().bytes);
  Check(view.digest() == digest.Finish(), "the digest is the one of what was taken");
  Compare(view, input, taken);
}

}  // namespace rampart::fuzz
