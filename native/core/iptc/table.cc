#include "table.h"

#include <malloc.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "../file.h"
#include "session.h"

namespace rampart {
namespace {

/** Not /proc/self: that one shows the namespace of the main thread. */
constexpr const char* kNetwork = "/proc/thread-self/net";
constexpr const char* kIpv4Names = "/proc/thread-self/net/ip_tables_names";
constexpr const char* kIpv6Names = "/proc/thread-self/net/ip6_tables_names";

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

/**
 * libiptc's copy of a large table is freed into the arena of whatever thread had it, and the next call gets
 * another thread with another arena: without this a process would hold the same table several times.
 */
void GiveBackMemory(size_t table_bytes) {
  constexpr size_t kLarge = size_t{1} << 20;
  if (table_bytes >= kLarge) malloc_trim(0);
}

template <typename F>
Result<Image> ReadAll(const std::string& table) {
  Session<F> session(table);
  if (session.failure()) return *session.failure();
  return session.Read();
}

template <typename F>
Result<std::optional<Image>> Read(const std::string& table) {
  const std::lock_guard<std::mutex> turn(IptcMutex());
  auto image = ReadAll<F>(table);
  if (!image.ok()) return image.failure();
  GiveBackMemory(image.value().bytes.size);
  return std::optional<Image>(std::move(image.value()));
}

/**
 * Whether the kernel has the table that a session could not commit. libiptc replaces the rules first and adds
 * their old counters then: it can fail with the new rules live. Not being able to tell counts as yes.
 */
template <typename F>
bool IsLive(const std::string& table, Session<F>& wanted) {
  auto wanted_identity = wanted.Identify();
  Session<F> session(table);
  if (session.failure() || !wanted_identity.ok()) return true;
  auto identity = session.Identify();
  return !identity.ok() || identity.value() == wanted_identity.value();
}

template <typename F>
Status CommitIn(Session<F>& session, const std::string& table, const PatchHeader& header, Blocks& patch) {
  if (session.failure()) return session.failure();
  if (header.compare) {
    auto identity = session.Identify();
    if (!identity.ok()) return identity.failure();
    if (identity.value() != header.digest) return Failure{ESTALE, "compare"};
  }
  const auto reader = std::make_unique<PatchReader>(F::kFamily, session);
  for (; patch.count() > 0; patch.PopFront())
    if (auto refused = reader->Read(patch.at(0))) return refused;
  auto failure = session.Commit();
  if (failure) failure->applied = IsLive<F>(table, session);
  return failure;
}

template <typename F>
Status Commit(const std::string& table, Blocks patch) {
  if (patch.count() == 0) return Failure{EINVAL, "patch"};
  auto header = ReadHeader(patch.at(0));
  if (!header.ok()) return header.failure();

  const std::lock_guard<std::mutex> turn(IptcMutex());
  Status failure;
  size_t size = 0;
  {
    Session<F> session(table);
    failure = CommitIn(session, table, header.value(), patch);
    size = session.seen();
  }
  GiveBackMemory(size);
  return failure;
}

}  // namespace

Result<std::string> TableNames(Family family) {
  auto names = ReadFile(family == Family::kIpv4 ? kIpv4Names : kIpv6Names);
  if (names.ok() || names.failure().error != ENOENT) return names;
  // Without the file there is no iptables in the kernel; without the directory we cannot see.
  if (access(kNetwork, F_OK) != 0) return LastFailure("access");
  return std::string();
}

Result<std::optional<Image>> ReadTable(Family family, const std::string& table) {
  auto names = TableNames(family);
  if (!names.ok()) return names.failure();
  if (!Lists(names.value(), table)) return std::optional<Image>();
  return family == Family::kIpv4 ? Read<Ipv4>(table) : Read<Ipv6>(table);
}

Status CommitTable(Family family, const std::string& table, Blocks patch) {
  return family == Family::kIpv4 ? Commit<Ipv4>(table, std::move(patch))
                                 : Commit<Ipv6>(table, std::move(patch));
}

}  // namespace rampart
