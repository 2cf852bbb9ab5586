#include "state.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace rampart {
namespace {

Status WriteAll(int fd, View bytes) {
  for (size_t at = 0; at < bytes.size;) {
    const ssize_t size = write(fd, bytes.data + at, bytes.size - at);
    if (size < 0 && errno != EINTR) return LastFailure("write");
    if (size > 0) at += static_cast<size_t>(size);
  }
  if (fsync(fd) != 0) return LastFailure("fsync");
  return {};
}

}  // namespace

Result<StateDirectory> StateDirectory::Open(const char* path) {
  UniqueFd fd(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) return LastFailure("open");
  return StateDirectory(std::move(fd));
}

bool StateDirectory::Has(const std::string& name) const {
  return faccessat(fd_.get(), name.c_str(), F_OK, 0) == 0;
}

Result<std::string> StateDirectory::Read(const std::string& name) const {
  const UniqueFd fd(openat(fd_.get(), name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return LastFailure("open");
  struct stat about = {};
  if (fstat(fd.get(), &about) != 0) return LastFailure("fstat");
  std::string bytes(static_cast<size_t>(about.st_size), '\0');
  for (size_t at = 0; at < bytes.size();) {
    const ssize_t size = read(fd.get(), bytes.data() + at, bytes.size() - at);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return LastFailure("read");
    if (size == 0) bytes.resize(at);
    at += static_cast<size_t>(size);
  }
  return bytes;
}

Status StateDirectory::Write(const std::string& name, View bytes) const {
  const std::string temporary = "." + name;
  {
    const UniqueFd fd(openat(fd_.get(), temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd) return LastFailure("open");
    if (auto failure = WriteAll(fd.get(), bytes)) return failure;
  }
  if (renameat(fd_.get(), temporary.c_str(), fd_.get(), name.c_str()) != 0) return LastFailure("rename");
  fsync(fd_.get());
  return {};
}

Status StateDirectory::Write(const std::string& name, const std::string& text) const {
  return Write(name, View{reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

bool StateDirectory::Rename(const char* from, const char* to) const {
  return renameat(fd_.get(), from, fd_.get(), to) == 0;
}

void StateDirectory::Remove(const char* name) const { unlinkat(fd_.get(), name, 0); }

}  // namespace rampart
