#include "socket_option.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "../unique_fd.h"

namespace rampart {

Status GetSocketOption(int family, int level, int option, std::vector<uint8_t>& value) {
  const UniqueFd fd(socket(family, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  if (!fd) return LastFailure("socket");
  auto size = static_cast<socklen_t>(value.size());
  if (getsockopt(fd.get(), level, option, value.data(), &size) != 0) return LastFailure("getsockopt");
  value.resize(std::min(value.size(), size_t{size}));
  return std::nullopt;
}

}  // namespace rampart
