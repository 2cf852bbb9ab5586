#include "patch_builder.h"

#include "../core/iptc/writer.h"
#include "check.h"

namespace rampart::test {
namespace {

template <typename T>
void Put(Bytes& to, T value) {
  to.resize(to.size() + sizeof value);
  Store(to.data() + to.size() - sizeof value, value);
}
void Put(Bytes& to, const Counters& counters) {
  Put(to, counters.packets);
  Put(to, counters.bytes);
}
void Put(Bytes& to, const Bytes& bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

}  // namespace

Bytes Part(const std::string& name, const Bytes& info, uint8_t revision) {
  Bytes part(PartLayout::kHeader);
  Store(part.data(), static_cast<uint16_t>(PartLayout::kHeader + info.size()));
  std::memcpy(part.data() + PartLayout::kName, name.data(), std::min(name.size(), PartLayout::kNameSize));
  part[PartLayout::kRevision] = revision;
  Put(part, info);
  return part;
}

Bytes Word(uint32_t value) {
  Bytes word;
  Put(word, value);
  Put(word, uint32_t{0});
  return word;
}

Bytes Verdict(int32_t verdict) { return Part("", Word(static_cast<uint32_t>(verdict))); }
Bytes JumpTo(const std::string& chain) { return Part(chain, Word(0)); }

Status CommitTable(Family family, const std::string& table, Blocks patch) {
  return TableWriter(family, table).Commit(std::move(patch));
}

PatchBuilder& PatchBuilder::Header() {
  Bytes payload = Word(2);
  payload.resize(24);
  return Record(Op::kHeader, payload);
}

PatchBuilder& PatchBuilder::HeaderOn(const Digest::Value& digest) {
  Bytes payload;
  Put(payload, uint32_t{2});
  Put(payload, uint32_t{1});
  Put(payload, digest);
  return Record(Op::kHeader, payload);
}

PatchBuilder& PatchBuilder::Policy(int32_t verdict) {
  Bytes payload = Word(static_cast<uint32_t>(verdict));
  payload.resize(24);
  return Record(Op::kPolicy, payload);
}

PatchBuilder& PatchBuilder::Policy(int32_t verdict, Counters counters) {
  Bytes payload;
  Put(payload, verdict);
  Put(payload, uint32_t{1});
  Put(payload, counters);
  return Record(Op::kPolicy, payload);
}

PatchBuilder& PatchBuilder::Append(const std::vector<uint32_t>& parts, Counters counters) {
  return Rule(Op::kAppend, static_cast<uint32_t>(parts.size()), 0, parts, counters);
}
PatchBuilder& PatchBuilder::Insert(uint32_t position, const std::vector<uint32_t>& parts) {
  return Rule(Op::kInsert, position, static_cast<uint32_t>(parts.size()), parts, {});
}
PatchBuilder& PatchBuilder::Replace(uint32_t position, const std::vector<uint32_t>& parts) {
  return Rule(Op::kReplace, position, static_cast<uint32_t>(parts.size()), parts, {});
}

PatchBuilder& PatchBuilder::Series(const std::vector<uint32_t>& parts, const std::vector<Range>& ranges) {
  Bytes payload;
  Put(payload, static_cast<uint32_t>(parts.size()));
  Put(payload, static_cast<uint32_t>(ranges.size()));
  payload.resize(payload.size() + layout_.header);
  for (const uint32_t id : parts) Put(payload, id);
  payload.resize(Align8(payload.size()));
  for (const Range& range : ranges) Put(payload, range);
  return Record(Op::kSeries, payload);
}
PatchBuilder& PatchBuilder::Again(uint32_t series, const Bytes& bytes) {
  Bytes payload = Word(series);
  Put(payload, bytes);
  payload.resize(Align8(payload.size()));
  return Record(Op::kAgain, payload);
}

PatchBuilder& PatchBuilder::Rule(Op op, uint32_t first, uint32_t second, const std::vector<uint32_t>& parts,
                                 Counters counters) {
  Bytes payload;
  Put(payload, first);
  Put(payload, second);
  Bytes entry(layout_.header);
  Store(entry.data() + layout_.counters, counters);
  Put(payload, entry);
  for (const uint32_t id : parts) Put(payload, id);
  payload.resize(Align8(payload.size()));
  return Record(op, payload);
}

PatchBuilder& PatchBuilder::Remove(uint32_t position, uint32_t count) {
  Bytes payload;
  Put(payload, position);
  Put(payload, count);
  return Record(Op::kRemove, payload);
}

PatchBuilder& PatchBuilder::SetCounters(uint32_t position, Counters counters) {
  Bytes payload = Word(position);
  Put(payload, counters);
  return Record(Op::kCounters, payload);
}

PatchBuilder& PatchBuilder::ZeroRule(uint32_t position) { return Record(Op::kZeroRule, Word(position)); }

PatchBuilder& PatchBuilder::Named(Op op, const std::string& name) {
  Bytes payload(kChainNameSize);
  std::memcpy(payload.data(), name.data(), std::min(name.size(), payload.size()));
  return Record(op, payload);
}

PatchBuilder& PatchBuilder::Record(Op op, const Bytes& payload) {
  Put(bytes_, static_cast<uint32_t>(op));
  Put(bytes_, static_cast<uint32_t>(8 + payload.size()));
  Put(bytes_, payload);
  return *this;
}

PatchBuilder& PatchBuilder::Raw(const Bytes& bytes) {
  Put(bytes_, bytes);
  return *this;
}

Blocks PatchBuilder::Build() const {
  Blocks patch;
  for (size_t at = 0; at < bytes_.size();) {
    const size_t left = bytes_.size() - at;
    const size_t said = left < 8 ? left : Load<uint32_t>(bytes_.data() + at + 4);
    const size_t size = said == 0 || said > left ? left : said;
    Check(patch.Push({bytes_.data() + at, size}), "there is memory for the patch");
    at += size;
  }
  return patch;
}

}  // namespace rampart::test
