#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "check.h"

namespace rampart::test {
namespace {
int failures = 0;
}

std::vector<const Test*>& Tests() {
  static std::vector<const Test*> tests;
  return tests;
}

Test::Test(const char* test_name, std::function<void()> test_body)
    : name(test_name), body(std::move(test_body)) {
  Tests().push_back(this);
}

void Fail(const std::string& problem, const char* file, int line) {
  failures++;
  std::fprintf(stderr, "  %s:%d: %s\n", file, line, problem.c_str());
}

}  // namespace rampart::test

/** Arguments: parts of the names of the tests to run; all of them if there are none. */
int main(int count, char** arguments) {
  using rampart::test::failures;
  const auto wanted = [&](const char* name) {
    for (int i = 1; i < count; i++)
      if (std::strstr(name, arguments[i]) != nullptr) return true;
    return count == 1;
  };
  int ran = 0, failed = 0;
  for (const auto* test : rampart::test::Tests()) {
    if (!wanted(test->name)) continue;
    // The firewall of whoever started this is none of the tests' business; and each finds an empty one.
    if (unshare(CLONE_NEWNET) != 0) {
      std::fprintf(stderr, "core_test needs root for a network namespace: %s\n", std::strerror(errno));
      return 2;
    }
    failures = 0;
    test->body();
    std::fprintf(stderr, "%s %s\n", failures == 0 ? "ok  " : "FAIL", test->name);
    ran++;
    failed += failures != 0;
  }
  std::fprintf(stderr, "%d tests, %d failed\n", ran, failed);
  return failed == 0 && ran > 0 ? 0 : 1;
}
