#include "seeds.h"

#include "image_input.h"
#include "patch_input.h"

namespace rampart::fuzz {
namespace {

using test::Bytes;
using test::JumpTo;
using test::Part;
using test::PatchBuilder;
using test::Verdict;

/** Matches and targets that every kernel takes, with values that it takes. */
const Bytes kTcp = Part("tcp", {0, 0, 255, 255, 80, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0});
const Bytes kMark = Part("mark", {1, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 1);
const Bytes kSetMark = Part("MARK", {7, 0, 0, 0, 255, 255, 255, 255}, 2);
const Bytes kComment = Part("comment", Bytes(256, 'c'));

PatchBuilder Begun(Family family) {
  PatchBuilder patch(family);
  patch.Header();
  for (const Bytes& part : {Verdict(kAccept), Verdict(kDrop), Verdict(kReturn), Verdict(kQueue), Verdict(0),
                            JumpTo("web"), JumpTo("mail"), kMark, kSetMark, kTcp, kComment})
    patch.AddPart(part);
  return patch;
}

std::vector<PatchBuilder> Patches(Family family) {
  const auto header = static_cast<uint32_t>(LayoutOf(family).header);
  return {
      PatchBuilder(family).Header(),
      PatchBuilder(family).HeaderOn({}).Chain("INPUT").Policy(kDrop),
      Begun(family).Chain("INPUT").Append({0}).Append({7, 0}, {5, 6}).Append({4}).Append({7, 7, 8}),
      Begun(family).Create("mail").Append({1}).Append({2}).Chain("INPUT").Append({6}).Insert(0, {7, 6}),
      Begun(family).Create("dns").Append({3}).Rename("mail").Append({10, 8}).Chain("OUTPUT").Append({6}),
      Begun(family).Chain("FORWARD").Policy(kDrop, {7, 8}).Append({0}).Append({1}).Append({2}).Remove(0, 2),
      Begun(family).Chain("INPUT").Append({0}).Replace(0, {1}).SetCounters(0, {9, 10}).ZeroRule(0),
      Begun(family).Chain("INPUT").Append({0}, {3, 4}).Policy(kAccept, {1, 2}).Plain(Op::kZero),
      Begun(family).Create("dns").Create("mail").Append({0}).Plain(Op::kFlush).Plain(Op::kDelete),
      Begun(family).Create("mail").Append({0}).Chain("INPUT").Append({6}).Plain(Op::kReset).Create("web"),
      Begun(family).Chain("INPUT").Series({7, 0}, {{0, 4}, {header + 32, 8}}).Again(0, Bytes(16, 1)),
      Begun(family).Series({4}, {{header - 16, 16}, {header + 32, 8}}).Chain("web").Again(0, Bytes(24, 2)),
      Begun(family).Chain("INPUT").Append({9, 0}).Chain("old").Rename("mail").Append({6}).Insert(1, {1}),
      Begun(family).Chain("INPUT").Remove(0, 3).Chain("web").Plain(Op::kZero).ZeroRule(1).SetCounters(0, {}),
  };
}

Bytes Entry(Family family, const std::vector<Bytes>& parts) {
  const auto& layout = LayoutOf(family);
  Bytes entry(layout.header);
  for (const auto& part : parts) {
    Store(entry.data() + layout.target_offset, static_cast<uint16_t>(entry.size()));
    entry.insert(entry.end(), part.begin(), part.end());
  }
  Store(entry.data() + layout.next_offset, static_cast<uint16_t>(entry.size()));
  return entry;
}

}  // namespace

std::vector<Bytes> PatchSeeds() {
  std::vector<Bytes> seeds;
  for (const Family family : {Family::kIpv4, Family::kIpv6})
    for (const auto& patch : Patches(family)) {
      Bytes seed(PatchInput::kHead);
      seed[0] = family == Family::kIpv4 ? 0 : 1;
      seed.insert(seed.end(), patch.bytes().begin(), patch.bytes().end());
      seeds.push_back(seed);
    }
  return seeds;
}

std::vector<Bytes> ImageSeeds() {
  std::vector<Bytes> seeds;
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    const Bytes accept = Entry(family, {Verdict(kAccept)}), jump = Entry(family, {kTcp, Verdict(240)}),
                mark = Entry(family, {kTcp, kMark, kSetMark}), long_one = Entry(family, {kComment, kSetMark});
    ImageScript script(family);
    seeds.push_back(script.bytes());
    seeds.push_back(script.Chain("INPUT", kAccept).bytes());
    seeds.push_back(script.Rule(accept, kInEntry).Chain("FORWARD", kDrop).bytes());
    seeds.push_back(script.Rule(jump, 1).Rule(jump, kNoTarget).Chain("web", 0).bytes());
    seeds.push_back(script.Rule(mark, kInEntry).Rule(long_one, kInEntry).Chain("mail", 0).bytes());
  }
  return seeds;
}

std::vector<Bytes> TableSeeds() {
  // Any bytes are operations.
  std::vector<Bytes> seeds;
  uint32_t state = 1;
  for (uint8_t i = 0; i < 32; i++) {
    Bytes seed(64 + i * 4);
    for (auto& byte : seed) {
      state = state * 1664525 + 1013904223;
      byte = static_cast<uint8_t>(state >> 24);
    }
    seed[0] = i % 4;
    seeds.push_back(seed);
  }
  return seeds;
}

}  // namespace rampart::fuzz
