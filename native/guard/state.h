#pragma once

#include <string>

#include "../core/bytes.h"
#include "../core/failure.h"
#include "../core/unique_fd.h"

namespace rampart {

/** The names of a state's files; README.md says what each means. */
namespace mark {
constexpr const char* kArmed = "ARMED";
constexpr const char* kCommitted = "COMMITTED";
constexpr const char* kAborted = "ABORTED";
constexpr const char* kConfirmed = "CONFIRMED";
constexpr const char* kRollback = "ROLLBACK";
constexpr const char* kRollingBack = "ROLLINGBACK";
constexpr const char* kRolledBack = "ROLLEDBACK";
constexpr const char* kFailed = "FAILED";
}  // namespace mark

/** The directory that one commit and its guard share with whoever confirms it. */
class StateDirectory {
 public:
  static Result<StateDirectory> Open(const char* path);

  bool Has(const std::string& name) const;
  Result<std::string> Read(const std::string& name) const;
  /** Whole or not at all, and on the disk when it returns: a temporary file, fsync, rename. */
  Status Write(const std::string& name, View bytes) const;
  Status Write(const std::string& name, const std::string& text) const;
  /** One of several that try gets true. */
  bool Rename(const char* from, const char* to) const;
  void Remove(const char* name) const;
  int fd() const { return fd_.get(); }

 private:
  explicit StateDirectory(UniqueFd fd) : fd_(std::move(fd)) {}

  UniqueFd fd_;
};

}  // namespace rampart
