#include "../core/iptc/table.h"

#include <sched.h>

#include <memory>

#include "../core/iptc/writer.h"
#include "model.h"
#include "table_script.h"
#include "targets.h"

namespace rampart::fuzz {
namespace {

using test::Check;
using test::CommitTable;
using test::Fine;
using test::PatchBuilder;

/** What each patch finds: jumps, counters, a chain that nobody jumps to. */
PatchBuilder Before(Family family) {
  PatchBuilder patch(family);
  patch.Header().AddPart(test::Verdict(kAccept)).AddPart(test::JumpTo("web")).Plain(Op::kReset);
  for (const char* chain : {"FORWARD", "OUTPUT", "INPUT"}) patch.Chain(chain).Policy(kAccept, {11, 12});
  patch.Create("old").Append({0}, {13, 14}).Create("web").Append({0}, {15, 16}).Append({0}, {17, 18});
  return patch.Chain("INPUT").Append({1}, {19, 20}).Append({0}, {21, 22}).Append({1});
}

/** Hands the model what libiptc would get. */
Status Foresee(PatchReader& reader, const PatchBuilder& patch) {
  return reader.Read({patch.bytes().data(), patch.bytes().size()});
}

/** Record by record. */
Status CommitInPieces(Family family, const PatchBuilder& patch) {
  TableWriter writer(family, "filter");
  for (Blocks all = patch.Build(); all.count() > 0; all.PopFront()) {
    Blocks piece;
    Check(piece.Push(all.at(0)), "there is memory for the piece");
    if (auto failure = writer.Apply(std::move(piece))) return failure;
  }
  return writer.Commit({});
}

Image ReadFilter(Family family) {
  auto table = ReadTable(family, "filter");
  if (!Fine(test::StatusOf(table)) || !Check(table.value().has_value(), "the table is there")) std::abort();
  return std::move(*table.value());
}

/** Puts what the input says behind one another, as far as it is possible or, if it shall be strict, one
 * further. */
PatchBuilder Compose(TableScript script, PatchReader& reader, bool strict, bool& possible) {
  PatchBuilder patch = script.Begin();
  Fine(Foresee(reader, patch));
  while (const auto next = script.Next()) {
    possible = !Foresee(reader, *next);
    if (possible || strict) patch.Raw(next->bytes());
    if (!possible && strict) return patch;
  }
  possible = true;
  return patch;
}

}  // namespace

void FuzzTable(View bytes) {
  static const bool apart = unshare(CLONE_NEWNET) == 0;
  if (!Check(apart, "root, for a network namespace") || bytes.size == 0) return;
  const Family family = (bytes.data[0] & 1) == 0 ? Family::kIpv4 : Family::kIpv6;
  const bool strict = (bytes.data[0] & 2) != 0;

  const PatchBuilder base = Before(family);
  Model before(family), after(family);
  for (Model* const model : {&before, &after}) {
    Fine(Foresee(*std::make_unique<PatchReader>(family, *model), base));
    model->Commit();
  }
  bool possible = true;
  const PatchBuilder patch = Compose({family, {bytes.data + 1, bytes.size - 1}},
                                     *std::make_unique<PatchReader>(family, after), strict, possible);
  if (!after.is_known()) return;

  Fine(CommitTable(family, "filter", base.Build()));
  const auto failure = CommitInPieces(family, patch);
  const Image image = ReadFilter(family);
  const test::ImageView view(image.bytes);
  if (failure) {
    Check(!failure->applied, "what failed was not applied");
    before.Check(view);
  } else if (Check(possible, "what cannot be done was not done")) {
    after.Check(view);
  }
}

}  // namespace rampart::fuzz
