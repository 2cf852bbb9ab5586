#include "file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "unique_fd.h"

namespace rampart {

Result<std::string> ReadFile(const char* path) {
  const UniqueFd fd(open(path, O_RDONLY | O_CLOEXEC));
  if (!fd) return LastFailure("open");
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = read(fd.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return LastFailure("read");
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<size_t>(size));
  }
}

}  // namespace rampart
