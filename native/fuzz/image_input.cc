#include "image_input.h"

namespace rampart::fuzz {
namespace {

constexpr size_t kRuleHead = 4;
constexpr size_t kChainHead = 3;

}  // namespace

ImageInput::ImageInput(View input) {
  if (input.size < kHead) return;
  family = (input.data[0] & 1) == 0 ? Family::kIpv4 : Family::kIpv6;
  const auto& layout = LayoutOf(family);
  // Otherwise no entry whose length was changed would ever be sound.
  const bool repaired = (input.data[0] & 2) != 0;
  View rest{input.data + kHead, input.size - kHead};
  while (rest.size >= kRuleHead) {
    Item item{(rest.data[0] & 1) != 0, {}, kInEntry, {}, 0};
    const auto small = static_cast<int8_t>(rest.data[1]);
    const size_t head = item.is_chain ? kChainHead : kRuleHead,
                 size = item.is_chain ? rest.data[2] : Load<uint16_t>(rest.data + 2);
    if (size > rest.size - head) return;
    const uint8_t* const content = rest.data + head;
    if (item.is_chain) {
      item.policy = small;
      item.name.assign(reinterpret_cast<const char*>(content), size);
    } else {
      item.jump = small;
      item.entry.assign(content, content + size);
      if (repaired && size >= layout.header)
        Store(item.entry.data() + layout.next_offset, static_cast<uint16_t>(size));
    }
    items.push_back(std::move(item));
    rest = {content + size, rest.size - head - size};
  }
}

ImageScript::ImageScript(Family family) : bytes_(ImageInput::kHead) {
  bytes_[0] = family == Family::kIpv4 ? 0 : 1;
}

ImageScript& ImageScript::Rule(const test::Bytes& entry, Jump jump) {
  const uint8_t head[kRuleHead] = {0, static_cast<uint8_t>(jump), static_cast<uint8_t>(entry.size()),
                                   static_cast<uint8_t>(entry.size() >> 8)};
  bytes_.insert(bytes_.end(), head, head + sizeof head);
  bytes_.insert(bytes_.end(), entry.begin(), entry.end());
  return *this;
}

ImageScript& ImageScript::Chain(const std::string& name, int32_t policy) {
  const uint8_t head[kChainHead] = {1, static_cast<uint8_t>(policy), static_cast<uint8_t>(name.size())};
  bytes_.insert(bytes_.end(), head, head + sizeof head);
  bytes_.insert(bytes_.end(), name.begin(), name.end());
  return *this;
}

}  // namespace rampart::fuzz
