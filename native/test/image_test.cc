#include "../core/iptc/image.h"

#include <cerrno>

#include "check.h"
#include "image_view.h"
#include "patch_builder.h"

namespace rampart::test {
namespace {

/** An entry as the kernel would give it: header, parts, and a comefrom that means something to it alone. */
Bytes Entry(Family family, const std::vector<Bytes>& parts, uint32_t comefrom = 0xdead) {
  const auto& layout = LayoutOf(family);
  Bytes entry(layout.header);
  size_t target = 0;
  for (const auto& part : parts) {
    target = entry.size();
    entry.insert(entry.end(), part.begin(), part.end());
  }
  Store(entry.data() + layout.target_offset, static_cast<uint16_t>(target));
  Store(entry.data() + layout.next_offset, static_cast<uint16_t>(entry.size()));
  Store(entry.data() + layout.comefrom, comefrom);
  return entry;
}
View Of(const Bytes& bytes) { return {bytes.data(), bytes.size()}; }

const Bytes kAcceptRule = Entry(Family::kIpv4, {Verdict(kAccept)});

const Test kImage("an image says what was put into it, on both families", [] {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    const Bytes jump = Entry(family, {Part("tcp", Bytes(16)), Verdict(4711)}),
                log = Entry(family,
                            {Part("tcp", Bytes(16)), Part("limit", Bytes(40), 1), Part("LOG", Bytes(32))}),
                bare = Entry(family, {Verdict(999)});
    ImageWriter writer(family);
    Fine(writer.AddRule(Of(jump), 1));
    Fine(writer.AddRule(Of(log), kInEntry));
    Fine(writer.AddChain({"INPUT", true, kDrop, {1, 2}, 0, 2}));
    Fine(writer.AddRule(Of(bare), kNoTarget));
    Fine(writer.AddChain({"foo", false, 0, {}, 1, 1}));
    auto image = writer.Finish("mangle");
    if (!Fine(StatusOf(image))) continue;
    const ImageView view(image.value().bytes);
    Equal(view.Describe(), "INPUT DROP: >foo LOG; foo: -");
    Equal(view.table(), "mangle");
    std::string extensions;
    for (const auto& extension : view.extensions()) extensions += extension + ",";
    Equal(extensions, "match tcp 0,match limit 1,target LOG 0,");
  }
});

const Test kHostile("entries that are not sound, chains of more rules than there are", [] {
  Bytes longer = kAcceptRule, shorter = kAcceptRule, inside = kAcceptRule, outside = kAcceptRule;
  const auto& layout = LayoutOf(Family::kIpv4);
  Store(longer.data() + layout.next_offset, static_cast<uint16_t>(160));
  Store(shorter.data() + layout.next_offset, static_cast<uint16_t>(112));
  Store(inside.data() + layout.target_offset, static_cast<uint16_t>(104));
  Store(outside.data() + layout.target_offset, static_cast<uint16_t>(152));
  for (const Bytes* entry : {&longer, &shorter, &inside, &outside}) {
    ImageWriter writer(Family::kIpv4);
    Fails(writer.AddRule(Of(*entry), kInEntry), EPROTO, "image");
  }
  ImageWriter writer(Family::kIpv4);
  Fails(writer.AddRule(Of(Entry(Family::kIpv4, {Part("LOG", Bytes(32))})), 0), EPROTO, "image");
  Fails(writer.AddChain({"INPUT", true, kDrop, {}, 0, 1}), EPROTO, "image");
  Fine(writer.AddRule(Of(kAcceptRule), kInEntry));
  Fine(writer.AddChain({"INPUT", true, kDrop, {}, 0, 1}));
  Fails(writer.AddChain({"FORWARD", true, kDrop, {}, 0, 2}), EPROTO, "image");
});

const Test kManyExtensions("more extensions than the directory has room for", [] {
  std::vector<Bytes> entries;
  for (int i = 0; i < 1100; i++)
    entries.push_back(Entry(Family::kIpv4, {Part("m" + std::to_string(i), {}), Verdict(kAccept)}));
  ImageWriter writer(Family::kIpv4);
  for (size_t i = 0; i < entries.size(); i++) {
    const auto status = writer.AddRule(Of(entries[i]), kInEntry);
    if (i < 1024)
      Fine(status);
    else
      Fails(status, EOVERFLOW, "image");
  }
});

Digest::Value DigestOf(const Bytes& rule, Jump jump, const ChainFacts& chain) {
  const auto& layout = LayoutOf(Family::kIpv4);
  Bytes canonical(rule.size());
  Canonicalise(Of(rule), layout, jump, canonical.data());
  TableDigest digest(layout);
  digest.AddRule(canonical.data(), canonical.size(), jump);
  digest.AddChain(chain);
  return digest.Finish();
}

const Test kDigest("the digest knows every bit of a rule but those that live or lie behind a name", [] {
  const ChainFacts chain{"INPUT", true, kAccept, {}, 0, 1};
  const auto reference = DigestOf(kAcceptRule, kInEntry, chain);
  const auto& layout = LayoutOf(Family::kIpv4);
  for (size_t at = 0; at < kAcceptRule.size(); at++) {
    // The sizes are what the walk through the entry goes by.
    if (at >= layout.target_offset && at < layout.next_offset + 2) continue;
    const size_t name = layout.header + PartLayout::kName;
    const bool live =
        (at >= layout.comefrom && at < layout.header) || (at > name && at < name + PartLayout::kNameSize);
    for (int bit = 0; bit < 8; bit++) {
      Bytes other = kAcceptRule;
      other[at] ^= static_cast<uint8_t>(1 << bit);
      const bool same = DigestOf(other, kInEntry, chain) == reference;
      if (same != live)
        Fail("bit " + std::to_string(bit) + " of byte " + std::to_string(at), __FILE__, __LINE__);
    }
  }
  for (const ChainFacts& other : {ChainFacts{"INPUU", true, kAccept, {}, 0, 1},
                                  {"INPUT", false, kAccept, {}, 0, 1},
                                  {"INPUT", true, kDrop, {}, 0, 1},
                                  {"INPUT", true, kAccept, {}, 0, 2}})
    Check(DigestOf(kAcceptRule, kInEntry, other) != reference, "a fact of the chain");
  Check(DigestOf(kAcceptRule, kInEntry, {"INPUT", true, kAccept, {9, 9}, 7, 1}) == reference, "no counters");
  Check(DigestOf(kAcceptRule, 3, chain) != DigestOf(kAcceptRule, 4, chain), "the destination");
});

}  // namespace
}  // namespace rampart::test
