#include "lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace rampart {

Result<UniqueFd> TryLock(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return LastFailure("open");
  while (flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return UniqueFd();
    if (errno != EINTR) return LastFailure("flock");
  }
  return fd;
}

}  // namespace rampart
