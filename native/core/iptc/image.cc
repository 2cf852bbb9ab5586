#include "image.h"

#include <cerrno>

namespace rampart {
namespace {

constexpr uint32_t kVersion = 2;
constexpr size_t kHeaderSize = 72;
constexpr size_t kChainSize = 72;
constexpr size_t kExtensionSize = 32;
constexpr size_t kIndexSize = 8;
// A kernel has some 120 matches and targets of up to five revisions each; each part of a rule is looked up.
constexpr size_t kMostExtensions = 1024;
// What 32 bits can point to. A kernel's table is smaller.
constexpr size_t kLargestImage = UINT32_MAX;

constexpr size_t kExtensionName = 30;
constexpr uint8_t kMatch = 0;
constexpr uint8_t kTarget = 1;

uint8_t* Extend(std::vector<uint8_t>& bytes, size_t size) {
  bytes.resize(bytes.size() + size);
  return bytes.data() + bytes.size() - size;
}
void StoreName(uint8_t* to, const char* name) { std::memcpy(to, name, strnlen(name, kChainNameSize - 1)); }

/** The kernel writes a name up to its NUL and leaves what stands behind it in libiptc's buffer as it was. */
void ClearBehindName(uint8_t* part) {
  auto* const name = reinterpret_cast<char*>(part + PartLayout::kName);
  const size_t length = strnlen(name, PartLayout::kNameSize);
  std::memset(name + length, 0, PartLayout::kNameSize - length);
}

}  // namespace

void Canonicalise(View entry, const EntryLayout& layout, Jump jump, uint8_t* to) {
  std::memcpy(to, entry.data, entry.size);
  const size_t target = TargetOffset(to, layout);
  for (size_t at = layout.header; at < target; at += Load<uint16_t>(to + at)) ClearBehindName(to + at);
  ClearBehindName(to + target);
  // On IPv6 the padding after comefrom goes with it.
  std::memset(to + layout.comefrom, 0, layout.counters - layout.comefrom);
  if (jump != kInEntry) Store<int32_t>(to + target + kVerdict, 0);
}

void TableDigest::AddRule(const uint8_t* canonical, size_t size, Jump jump) {
  digest_.Add(canonical, layout_.counters);
  digest_.Add(canonical + layout_.header, size - layout_.header);
  digest_.Add(static_cast<uint32_t>(jump));
}

void TableDigest::AddChain(const ChainFacts& chain) {
  uint8_t name[kChainNameSize] = {};
  StoreName(name, chain.name);
  digest_.Add(name, sizeof name);
  digest_.Add(uint64_t{chain.built_in} << 32 | static_cast<uint32_t>(chain.policy));
  digest_.Add(chain.rules);
}

ImageWriter::ImageWriter(Family family)
    : family_(family), layout_(LayoutOf(family)), size_(kHeaderSize), digest_(layout_) {}

Status ImageWriter::MakeRoom(size_t size) {
  if (size_ + size > kLargestImage) return Failure{EOVERFLOW, "image"};
  return pages_.Grow(size_ + size) ? Status() : Status(Failure{ENOMEM, "mmap"});
}

Status ImageWriter::AddRule(View entry, Jump jump) {
  if (!EntryIsSound(entry, layout_)) return Failure{EPROTO, "image"};
  const size_t target = TargetOffset(entry.data, layout_);
  if (jump != kInEntry && !IsStandardTarget(entry.data + target)) return Failure{EPROTO, "image"};
  if (auto failure = MakeRoom(entry.size)) return failure;
  uint8_t* const to = pages_.data() + size_;
  Canonicalise(entry, layout_, jump, to);
  digest_.AddRule(to, entry.size, jump);
  uint8_t* const index = Extend(index_, kIndexSize);
  Store(index, static_cast<uint32_t>(size_));
  Store(index + 4, jump);
  size_ += entry.size;
  return NoteExtensions(to, target, jump);
}

Status ImageWriter::NoteExtensions(const uint8_t* entry, size_t target, Jump jump) {
  for (size_t at = layout_.header; at < target; at += Load<uint16_t>(entry + at))
    if (auto failure = Note(entry + at, kMatch)) return failure;
  if (jump != kInEntry || IsStandardTarget(entry + target)) return std::nullopt;
  return Note(entry + target, kTarget);
}

Status ImageWriter::Note(const uint8_t* part, uint8_t kind) {
  uint8_t wanted[kExtensionSize] = {};
  const auto* const name = reinterpret_cast<const char*>(part + PartLayout::kName);
  std::memcpy(wanted, name, strnlen(name, PartLayout::kNameSize));
  wanted[kExtensionName] = kind;
  wanted[kExtensionName + 1] = part[PartLayout::kRevision];
  for (size_t at = 0; at < extensions_.size(); at += kExtensionSize)
    if (std::memcmp(extensions_.data() + at, wanted, kExtensionSize) == 0) return std::nullopt;
  if (extensions_.size() == kMostExtensions * kExtensionSize) return Failure{EOVERFLOW, "image"};
  extensions_.insert(extensions_.end(), wanted, wanted + kExtensionSize);
  return std::nullopt;
}

Status ImageWriter::AddChain(const ChainFacts& chain) {
  const size_t rules = index_.size() / kIndexSize;
  if (chain.rules > rules) return Failure{EPROTO, "image"};
  digest_.AddChain(chain);
  uint8_t* const to = Extend(chains_, kChainSize);
  StoreName(to, chain.name);
  Store<uint32_t>(to + 32, chain.built_in);
  Store(to + 36, chain.policy);
  Store(to + 40, chain.counters.packets);
  Store(to + 48, chain.counters.bytes);
  Store(to + 56, chain.references);
  Store(to + 60, static_cast<uint32_t>(rules) - chain.rules);
  Store(to + 64, chain.rules);
  return std::nullopt;
}

Result<Image> ImageWriter::Finish(const std::string& table) {
  const size_t entries_end = size_;
  for (const auto* directory : {&chains_, &extensions_, &index_}) {
    if (auto failure = MakeRoom(directory->size())) return *failure;
    if (!directory->empty()) std::memcpy(pages_.data() + size_, directory->data(), directory->size());
    size_ += directory->size();
  }
  uint8_t* const image = pages_.data();
  Store(image, kVersion);
  Store(image + 4, static_cast<uint32_t>(family_));
  StoreName(image + 8, table.c_str());
  const auto digest = digest_.Finish();
  std::memcpy(image + 40, digest.data(), digest.size());
  Store(image + 56, static_cast<uint32_t>(chains_.size() / kChainSize));
  Store(image + 60, static_cast<uint32_t>(index_.size() / kIndexSize));
  Store(image + 64, static_cast<uint32_t>(extensions_.size() / kExtensionSize));
  Store(image + 68, static_cast<uint32_t>(entries_end));
  return Image{std::move(pages_), {image, size_}};
}

}  // namespace rampart
