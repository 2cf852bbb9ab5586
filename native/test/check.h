#pragma once

#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "../core/failure.h"

namespace rampart::test {

/** One test; a static one registers itself. Each runs in a network namespace of its own (main.cc). */
struct Test {
  Test(const char* name, std::function<void()> body);
  const char* name;
  std::function<void()> body;
};
std::vector<const Test*>& Tests();

/** Prints the problem with its place and counts it against the running test. */
void Fail(const std::string& problem, const char* file, int line);

template <typename T>
std::string Show(const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string>)
    return '"' + std::string(value) + '"';
  else
    return std::to_string(value);
}

inline bool Check(bool holds, const char* what = "check", const char* file = __builtin_FILE(),
                  int line = __builtin_LINE()) {
  if (!holds) Fail(what, file, line);
  return holds;
}

template <typename A, typename B>
bool Equal(const A& actual, const B& expected, const char* file = __builtin_FILE(),
           int line = __builtin_LINE()) {
  const bool same = actual == expected;
  if (!same) Fail(Show(actual) + " is not " + Show(expected), file, line);
  return same;
}

/** There was none. */
inline bool Fine(const Status& status, const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (status) Fail(Describe(*status) + ", index " + std::to_string(status->index), file, line);
  return !status;
}

/** It failed in exactly that way. */
inline void Fails(const Status& status, int error, const std::string& call, int32_t index = -1,
                  const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
  if (!status) return Fail("it did not fail", file, line);
  Equal(status->error, error, file, line);
  Equal(status->call, call, file, line);
  Equal(status->index, index, file, line);
}

template <typename T>
Status StatusOf(const Result<T>& result) {
  return result.ok() ? Status() : Status(result.failure());
}

}  // namespace rampart::test
