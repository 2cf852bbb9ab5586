#include "unique_fd.h"

#include <fcntl.h>
#include <unistd.h>

namespace rampart {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
  if (this != &other) {
    Close();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

void UniqueFd::Close() {
  // Linux closes the descriptor even when close() says EINTR: it is never tried again.
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

UniqueFd UniqueFd::Duplicate() const { return UniqueFd(fcntl(fd_, F_DUPFD_CLOEXEC, 0)); }

}  // namespace rampart
