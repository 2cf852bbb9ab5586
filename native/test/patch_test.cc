#include "../core/iptc/patch.h"

#include <cerrno>
#include <memory>

#include "check.h"
#include "patch_builder.h"

namespace rampart::test {
namespace {

/** Looks at each operation as libiptc would get it, and keeps the entries. */
class Recorder : public PatchSink {
 public:
  Status Apply(const Operation& operation) override {
    if (operation.entry.data != nullptr) {
      Check(EntryIsSound(operation.entry, LayoutOf(Family::kIpv4)), "the entry is sound");
      Equal(reinterpret_cast<uintptr_t>(operation.entry.data) % 8, 0u);
      entries.emplace_back(operation.entry.data, operation.entry.data + operation.entry.size);
    }
    operations++;
    return std::nullopt;
  }
  int operations = 0;
  std::vector<Bytes> entries;
};

Status ReadAll(const Bytes& bytes, Recorder& recorder) {
  const auto reader = std::make_unique<PatchReader>(Family::kIpv4, recorder);
  return reader->Read({bytes.data(), bytes.size()});
}
void Refuses(const PatchBuilder& patch, int32_t index, const char* file = __builtin_FILE(),
             int line = __builtin_LINE()) {
  Recorder recorder;
  Fails(ReadAll(patch.bytes(), recorder), EINVAL, "patch", index, file, line);
}

/** As far as the first operation that may be refused. */
PatchBuilder Begun() {
  PatchBuilder patch;
  patch.Header().AddPart(Verdict(kAccept)).Chain("INPUT");
  return patch;
}

const Test kAssembly("an entry is its header and its parts, with verdicts by name", [] {
  Recorder recorder;
  Fine(ReadAll(PatchBuilder()
                   .Header()
                   .AddPart(Part("tcp", Bytes(16), 3))
                   .AddPart(Verdict(kDrop))
                   .Chain("INPUT")
                   .Append({0, 0, 1}, {5, 6})
                   .bytes(),
               recorder));
  if (!Equal(recorder.entries.size(), 1u)) return;
  const uint8_t* const entry = recorder.entries[0].data();
  Equal(recorder.entries[0].size(), 112u + 48 + 48 + 40);
  const auto& layout = LayoutOf(Family::kIpv4);
  Equal(TargetOffset(entry, layout), 112u + 96);
  Equal(Load<uint64_t>(entry + layout.counters + 8), 6u);
  Equal(entry[112 + 48 + PartLayout::kRevision], 3);
  Equal(std::string(reinterpret_cast<const char*>(entry + 208 + PartLayout::kName)), "DROP");
});

const Test kSeries("the rules of a series are one rule with other bytes in its ranges", [] {
  Recorder recorder;
  Fine(ReadAll(Begun()
                   .AddPart(Part("mark", Bytes(16, 1)))
                   .Series({1, 0}, {{0, 4}, {96, 16}, {112 + 32, 16}, {112 + 48 + 32, 8}})
                   .Again(0, Bytes(44, 7))
                   .Again(0, Bytes(44, 9))
                   .bytes(),
               recorder));
  Equal(recorder.operations, 2);
  if (!Equal(recorder.entries.size(), 2u)) return;
  for (size_t i = 0; i < 2; i++) {
    const Bytes& entry = recorder.entries[i];
    const uint8_t value = i == 0 ? 7 : 9;
    for (const size_t at : {0, 3, 96, 111, 144, 159, 192, 199}) Equal(entry[at], value);
    for (const size_t at : {4, 95}) Equal(entry[at], 0);
    Equal(std::string(reinterpret_cast<const char*>(entry.data() + 160 + PartLayout::kName)), "ACCEPT");
  }
});

const Test kSeriesOfNone("series that are none", [] {
  // What the entry is walked by must stay.
  const std::vector<PatchBuilder::Range> ranges[] = {
      {{86, 4}},  {{88, 2}},  {{90, 6}},  {{92, 4}},    {{92, 8}},         {{96, 17}},       {{112, 2}},
      {{143, 2}}, {{144, 9}}, {{152, 1}}, {{65535, 1}}, {{4, 0xffffffff}}, {{0xffffffff, 4}}};
  for (const auto& some : ranges) Refuses(Begun().Series({0}, some), 0);
  Refuses(Begun().Series({}, {}), 0);
  Refuses(Begun().Series({1}, {}), 0);
  Refuses(Begun().Again(0, {}), 0);
  for (const size_t size : {0u, 8u, 24u}) Refuses(Begun().Series({0}, {{0, 16}}).Again(0, Bytes(size)), 0);
  for (const uint32_t id : {1u, 0xffffffffu}) Refuses(Begun().Series({0}, {{0, 8}}).Again(id, Bytes(8)), 0);
  for (const uint32_t count : {0u, 2u, 0x20000000u, 0xffffffffu}) {
    Bytes series(8 + 112 + 8 + 8);
    Store(series.data(), uint32_t{1});
    Store(series.data() + 4, count);
    Refuses(Begun().Record(Op::kSeries, series), 0);
  }
});

const Test kHeaders("a patch without its header is none", [] {
  Refuses(PatchBuilder(), -1);
  Refuses(PatchBuilder().Chain("INPUT"), -1);
  Refuses(PatchBuilder().Raw(Bytes(32)), -1);
  Refuses(PatchBuilder().Record(Op::kHeader, Bytes(24)), -1);
  Bytes other_version = Word(1), unknown_flag = Word(2);
  Store(unknown_flag.data() + 4, uint32_t{2});
  other_version.resize(24);
  unknown_flag.resize(24);
  Refuses(PatchBuilder().Record(Op::kHeader, other_version), -1);
  Refuses(PatchBuilder().Record(Op::kHeader, unknown_flag), -1);
  Refuses(PatchBuilder().Header().Header(), 0);
  Recorder recorder;
  Fine(ReadAll(PatchBuilder().Header().bytes(), recorder));
  Equal(recorder.operations, 0);
});

const Test kRecords("records that do not fill their bytes", [] {
  for (const uint32_t length : {0u, 7u, 12u, 16u, 24u, 0xfffffff8u}) {
    Bytes record = Word(static_cast<uint32_t>(Op::kFlush));
    Store(record.data() + 4, length);
    Refuses(Begun().Plain(Op::kFlush).Raw(record), 1);
  }
  Refuses(Begun().Raw(Bytes(4)), 0);
  for (const uint32_t op : {18u, 19u, 0x80000000u, 0xffffffffu}) Refuses(Begun().Record(Op{op}, {}), 0);
  // Every operation with a payload that is too small or too large for it.
  for (uint32_t op = 0; op < 18; op++)
    for (const size_t size : {0u, 8u, 16u, 24u, 40u, 112u, 120u, 4096u}) {
      Recorder recorder;
      const auto status = ReadAll(Begun().Record(Op{op}, Bytes(size)).bytes(), recorder);
      if (status) Fails(status, EINVAL, "patch", 0);
    }
});

const Test kCut("a patch that was cut off anywhere", [] {
  const Bytes whole = Begun().Append({0}).Policy(kDrop).Rename("x").bytes();
  for (size_t size = 0; size < whole.size(); size++) {
    Recorder recorder;
    // A copy of its own, so that a read behind its end does not go unnoticed.
    const Bytes cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(size));
    const auto status = ReadAll(cut, recorder);
    if (status) Fails(status, EINVAL, "patch", status->index);
  }
});

const Test kParts("parts that lie about their size or name", [] {
  Bytes part = Verdict(kAccept);
  for (const uint16_t size : {0, 8, 24, 31, 33, 44, 48, 65535}) {
    Store(part.data(), size);
    Refuses(PatchBuilder().Header().AddPart(part), 0);
  }
  Refuses(PatchBuilder().Header().AddPart({}), 0);
  Refuses(PatchBuilder().Header().AddPart(Part(std::string(29, 'n'), Bytes(8))), 0);
  // A part of more than a rule's size: fine by itself, but no rule takes it.
  Refuses(PatchBuilder().Header().AddPart(Part("big", Bytes(65496))).Chain("INPUT").Append({0}), 0);
});

const Test kRules("rules that are none", [] {
  Refuses(Begun().Append({}), 0);
  Refuses(Begun().Append({1}), 0);
  Refuses(Begun().Append({0xffffffff}), 0);
  Refuses(Begun().Append(std::vector<uint32_t>(2000, 0)), 0);
  Refuses(PatchBuilder().Header().AddPart(Verdict(kAccept)).Append({0}), 0);
  for (const int32_t verdict : {1, 112, -3, -6, INT32_MIN, INT32_MAX})
    Refuses(PatchBuilder().Header().AddPart(Verdict(verdict)).Chain("INPUT").Append({0}), 0);
  // Targets that libiptc or the kernel take for something else.
  Refuses(PatchBuilder().Header().AddPart(Part("", Bytes(16))).Chain("INPUT").Append({0}), 0);
  Refuses(PatchBuilder().Header().AddPart(Part("", {})).Chain("INPUT").Append({0}), 0);
  Refuses(PatchBuilder().Header().AddPart(Part("ERROR", Bytes(32))).Chain("INPUT").Append({0}), 0);
  // The count says less, or more, than there are.
  for (const uint32_t count : {0u, 3u, 5u, 0x40000000u, 0xffffffffu}) {
    Bytes rule(8 + 112 + 8);
    Store(rule.data(), count);
    Refuses(Begun().Record(Op::kAppend, rule), 0);
  }
});

const Test kPolicies("policies that are none, names that do not end", [] {
  for (const int32_t verdict : {0, 1, kReturn, kQueue, INT32_MIN}) Refuses(Begun().Policy(verdict), 0);
  Refuses(Begun().Named(Op::kChain, std::string(32, 'x')), 0);
  Refuses(Begun().Named(Op::kChain, ""), 0);
  Refuses(Begun().Rename(std::string(32, 'x')), 0);
  Refuses(Begun().Create(std::string(29, 'x')), 0);
});

const Test kBlocks("a patch in blocks is the patch in one", [] {
  const PatchBuilder patch = Begun().Append({0}).Plain(Op::kFlush);
  Blocks blocks = patch.Build();
  Equal(blocks.count(), 5u);
  Equal(blocks.size(), patch.bytes().size());
  Recorder recorder;
  const auto reader = std::make_unique<PatchReader>(Family::kIpv4, recorder);
  for (; blocks.count() > 0; blocks.PopFront()) Fine(reader->Read(blocks.at(0)));
  Equal(recorder.operations, 2);
  Equal(blocks.size(), 0u);
  Check(blocks.Push({nullptr, 0}) && blocks.count() == 0, "a block of nothing is none");
});

}  // namespace
}  // namespace rampart::test
