#include "table.h"

#include <unistd.h>

#include <cerrno>

#include "../file.h"

namespace rampart {
namespace {

/** Not /proc/self: that one shows the namespace of the main thread. */
constexpr const char* kNetwork = "/proc/thread-self/net";
constexpr const char* kIpv4Names = "/proc/thread-self/net/ip_tables_names";
constexpr const char* kIpv6Names = "/proc/thread-self/net/ip6_tables_names";

constexpr const char* kTables[] = {"filter", "nat", "mangle", "raw", "security"};

bool Lists(const std::string& names, const std::string& name) {
  size_t at = 0;
  while (at < names.size()) {
    size_t end = names.find('\n', at);
    if (end == std::string::npos) end = names.size();
    if (names.compare(at, end - at, name) == 0) return true;
    at = end + 1;
  }
  return false;
}

template <typename F>
Result<std::optional<Image>> Read(const std::string& table, Remains* remains) {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  const auto session = std::make_shared<Session<F>>(table);
  if (session->failure()) return *session->failure();
  if (remains != nullptr) *remains = session;
  auto image = session->Read();
  if (!image.ok()) return image.failure();
  return std::optional<Image>(std::move(image.value()));
}

/** The list is for the machine's own root: in a user namespace nobody may read it. */
bool IsHidden(const Result<std::string>& names) { return !names.ok() && names.failure().error == EACCES; }

/** Those that the kernel has when it is asked for them; it makes them then, as it does for iptables. */
template <typename F>
Result<std::string> AnsweringNames() {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  std::string names;
  for (const char* name : kTables) {
    const Session<F> session(name);
    if (!session.failure())
      names.append(name).append("\n");
    else if (session.failure()->error == EPERM)
      return *session.failure();
  }
  return names;
}

Result<std::string> ListedNames(Family family) {
  auto names = ReadFile(family == Family::kIpv4 ? kIpv4Names : kIpv6Names);
  if (names.ok() || names.failure().error != ENOENT) return names;
  // Without the file there is no iptables in the kernel; without the directory we cannot see.
  if (access(kNetwork, F_OK) != 0) return LastFailure("access");
  return std::string();
}

}  // namespace

Result<std::string> TableNames(Family family) {
  auto names = ListedNames(family);
  if (!IsHidden(names)) return names;
  return family == Family::kIpv4 ? AnsweringNames<Ipv4>() : AnsweringNames<Ipv6>();
}

Result<bool> TableExists(Family family, const std::string& table) {
  auto names = ListedNames(family);
  if (IsHidden(names)) return true;
  if (!names.ok()) return names.failure();
  return Lists(names.value(), table);
}

Result<std::optional<Image>> ReadTable(Family family, const std::string& table, Remains* remains) {
  auto exists = TableExists(family, table);
  if (!exists.ok()) return exists.failure();
  if (!exists.value()) return std::optional<Image>();
  return family == Family::kIpv4 ? Read<Ipv4>(table, remains) : Read<Ipv6>(table, remains);
}

}  // namespace rampart
