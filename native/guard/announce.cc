#include "announce.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "../core/unique_fd.h"

namespace rampart {
namespace {

constexpr const char* kTerminals = "/dev/pts";

/** RFC 3164's priority: daemon, warning. */
void Log(const std::string& text) {
  sockaddr_un log = {};
  log.sun_family = AF_UNIX;
  std::string("/dev/log").copy(log.sun_path, sizeof log.sun_path - 1);
  const UniqueFd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const std::string line = "<28>rampart-guard: " + text;
  if (!fd) return;
  sendto(fd.get(), line.data(), line.size(), 0, reinterpret_cast<sockaddr*>(&log), sizeof log);
}

/** A terminal that does not take it at once is left alone. */
void Tell(const char* name, const std::string& text) {
  const std::string path = std::string(kTerminals) + "/" + name;
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (fd && write(fd.get(), text.data(), text.size()) < 0) return;
}

}  // namespace

void Announce(const std::string& text, bool terminals) {
  Log(text);
  if (!terminals) return;
  DIR* const directory = opendir(kTerminals);
  if (directory == nullptr) return;
  while (const dirent* entry = readdir(directory))
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9') Tell(entry->d_name, "\r\n" + text + "\r\n");
  closedir(directory);
}

}  // namespace rampart
