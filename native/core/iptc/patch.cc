#include "patch.h"

#include <cerrno>

namespace rampart {
namespace {

constexpr uint32_t kVersion = 2;
constexpr uint32_t kCompare = 1;
constexpr size_t kRecordHeader = 8;
constexpr size_t kHeaderPayload = 24;

constexpr Failure kBadPatch{EINVAL, "patch"};

/** The record at the beginning of `block`; its size is 0 if there is none. */
View RecordAt(View block) {
  if (block.size < kRecordHeader) return {};
  const size_t size = Load<uint32_t>(block.data + 4);
  if (size < kRecordHeader || size % 8 != 0 || size > block.size) return {};
  return {block.data, size};
}

bool CopyName(View payload, char (&to)[kChainNameSize]) {
  if (payload.size != kChainNameSize || !Terminated(payload.data, kChainNameSize) || payload.data[0] == 0)
    return false;
  std::memcpy(to, payload.data, kChainNameSize);
  return true;
}

/** libiptc takes longer names, which no jump can say; and from 30 characters on the kernel's end nowhere. */
bool MayBeNew(const char* chain) { return std::strlen(chain) < PartLayout::kNameSize; }

Counters LoadCounters(const uint8_t* from) { return {Load<uint64_t>(from), Load<uint64_t>(from + 8)}; }

/** libiptc takes verdicts by name, and an empty name for "no target" whatever the verdict. */
const char* VerdictName(int32_t verdict) {
  switch (verdict) {
    case 0:
      return "";
    case kAccept:
      return "ACCEPT";
    case kDrop:
      return "DROP";
    case kQueue:
      return "QUEUE";
    case kReturn:
      return "RETURN";
    default:
      return nullptr;
  }
}

}  // namespace

Result<PatchHeader> ReadHeader(View block) {
  const View record = RecordAt(block);
  if (record.size != kRecordHeader + kHeaderPayload || Load<uint32_t>(record.data) != 0) return kBadPatch;
  const uint8_t* const payload = record.data + kRecordHeader;
  const auto flags = Load<uint32_t>(payload + 4);
  if (Load<uint32_t>(payload) != kVersion || (flags & ~kCompare) != 0) return kBadPatch;
  return PatchHeader{(flags & kCompare) != 0, Load<Digest::Value>(payload + 8)};
}

Status PatchReader::Read(View block) {
  if (!begun_) {
    auto header = ReadHeader(block);
    if (!header.ok()) return header.failure();
    begun_ = true;
    block = {block.data + kRecordHeader + kHeaderPayload, block.size - kRecordHeader - kHeaderPayload};
  }
  while (block.size > 0) {
    const View record = RecordAt(block);
    Failure failure = kBadPatch;
    failure.index = operations_;
    if (record.size == 0) return failure;
    const auto op = static_cast<Op>(Load<uint32_t>(record.data));
    if (auto status = Record(op, {record.data + kRecordHeader, record.size - kRecordHeader})) {
      status->index = operations_;
      return status;
    }
    if (op > Op::kChain) operations_++;
    block = {block.data + record.size, block.size - record.size};
  }
  return std::nullopt;
}

Status PatchReader::Record(Op op, View payload) {
  const auto refuse_unless = [](bool sound) { return sound ? Status() : Status(kBadPatch); };
  if (op == Op::kPart) return refuse_unless(AddPart(payload));
  if (op == Op::kSeries) return refuse_unless(AddSeries(payload));
  if (op == Op::kChain) return refuse_unless(SelectChain(payload));
  Operation operation{op, chain_};
  if ((op != Op::kReset && chain_[0] == 0) || !Parse(payload, operation)) return kBadPatch;
  if (auto failure = sink_.Apply(operation)) return failure;
  if (op == Op::kRename) std::memcpy(chain_, to_, sizeof chain_);
  return std::nullopt;
}

bool PatchReader::AddPart(View payload) {
  if (!PartIsSound(payload) || Load<uint16_t>(payload.data) != payload.size) return false;
  if (!part_bytes_.Grow(part_size_ + payload.size)) return false;
  std::memcpy(part_bytes_.data() + part_size_, payload.data, payload.size);
  parts_.push_back({part_size_, payload.size});
  part_size_ += payload.size;
  return true;
}

bool PatchReader::AddSeries(View payload) {
  const size_t fixed = 8 + layout_.header;
  if (payload.size < fixed) return false;
  const size_t parts = Load<uint32_t>(payload.data), ranges = Load<uint32_t>(payload.data + 4);
  if (parts == 0 || parts > kLargestEntry || ranges > kLargestEntry ||
      payload.size != fixed + Align8(parts * 4) + ranges * 8)
    return false;
  if (!Assemble({payload.data + 8, layout_.header}, payload.data + fixed, parts)) return false;
  Series series{{entry_.data(), entry_.data() + entry_size_}, {}, 0};
  const uint8_t* const first = payload.data + fixed + Align8(parts * 4);
  for (const uint8_t* at = first; at < payload.data + payload.size; at += 8) {
    const Range range{Load<uint32_t>(at), Load<uint32_t>(at + 4)};
    if (!MayChange(series.entry.data(), range.offset, range.size)) return false;
    series.ranges.push_back(range);
    series.size += range.size;
  }
  series_.push_back(std::move(series));
  return true;
}

bool PatchReader::MayChange(const uint8_t* entry, size_t offset, size_t size) const {
  const auto within = [&](size_t from, size_t to) {
    return offset >= from && offset <= to && size <= to - offset;
  };
  if (within(0, layout_.target_offset) || within(layout_.counters, layout_.header)) return true;
  const size_t end = Load<uint16_t>(entry + layout_.next_offset);
  // The verdict of a standard target may be among them: its name is what libiptc goes by.
  for (size_t at = layout_.header, next; at < end; at = next) {
    next = at + Load<uint16_t>(entry + at);
    if (within(at + PartLayout::kHeader, next)) return true;
  }
  return false;
}

bool PatchReader::SelectChain(View payload) { return CopyName(payload, chain_); }

bool PatchReader::Parse(View payload, Operation& operation) {
  const auto load = [&](size_t at) { return Load<uint32_t>(payload.data + at); };
  switch (operation.op) {
    case Op::kCreate:
      return payload.size == 0 && MayBeNew(chain_);
    case Op::kReset:
    case Op::kDelete:
    case Op::kFlush:
    case Op::kZero:
      return payload.size == 0;
    case Op::kRename:
      operation.to = to_;
      return CopyName(payload, to_) && MayBeNew(to_);
    case Op::kPolicy:
      if (payload.size != 24) return false;
      operation.policy = Load<int32_t>(payload.data);
      operation.has_counters = load(4) != 0;
      operation.counters = LoadCounters(payload.data + 8);
      return operation.policy == kAccept || operation.policy == kDrop;
    case Op::kAgain:
      return ParseAgain(payload, operation);
    case Op::kAppend:
    case Op::kInsert:
    case Op::kReplace:
      return ParseRule(payload, operation);
    case Op::kRemove:
      if (payload.size != 8) return false;
      operation.position = load(0);
      operation.count = load(4);
      return true;
    case Op::kCounters:
      if (payload.size != 24) return false;
      operation.position = load(0);
      operation.counters = LoadCounters(payload.data + 8);
      return true;
    case Op::kZeroRule:
      if (payload.size != 8) return false;
      operation.position = load(0);
      return true;
    default:
      return false;
  }
}

bool PatchReader::ParseRule(View payload, Operation& operation) {
  const size_t fixed = 8 + layout_.header;
  if (payload.size < fixed) return false;
  const bool append = operation.op == Op::kAppend;
  operation.position = append ? 0 : Load<uint32_t>(payload.data);
  const size_t count = Load<uint32_t>(payload.data + (append ? 0 : 4));
  if (count == 0 || count > kLargestEntry || payload.size != fixed + Align8(count * 4)) return false;
  if (!Assemble({payload.data + 8, layout_.header}, payload.data + fixed, count)) return false;
  operation.entry = {entry_.data(), entry_size_};
  return true;
}

bool PatchReader::ParseAgain(View payload, Operation& operation) {
  if (payload.size < 8) return false;
  const size_t id = Load<uint32_t>(payload.data);
  if (id >= series_.size()) return false;
  auto& series = series_[id];
  if (payload.size != 8 + Align8(series.size)) return false;
  const uint8_t* from = payload.data + 8;
  for (const auto& range : series.ranges) {
    std::memcpy(series.entry.data() + range.offset, from, range.size);
    from += range.size;
  }
  operation.entry = {series.entry.data(), series.entry.size()};
  return true;
}

bool PatchReader::Assemble(View header, const uint8_t* ids, size_t count) {
  std::memcpy(entry_.data(), header.data, header.size);
  size_t at = header.size, target = 0;
  for (size_t i = 0; i < count; i++) {
    const size_t id = Load<uint32_t>(ids + i * 4);
    if (id >= parts_.size() || parts_[id].size > kLargestEntry - at) return false;
    target = at;
    std::memcpy(entry_.data() + at, part_bytes_.data() + parts_[id].offset, parts_[id].size);
    at += parts_[id].size;
  }
  Store(entry_.data() + layout_.target_offset, static_cast<uint16_t>(target));
  Store(entry_.data() + layout_.next_offset, static_cast<uint16_t>(at));
  Store<uint32_t>(entry_.data() + layout_.comefrom, 0);
  entry_size_ = at;
  return FinishTarget(entry_.data() + target);
}

bool PatchReader::FinishTarget(uint8_t* target) const {
  auto* const name = reinterpret_cast<char*>(target + PartLayout::kName);
  // The kernel's own mark for the beginning of a chain; as a target it would cut a chain in two.
  if (std::strcmp(name, "ERROR") == 0) return false;
  if (*name != 0) return true;
  if (Load<uint16_t>(target) != kStandardTargetSize) return false;
  const char* const verdict = VerdictName(Load<int32_t>(target + kVerdict));
  if (verdict == nullptr) return false;
  std::strcpy(name, verdict);
  return true;
}

}  // namespace rampart
