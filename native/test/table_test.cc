#include "../core/iptc/table.h"

#include <cerrno>

#include "../core/iptc/writer.h"
#include "check.h"
#include "image_view.h"
#include "patch_builder.h"

namespace rampart::test {
namespace {

Status Commit(const PatchBuilder& patch, Family family = Family::kIpv4, const char* table = "filter") {
  return CommitTable(family, table, patch.Build());
}

/** What the kernel has, which must be there. */
struct Table {
  explicit Table(Family family = Family::kIpv4, const char* name = "filter")
      : image(Take(family, name)), view(image.bytes) {}

  Image image;
  ImageView view;

 private:
  static Image Take(Family family, const char* name) {
    auto table = ReadTable(family, name);
    if (!Fine(StatusOf(table)) || !Check(table.value().has_value(), "the table exists")) std::abort();
    return std::move(*table.value());
  }
};

PatchBuilder Patch(Family family = Family::kIpv4) {
  PatchBuilder patch(family);
  patch.Header();
  return patch;
}

const char* const kEmpty = "INPUT ACCEPT:; FORWARD ACCEPT:; OUTPUT ACCEPT:";

const Test kAbsent("a read makes no table", [] {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    for (int i = 0; i < 2; i++) {
      auto table = ReadTable(family, "filter");
      if (Fine(StatusOf(table))) Check(!table.value().has_value(), "there is no table");
    }
    auto names = TableNames(family);
    if (Fine(StatusOf(names))) Equal(names.value(), "");
  }
});

const Test kFirst("a commit of nothing makes an empty table", [] {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    Fine(Commit(Patch(family), family));
    const Table table(family);
    Equal(table.view.Describe(), kEmpty);
    Equal(table.view.table(), "filter");
    Equal(table.view.extensions().size(), 0u);
    Equal(TableNames(family).value(), "filter\n");
  }
});

const Test kNoSuchTable("a table that the kernel does not know", [] {
  // ENOPROTOOPT is what iptables' own "do you need to insmod?" is made of.
  const auto status = CommitTable(Family::kIpv4, "nonsense", Patch().Build());
  Check(status && (status->error == ENOENT || status->error == ENOPROTOOPT), "it is not known");
  Fails(CommitTable(Family::kIpv4, std::string(100, 'x'), Patch().Build()), EINVAL, "iptc_init");
  auto table = ReadTable(Family::kIpv4, "nonsense");
  Check(table.ok() && !table.value(), "it reads as absent");
});

const Test kWhole("every operation, on both families", [] {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    Fine(Commit(Patch(family)
                    .AddPart(Verdict(kAccept))                                                           // 0
                    .AddPart(Verdict(kDrop))                                                             // 1
                    .AddPart(Verdict(0))                                                                 // 2
                    .AddPart(Verdict(kReturn))                                                           // 3
                    .AddPart(JumpTo("foo"))                                                              // 4
                    .AddPart(Part("mark", {0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0}, 1))  // 5
                    .Create("foo")
                    .Chain("INPUT")
                    .Policy(kDrop, {7, 900})
                    .Append({4}, {3, 200})
                    .Append({5, 0})
                    .Append({2})
                    .Insert(0, {3})
                    .Chain("foo")
                    .Append({1})
                    .Append({3})
                    .Chain("OUTPUT")
                    .Append({0}),
                family));
    {
      const Table table(family);
      Equal(table.view.Describe(),
            "INPUT DROP: -5 >foo -2 -; FORWARD ACCEPT:; OUTPUT ACCEPT: -2; foo: -1 -5");
      Equal(table.view.chain("foo").references, 1u);
      Equal(table.view.chain("INPUT").counters.bytes, 900u);
      Equal(table.view.counters(1).packets, 3u);
      Equal(table.view.counters(1).bytes, 200u);
      if (Equal(table.view.extensions().size(), 1u)) Equal(table.view.extensions()[0], "match mark 1");
    }
    Fine(Commit(Patch(family)
                    .AddPart(Verdict(kDrop))
                    .AddPart(JumpTo("bar"))
                    .Chain("foo")
                    .Rename("bar")
                    .Append({0})
                    .ZeroRule(0)
                    .Chain("INPUT")
                    .Replace(0, {1})
                    .Remove(2, 2)
                    .SetCounters(0, {11, 12})
                    .Chain("OUTPUT")
                    .Plain(Op::kFlush),
                family));
    {
      const Table table(family);
      Equal(table.view.Describe(), "INPUT DROP: >bar >bar; FORWARD ACCEPT:; OUTPUT ACCEPT:; bar: -1 -5 -1");
      Equal(table.view.counters(0).bytes, 12u);
      Equal(table.view.counters(1).packets, 3u);
    }
    Fine(Commit(Patch(family).Chain("INPUT").Plain(Op::kZero), family));
    {
      const Table table(family);
      Equal(table.view.counters(0).bytes, 0u);
      Equal(table.view.chain("INPUT").counters.packets, 0u);
    }
    Fine(Commit(Patch(family).Chain("INPUT").Policy(kDrop, {5, 5}), family));
    Fine(Commit(Patch(family).Plain(Op::kReset), family));
    const Table table(family);
    Equal(table.view.Describe(), "INPUT DROP:; FORWARD ACCEPT:; OUTPUT ACCEPT:");
    Equal(table.view.chain("INPUT").counters.packets, 0u);
  }
});

const Test kRuns("a run of rules is removed from either end", [] {
  for (const uint32_t position : {0u, 3u, 60u, 70u}) {
    PatchBuilder patch = Patch();
    patch.AddPart(Verdict(kAccept)).Chain("INPUT").Plain(Op::kFlush);
    for (uint64_t i = 0; i < 100; i++) patch.Append({0}, {i, i});
    Fine(Commit(patch));
    Fine(Commit(Patch().Chain("INPUT").Remove(position, 30)));
    const Table table;
    if (!Equal(table.view.rules().size(), 70u)) continue;
    for (size_t i = 0; i < 70; i++) Equal(table.view.counters(i).packets, i < position ? i : i + 30);
  }
});

const Test kAgain("a series is rules like others", [] {
  for (const Family family : {Family::kIpv4, Family::kIpv6}) {
    const auto counters = static_cast<uint32_t>(LayoutOf(family).counters);
    const auto of = [](uint8_t packets) {
      Bytes bytes(16);
      bytes[0] = packets;
      return bytes;
    };
    Fine(Commit(Patch(family)
                    .AddPart(Verdict(kAccept))
                    .AddPart(JumpTo("foo"))
                    .Create("foo")
                    .Chain("INPUT")
                    .Series({0}, {{counters, 16}})
                    .Series({1}, {{counters, 16}})
                    .Again(1, of(5))
                    .Again(0, of(6))
                    .Again(1, of(7)),
                family));
    const Table table(family);
    Equal(table.view.Describe(), "INPUT ACCEPT: >foo -2 >foo; FORWARD ACCEPT:; OUTPUT ACCEPT:; foo:");
    for (uint64_t i = 0; i < 3; i++) Equal(table.view.counters(i).packets, 5 + i);
  }
});

const Test kLive("what a patch does not touch keeps its counters", [] {
  Fine(Commit(
      Patch().AddPart(Verdict(kAccept)).Chain("OUTPUT").Append({0}, {1000, 1}).Append({0}, {2000, 2})));
  Fine(Commit(Patch().AddPart(Verdict(kDrop)).Chain("OUTPUT").Insert(1, {0}).Chain("INPUT").Append({0})));
  const Table table;
  Equal(table.view.Describe(), "INPUT ACCEPT: -1; FORWARD ACCEPT:; OUTPUT ACCEPT: -2 -1 -2");
  Equal(table.view.counters(1).packets, 1000u);
  Equal(table.view.counters(3).packets, 2000u);
});

const Test kStale("a commit on another table than the one that was read changes nothing", [] {
  Fine(Commit(Patch().AddPart(Verdict(kAccept)).Create("foo").Append({0})));
  const auto digest = Table().view.digest();
  const auto on_it = [&] {
    PatchBuilder patch;
    return patch.HeaderOn(digest).Chain("INPUT").Policy(kDrop);
  };
  // Counters do not make another table.
  Fine(Commit(Patch().Chain("foo").SetCounters(0, {5, 5})));
  Check(Table().view.digest() == digest, "the digest knows no counters");
  Fine(Commit(on_it()));
  Fails(Commit(on_it()), ESTALE, "compare");
  Fine(Commit(Patch().Chain("INPUT").Policy(kAccept)));
  Check(Table().view.digest() == digest, "the digest comes back with the rules");
  // A jump that only has another destination; a verdict; a name; an order.
  Fine(Commit(Patch().AddPart(JumpTo("foo")).Create("bar").Chain("INPUT").Append({0})));
  const auto jump = Table().view.digest();
  Fine(Commit(Patch().AddPart(JumpTo("bar")).Chain("INPUT").Replace(0, {0})));
  Check(Table().view.digest() != jump, "the digest knows destinations");
  Fails(Commit(on_it()), ESTALE, "compare");
  Equal(Table().view.chain("INPUT").policy, kAccept);
});

const Test kIndex("a refusal says which operation, and nothing of the patch stays", [] {
  const auto good = [] { return Patch().AddPart(Verdict(kAccept)).AddPart(JumpTo("nowhere")).Create("foo"); };
  Fails(Commit(good().Create("foo")), EEXIST, "iptc_create_chain", 1);
  // What is no chain might be a target that the kernel has, so only the kernel can tell.
  Fails(Commit(good().Append({0}).Append({1})), ENOENT, "iptc_commit");
  Fails(Commit(good().Chain("nope").Append({0})), ENOENT, "iptc_append_entry", 1);
  Fails(Commit(good().Insert(1, {0})), E2BIG, "iptc_insert_entry", 1);
  Fails(Commit(good().Replace(0, {0})), E2BIG, "iptc_replace_entry", 1);
  Fails(Commit(good().Remove(0)), E2BIG, "iptc_delete_num_entry", 1);
  Fails(Commit(good().Remove(4000000000, 4000000000)), E2BIG, "iptc_delete_num_entry", 1);
  Fails(Commit(good().SetCounters(0, {})), E2BIG, "iptc_set_counter", 1);
  Fails(Commit(good().ZeroRule(4)), E2BIG, "iptc_zero_counter", 1);
  Fails(Commit(good().Policy(kDrop)), ENOENT, "iptc_set_policy", 1);
  Fails(Commit(good().Append({0}).Plain(Op::kDelete)), ENOTEMPTY, "iptc_delete_chain", 2);
  Fails(Commit(good().Rename("INPUT")), EEXIST, "iptc_rename_chain", 1);
  Fails(Commit(good().Chain("INPUT").Plain(Op::kDelete)), EINVAL, "iptc_delete_chain", 1);
  Fails(Commit(good().Rename("bar").Rename("DROP")), EEXIST, "iptc_rename_chain", 2);
  Equal(Table().view.Describe(), kEmpty);
});

const Test kBuiltIn("a rule cannot jump to a built-in chain", [] {
  for (const char* chain : {"INPUT", "FORWARD", "OUTPUT"}) {
    const auto begun = [&] { return Patch().AddPart(JumpTo(chain)).AddPart(Verdict(kDrop)).Create("foo"); };
    Fails(Commit(begun().Append({0})), EINVAL, "patch", 1);
    Fails(Commit(begun().Append({1}).Insert(0, {0})), EINVAL, "patch", 2);
    Fails(Commit(begun().Append({1}).Replace(0, {0})), EINVAL, "patch", 2);
    Fails(Commit(begun().Series({0}, {}).Append({1}).Again(0, {})), EINVAL, "patch", 2);
  }
  // In the filter table that is a chain like any other.
  Fine(Commit(Patch().AddPart(JumpTo("PREROUTING")).Create("PREROUTING").Chain("INPUT").Append({0})));
  Equal(Table().view.Describe(), "INPUT ACCEPT: >PREROUTING; FORWARD ACCEPT:; OUTPUT ACCEPT:; PREROUTING:");
});

const Test kKernelRefuses("what the kernel refuses has no operation and was not applied", [] {
  auto status = Commit(
      Patch().AddPart(Part("nosuchmatch", {})).AddPart(Verdict(kAccept)).Chain("INPUT").Append({0, 1}));
  Fails(status, ENOENT, "iptc_commit");
  Check(status && !status->applied, "it was not applied");
  // A loop: foo jumps to bar jumps to foo, reached from INPUT.
  status = Commit(Patch()
                      .AddPart(JumpTo("foo"))
                      .AddPart(JumpTo("bar"))
                      .Create("foo")
                      .Create("bar")
                      .Append({0})
                      .Chain("foo")
                      .Append({1})
                      .Chain("INPUT")
                      .Append({0}));
  Fails(status, ELOOP, "iptc_commit");
  Check(status && !status->applied, "it was not applied");
  Equal(Table().view.Describe(), kEmpty);
});

const Test kNames("names of chains as long as they may be, and longer", [] {
  const std::string longest(28, 'c');
  Fine(Commit(Patch().AddPart(JumpTo(longest)).Create(longest).Chain("INPUT").Append({0})));
  Equal(Table().view.Describe(),
        "INPUT ACCEPT: >" + longest + "; FORWARD ACCEPT:; OUTPUT ACCEPT:; " + longest + ":");
  for (const size_t size : {29u, 30u, 31u}) {
    Fails(Commit(Patch().Create(std::string(size, 'd'))), EINVAL, "patch", 0);
    Fails(Commit(Patch().Create("e").Rename(std::string(size, 'd'))), EINVAL, "patch", 1);
  }
});

const Test kPieces("a patch in pieces is one commit, whatever happens meanwhile", [] {
  Fine(Commit(Patch().AddPart(Verdict(kAccept)).Chain("INPUT").Append({0})));
  const auto digest = Table().view.digest();
  const auto piece = [](const PatchBuilder& patch) { return patch.Build(); };
  {
    TableWriter writer(Family::kIpv4, "filter");
    PatchBuilder first;
    Fine(writer.Apply(piece(first.HeaderOn(digest).AddPart(Verdict(kDrop)))));
    Fine(writer.Apply(piece(PatchBuilder().Chain("INPUT").Append({0}))));
    Fine(writer.Apply({}));
    // What others do in the meantime is lost, as with iptables-restore: the lock is the caller's.
    Equal(Table().view.Describe(), "INPUT ACCEPT: -2; FORWARD ACCEPT:; OUTPUT ACCEPT:");
    Fine(writer.Commit(piece(PatchBuilder().Append({0}))));
    Equal(Table().view.Describe(), "INPUT ACCEPT: -2 -1 -1; FORWARD ACCEPT:; OUTPUT ACCEPT:");
    Fails(writer.Commit({}), EINVAL, "patch");
    Fails(writer.Apply({}), EINVAL, "patch");
  }
  {
    TableWriter writer(Family::kIpv4, "filter");
    PatchBuilder stale;
    Fails(writer.Apply(piece(stale.HeaderOn(digest))), ESTALE, "compare");
    Fails(writer.Commit(piece(PatchBuilder().Plain(Op::kReset))), ESTALE, "compare");
  }
  {
    TableWriter writer(Family::kIpv4, "filter");
    Fine(writer.Apply(piece(Patch().Plain(Op::kReset))));
    Fails(writer.Apply(piece(PatchBuilder().Chain("nope").Plain(Op::kFlush))), ENOENT, "iptc_flush_entries",
          1);
    Fails(writer.Commit({}), ENOENT, "iptc_flush_entries", 1);
  }
  {
    TableWriter writer(Family::kIpv4, "filter");
    Fine(writer.Apply(piece(Patch().Plain(Op::kReset))));
    Free(writer.End());
    Fails(writer.Commit({}), EINVAL, "patch");
  }
  Fails(TableWriter(Family::kIpv4, "filter").Commit({}), EINVAL, "patch");
  Equal(Table().view.Describe(), "INPUT ACCEPT: -2 -1 -1; FORWARD ACCEPT:; OUTPUT ACCEPT:");
});

const Test kPiecesOfNone("pieces make no table, the commit does", [] {
  TableWriter writer(Family::kIpv4, "filter");
  Fine(writer.Apply(Patch().AddPart(Verdict(kDrop)).Chain("INPUT").Build()));
  Fine(writer.Apply(PatchBuilder().Append({0}).Build()));
  Equal(TableNames(Family::kIpv4).value(), "");
  Fine(writer.Commit(PatchBuilder().Append({0}).Build()));
  Equal(Table().view.Describe(), "INPUT ACCEPT: -1 -1; FORWARD ACCEPT:; OUTPUT ACCEPT:");
});

const Test kLarge("a table of 20000 rules in many blocks", [] {
  PatchBuilder patch = Patch();
  patch.AddPart(Verdict(kAccept)).AddPart(JumpTo("foo")).Create("foo");
  for (int i = 0; i < 10000; i++) patch.Append({0});
  patch.Chain("INPUT");
  for (int i = 0; i < 10000; i++) patch.Append({1});
  Fine(Commit(patch));
  const Table table;
  Equal(table.view.rules().size(), 20000u);
  Equal(table.view.chain("foo").references, 10000u);
  Fine(Commit(Patch().Chain("INPUT").Remove(1, 9999).Chain("foo").Remove(0, 9999)));
  Equal(Table().view.Describe(), "INPUT ACCEPT: >foo; FORWARD ACCEPT:; OUTPUT ACCEPT:; foo: -2");
});

const Test kOthers("other tables, other chains", [] {
  Fine(Commit(Patch().AddPart(Verdict(kAccept)).Chain("POSTROUTING").Append({0}), Family::kIpv4, "nat"));
  Equal(Table(Family::kIpv4, "nat").view.Describe(),
        "PREROUTING ACCEPT:; INPUT ACCEPT:; OUTPUT ACCEPT:; POSTROUTING ACCEPT: -2");
  Equal(TableNames(Family::kIpv4).value(), "nat\n");
});

}  // namespace
}  // namespace rampart::test
