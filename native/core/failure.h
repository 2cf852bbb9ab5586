#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace rampart {

/** Why something could not be done, in the shape in which TypeScript gets to know it. */
struct Failure {
  int error;
  /** A string literal: the system call, the libiptc function, "patch" or "compare". */
  const char* call;
  /** Which operation of a patch; -1 when it was none of them. */
  int32_t index = -1;
  /** The table changed although the commit failed. */
  bool applied = false;
};

/** Empty when all went well. */
using Status = std::optional<Failure>;

/** The last system call's failure. */
Failure LastFailure(const char* call);

/** "iptc_commit: Invalid argument". */
std::string Describe(const Failure& failure);

template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : content_(std::move(value)) {}
  Result(Failure failure) : content_(failure) {}

  bool ok() const { return content_.index() == 0; }
  T& value() { return *std::get_if<0>(&content_); }
  const Failure& failure() const { return *std::get_if<1>(&content_); }

 private:
  std::variant<T, Failure> content_;
};

}  // namespace rampart
