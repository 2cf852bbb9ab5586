#include "image_view.h"

namespace rampart::test {
namespace {

std::string Name(const uint8_t* field, size_t size) {
  Check(Terminated(field, size), "a name ends in its field");
  return reinterpret_cast<const char*>(field);
}

}  // namespace

ImageView::ImageView(View image) {
  const uint8_t* const bytes = image.data;
  const auto word = [&](size_t at) { return Load<uint32_t>(bytes + at); };
  if (!Check(image.size >= 72, "an image has a header")) std::abort();
  Equal(word(0), 2u);
  layout_ = &LayoutOf(static_cast<Family>(word(4)));
  table_ = Name(bytes + 8, 32);
  digest_ = Load<Digest::Value>(bytes + 40);
  const size_t chains = word(56), rules = word(60), extensions = word(64);
  const size_t entries_end = word(68), directory = entries_end + chains * 72;
  const size_t index = directory + extensions * 32;
  if (!Check(entries_end >= 72 && entries_end % 8 == 0, "entries lie behind the header")) std::abort();
  if (!Check(index + rules * 8 == image.size, "what the header counts is there")) std::abort();
  Equal(reinterpret_cast<uintptr_t>(bytes) % 8, 0u);

  uint32_t first = 0;
  for (size_t at = entries_end; at < directory; at += 72) {
    chains_.push_back({Name(bytes + at, 32),
                       word(at + 32) != 0,
                       Load<int32_t>(bytes + at + 36),
                       {Load<uint64_t>(bytes + at + 40), Load<uint64_t>(bytes + at + 48)},
                       word(at + 56),
                       word(at + 60),
                       word(at + 64)});
    Equal(chains_.back().first_rule, first);
    first += chains_.back().rules;
  }
  Equal(first, rules);
  for (size_t at = directory; at < index; at += 32)
    extensions_.push_back((bytes[at + 30] == 0 ? "match " : "target ") + Name(bytes + at, 30) + " " +
                          std::to_string(bytes[at + 31]));
  size_t end = 72;
  for (size_t at = index; at < image.size; at += 8) {
    Equal(word(at), end);
    const uint8_t* const entry = bytes + word(at);
    const size_t size = Load<uint16_t>(entry + layout_->next_offset);
    rules_.push_back({{entry, size}, Load<Jump>(bytes + at + 4)});
    Check(EntryIsSound({entry, size}, *layout_), "an entry is sound");
    Equal(Load<uint32_t>(entry + layout_->comefrom), 0u);
    end += size;
  }
  Equal(entries_end, end);
}

const ImageView::Chain& ImageView::chain(const std::string& name) const {
  for (const auto& chain : chains_)
    if (chain.name == name) return chain;
  Fail("no chain " + name, __FILE__, __LINE__);
  return chains_.front();
}

Counters ImageView::counters(size_t rule) const {
  return Load<Counters>(rules_[rule].entry.data + layout_->counters);
}

std::string ImageView::Target(const Rule& rule) const {
  const uint8_t* const target = rule.entry.data + TargetOffset(rule.entry.data, *layout_);
  if (rule.jump != kInEntry) Equal(Load<int32_t>(target + kVerdict), 0);
  if (rule.jump >= 0) return ">" + chains_[static_cast<size_t>(rule.jump)].name;
  if (rule.jump == kNoTarget) return "-";
  if (IsStandardTarget(target)) return std::to_string(Load<int32_t>(target + kVerdict));
  return reinterpret_cast<const char*>(target + PartLayout::kName);
}

std::string ImageView::Describe() const {
  std::string text;
  for (const auto& chain : chains_) {
    if (!text.empty()) text += "; ";
    text += chain.name;
    if (chain.built_in) text += chain.policy == kAccept ? " ACCEPT" : " DROP";
    text += ":";
    for (uint32_t i = 0; i < chain.rules; i++) text += " " + Target(rules_[chain.first_rule + i]);
  }
  return text;
}

}  // namespace rampart::test
