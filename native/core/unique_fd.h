#pragma once

#include <utility>

namespace rampart {

/** A file descriptor that is closed exactly once. */
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept;
  ~UniqueFd() { Close(); }

  explicit operator bool() const { return fd_ >= 0; }
  int get() const { return fd_; }
  void Close();
  /** Hands it over: it is the caller's to close. */
  int Release() { return std::exchange(fd_, -1); }
  /** A second descriptor of the same file, empty with errno if there can be none. */
  UniqueFd Duplicate() const;

 private:
  int fd_ = -1;
};

}  // namespace rampart
