#include <cstdio>
#include <cstdlib>

#include "../test/check.h"
#include "targets.h"

namespace rampart::test {

void Fail(const std::string& problem, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: %s\n", file, line, problem.c_str());
  std::abort();
}

}  // namespace rampart::test

/** CMake builds this once for each target. */
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  rampart::fuzz::FUZZ_TARGET({data, size});
  return 0;
}
