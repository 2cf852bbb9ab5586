#include "../core/iptc/patch.h"

#include <cerrno>
#include <memory>

#include "../test/check.h"
#include "patch_input.h"
#include "targets.h"
#include "witness.h"

namespace rampart::fuzz {
namespace {

using test::Check;

struct Outcome {
  Status status;
  test::Bytes seen;
};

Outcome ReadIn(const PatchInput& input, PatchInput::Cut cut) {
  Witness witness(input.family, input.refused);
  const auto reader = std::make_unique<PatchReader>(input.family, witness);
  Status status;
  for (const auto& block : CutUp(input.patch, cut)) {
    status = reader->Read({block.data(), block.size()});
    if (status) break;
  }
  if (status) {
    const bool refused = witness.operations() == input.refused && input.refused > 0;
    Check(status->error == (refused ? ELOOP : EINVAL), "a refusal is the sink's or the reader's");
    Check(std::strcmp(status->call, refused ? "witness" : "patch") == 0, "and says whose");
    // The one that was refused by the sink has been seen.
    const int index = witness.operations() - (refused ? 1 : 0);
    Check(status->index == index || (status->index == -1 && index == 0), "and which operation's");
  }
  return {status, witness.seen()};
}

}  // namespace

void FuzzPatch(View bytes) {
  const PatchInput input(bytes);
  const Outcome whole = ReadIn(input, PatchInput::Cut::kNowhere),
                records = ReadIn(input, PatchInput::Cut::kBehindRecords);
  Check(whole.seen == records.seen, "a patch in blocks does what the patch in one does");
  Check(whole.status.has_value() == records.status.has_value(), "and ends alike");
  if (whole.status && records.status)
    Check(whole.status->index == records.status->index, "at the same place");
  if (input.cut == PatchInput::Cut::kAnywhere) ReadIn(input, input.cut);
}

}  // namespace rampart::fuzz
