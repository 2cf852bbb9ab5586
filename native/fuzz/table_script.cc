#include "table_script.h"

#include <array>

namespace rampart::fuzz {
namespace {

using test::Bytes;
using test::JumpTo;
using test::Part;
using test::PatchBuilder;
using test::Verdict;

constexpr std::array<const char*, 8> kNames = {"INPUT", "FORWARD", "OUTPUT", "web",
                                               "old",   "mail",    "a",      "DROP"};

/** Such as every kernel has, with values that it takes; the last is one that it does not take without -p tcp.
 */
const std::vector<Bytes>& Matches() {
  static const std::vector<Bytes> matches = {
      Part("mark", {1, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 1),
      Part("mark", {2, 0, 0, 0, 255, 255, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, 1),
      Part("comment", Bytes(256, 'c')),
      Part("tcp", {0, 0, 255, 255, 80, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
  };
  return matches;
}
/** Jumps come last, in the order of the names. */
std::vector<Bytes> Targets() {
  std::vector<Bytes> targets = {Verdict(0), Verdict(kAccept), Verdict(kDrop), Verdict(kReturn),
                                Part("MARK", {7, 0, 0, 0, 255, 255, 255, 255}, 2)};
  for (const char* name : kNames) targets.push_back(JumpTo(name));
  return targets;
}

/** Of a mark match, a MARK target and a jump: what changes are counters, the mark, an address. */
void AddSeries(PatchBuilder& patch, Family family) {
  const auto& layout = LayoutOf(family);
  const auto mark = static_cast<uint32_t>(layout.header + PartLayout::kHeader);
  const PatchBuilder::Range counters{static_cast<uint32_t>(layout.counters), 16};
  const auto target = static_cast<uint32_t>(Matches().size());
  patch.Series({0, target + 1}, {counters, {mark, 8}});
  patch.Series({1, target + 4}, {{0, 4}, counters});
  patch.Series({target + 8}, {counters});
}
/** How much changes in each. */
constexpr std::array<size_t, 3> kSeries = {24, 20, 16};

}  // namespace

PatchBuilder TableScript::Begin() const {
  PatchBuilder patch(family_);
  patch.Header();
  for (const auto& part : Matches()) patch.AddPart(part);
  for (const auto& part : Targets()) patch.AddPart(part);
  AddSeries(patch, family_);
  return patch;
}

std::optional<PatchBuilder> TableScript::Next() {
  const auto counters = [this] { return Counters{Byte(), Byte()}; };
  PatchBuilder patch(family_);
  if (more_ > 0) {
    more_--;
    return patch.Chain(chain_).Append(Rule(), counters());
  }
  if (rest_.size == 0) return std::nullopt;
  const uint8_t kind = Byte();
  chain_ = Name();
  patch.Chain(chain_);
  switch (kind % 16) {
    case 0:
      return patch.Plain(Op::kCreate);
    case 1:
      return patch.Plain(Op::kDelete);
    case 2:
      return patch.Rename(Name());
    case 3:
      return patch.Plain(Op::kFlush);
    case 4:
      return patch.Policy(Byte() % 2 == 0 ? kAccept : kDrop);
    case 5:
      return patch.Policy(Byte() % 2 == 0 ? kAccept : kDrop, counters());
    case 6:
      return patch.Insert(Byte() % 8, Rule());
    case 7:
      return patch.Replace(Byte() % 8, Rule());
    case 8:
      return patch.Remove(Byte() % 8, Byte() % 64);
    case 9:
      return patch.SetCounters(Byte() % 8, counters());
    case 10:
      return patch.Plain(Op::kZero);
    case 11:
      return patch.ZeroRule(Byte() % 8);
    case 12:
      return patch.Plain(Op::kReset);
    case 13:
      // So many that a run of them is removed from its nearer end.
      more_ = 40;
      return patch.Append(Rule(), counters());
    case 14: {
      const uint32_t series = Byte() % kSeries.size();
      Bytes changed(kSeries[series]);
      for (auto& byte : changed) byte = Byte();
      return patch.Again(series, changed);
    }
    default:
      return patch.Append(Rule(), counters());
  }
}

uint8_t TableScript::Byte() {
  if (rest_.size == 0) return 0;
  const uint8_t byte = *rest_.data;
  rest_ = {rest_.data + 1, rest_.size - 1};
  return byte;
}

const char* TableScript::Name() { return kNames[Byte() % kNames.size()]; }

std::vector<uint32_t> TableScript::Rule() {
  static const uint32_t matches = static_cast<uint32_t>(Matches().size()),
                        targets = static_cast<uint32_t>(Targets().size());
  std::vector<uint32_t> parts;
  for (uint8_t more = Byte() % 4; more > 0; more--) parts.push_back(Byte() % matches);
  parts.push_back(matches + Byte() % targets);
  return parts;
}

}  // namespace rampart::fuzz
