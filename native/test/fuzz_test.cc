#include "../fuzz/seeds.h"
#include "../fuzz/targets.h"
#include "check.h"
#include "mutants.h"

namespace rampart::test {
namespace {

/** The fuzzers' own seeds, and mutants of them. */
template <typename Target>
void Try(const std::vector<Bytes>& seeds, int count, Target target) {
  Mutants mutants;
  for (const Bytes& seed : seeds) {
    target({seed.data(), seed.size()});
    for (int i = 0; i < count; i++) {
      const Bytes mutant = mutants.Of(seed);
      target({mutant.data(), mutant.size()});
    }
  }
}

const Test kPatch("what the patch fuzzer begins with",
                  [] { Try(fuzz::PatchSeeds(), 1000, fuzz::FuzzPatch); });
const Test kImage("what the image fuzzer begins with",
                  [] { Try(fuzz::ImageSeeds(), 1000, fuzz::FuzzImage); });

const Test kTable("what the table fuzzer begins with", [] { Try(fuzz::TableSeeds(), 20, fuzz::FuzzTable); });

}  // namespace
}  // namespace rampart::test
