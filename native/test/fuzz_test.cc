#include "../fuzz/seeds.h"
#include "../fuzz/targets.h"
#include "check.h"

namespace rampart::test {
namespace {

/** The fuzzers' own seeds, and such as differ from them in a few bytes: the same ones each time. */
template <typename Target>
void Try(const std::vector<Bytes>& seeds, int mutants, Target target) {
  uint32_t state = 2463534242;
  const auto random = [&state](size_t below) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % below;
  };
  for (const Bytes& seed : seeds) {
    target({seed.data(), seed.size()});
    for (int i = 0; i < mutants; i++) {
      Bytes mutant = seed;
      for (size_t changes = random(4) + 1; changes > 0; changes--)
        mutant[random(mutant.size())] ^= static_cast<uint8_t>(1 << random(8));
      if (random(8) == 0) mutant.resize(random(mutant.size()));
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
