#include <cstdio>
#include <cstdlib>

#include "../test/check.h"
#include "seeds.h"

namespace rampart::test {

void Fail(const std::string& problem, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: %s\n", file, line, problem.c_str());
  std::exit(1);
}

}  // namespace rampart::test

/** Writes seeds into a folder: fuzz_seeds patch|image|table FOLDER. */
int main(int count, char** arguments) {
  if (count != 3) return 2;
  const std::string target = arguments[1];
  const auto seeds = target == "patch"   ? rampart::fuzz::PatchSeeds()
                     : target == "image" ? rampart::fuzz::ImageSeeds()
                                         : rampart::fuzz::TableSeeds();
  for (size_t i = 0; i < seeds.size(); i++) {
    const std::string path = std::string(arguments[2]) + "/seed-" + std::to_string(i);
    std::FILE* const file = std::fopen(path.c_str(), "wb");
    if (file == nullptr || std::fwrite(seeds[i].data(), 1, seeds[i].size(), file) != seeds[i].size()) {
      std::perror(path.c_str());
      return 1;
    }
    std::fclose(file);
  }
  return 0;
}
