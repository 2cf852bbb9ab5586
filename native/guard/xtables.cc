#include "xtables.h"

#include <linux/netfilter_ipv4/ip_tables.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <vector>

#include "../core/bytes.h"

namespace rampart {
namespace {

// The families differ in their entries and in one option number; the rest is the same twice.
static_assert(sizeof(ipt_getinfo) == sizeof(ip6t_getinfo) && sizeof(ipt_replace) == sizeof(ip6t_replace));
static_assert(IPT_SO_GET_INFO == IP6T_SO_GET_INFO && IPT_SO_GET_ENTRIES == IP6T_SO_GET_ENTRIES);
static_assert(IPT_SO_SET_REPLACE == IP6T_SO_SET_REPLACE);
static_assert(IPT_SO_SET_ADD_COUNTERS == IP6T_SO_SET_ADD_COUNTERS);

/** How often somebody else may be faster. */
constexpr int kAttempts = 50;

struct Layout {
  size_t size;
  size_t next_offset;
  size_t counters;
};
Layout LayoutOf(int family) {
  return family == 4
             ? Layout{sizeof(ipt_entry), offsetof(ipt_entry, next_offset), offsetof(ipt_entry, counters)}
             : Layout{sizeof(ip6t_entry), offsetof(ip6t_entry, next_offset), offsetof(ip6t_entry, counters)};
}
int LevelOf(int family) { return family == 4 ? IPPROTO_IP : IPPROTO_IPV6; }

const uint8_t* EntriesOf(const TableBytes& bytes) {
  return reinterpret_cast<const uint8_t*>(bytes.data()) + sizeof(ipt_getinfo);
}
ipt_getinfo InfoOf(const TableBytes& bytes) {
  return Load<ipt_getinfo>(reinterpret_cast<const uint8_t*>(bytes.data()));
}

/** Calls `visit(entry, size)` for each; false where they do not fill their bytes. */
template <typename Visit>
bool EachEntry(const Layout& layout, const uint8_t* entries, size_t size, Visit visit) {
  for (size_t at = 0; at < size;) {
    if (size - at < layout.size) return false;
    const size_t next = Load<uint16_t>(entries + at + layout.next_offset);
    if (next < layout.size || next > size - at) return false;
    visit(entries + at, next);
    at += next;
  }
  return true;
}

Result<ipt_getinfo> ReadInfo(int fd, const TableJob& table) {
  ipt_getinfo info = {};
  table.name.copy(info.name, sizeof info.name - 1);
  socklen_t length = sizeof info;
  if (getsockopt(fd, LevelOf(table.family), IPT_SO_GET_INFO, &info, &length) != 0)
    return LastFailure("getsockopt");
  return info;
}

/** What the table has counted, one behind the other, as ADD_COUNTERS takes it. */
Status AddCounters(int fd, const TableJob& table, const TableBytes& bytes) {
  const ipt_getinfo info = InfoOf(bytes);
  const Layout layout = LayoutOf(table.family);
  xt_counters_info head = {};
  table.name.copy(head.name, sizeof head.name - 1);
  head.num_counters = info.num_entries;
  std::string request(reinterpret_cast<const char*>(&head), sizeof head);
  request.reserve(sizeof head + info.num_entries * sizeof(xt_counters));
  EachEntry(layout, EntriesOf(bytes), info.size, [&](const uint8_t* entry, size_t) {
    request.append(reinterpret_cast<const char*>(entry) + layout.counters, sizeof(xt_counters));
  });
  const auto length = static_cast<socklen_t>(request.size());
  if (setsockopt(fd, LevelOf(table.family), IPT_SO_SET_ADD_COUNTERS, request.data(), length) != 0)
    return LastFailure("setsockopt");
  return {};
}

}  // namespace

Xtables Xtables::Open() {
  Xtables tables;
  tables.four_ = UniqueFd(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  tables.six_ = UniqueFd(socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW));
  return tables;
}

Result<TableBytes> Xtables::Read(const TableJob& table) const {
  const int fd = SocketOf(table.family).get();
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    auto info = ReadInfo(fd, table);
    if (!info.ok()) return info.failure();
    const size_t size = sizeof(ipt_get_entries) + info.value().size;
    std::string request(size, '\0');
    auto* const entries = reinterpret_cast<ipt_get_entries*>(request.data());
    table.name.copy(entries->name, sizeof entries->name - 1);
    entries->size = info.value().size;
    auto length = static_cast<socklen_t>(size);
    if (getsockopt(fd, LevelOf(table.family), IPT_SO_GET_ENTRIES, request.data(), &length) == 0) {
      TableBytes bytes(reinterpret_cast<const char*>(&info.value()), sizeof(ipt_getinfo));
      bytes.append(request, sizeof(ipt_get_entries));
      return bytes;
    }
    // The table has changed its size since it said it.
    if (errno != EAGAIN) return LastFailure("getsockopt");
  }
  return Failure{EAGAIN, "getsockopt"};
}

Status Xtables::Restore(const TableJob& table, const TableBytes& bytes) const {
  const int fd = SocketOf(table.family).get();
  const ipt_getinfo wanted = InfoOf(bytes);
  std::string request(sizeof(ipt_replace), '\0');
  request.append(bytes, sizeof(ipt_getinfo));
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    // The kernel wants to give the old counters back, and compares the number of entries thereby.
    auto present = ReadInfo(fd, table);
    if (!present.ok()) return present.failure();
    std::vector<xt_counters> old(present.value().num_entries);
    ipt_replace head = {};
    table.name.copy(head.name, sizeof head.name - 1);
    head.valid_hooks = wanted.valid_hooks;
    head.num_entries = wanted.num_entries;
    head.size = wanted.size;
    std::copy(std::begin(wanted.hook_entry), std::end(wanted.hook_entry), head.hook_entry);
    std::copy(std::begin(wanted.underflow), std::end(wanted.underflow), head.underflow);
    head.num_counters = present.value().num_entries;
    head.counters = old.data();
    // As bytes: the struct ends in an array of nothing.
    request.replace(0, sizeof head, reinterpret_cast<const char*>(&head), sizeof head);
    const auto length = static_cast<socklen_t>(request.size());
    if (setsockopt(fd, LevelOf(table.family), IPT_SO_SET_REPLACE, request.data(), length) == 0)
      return AddCounters(fd, table, bytes);
    if (errno != EAGAIN) return LastFailure("setsockopt");
  }
  return Failure{EAGAIN, "setsockopt"};
}

bool Xtables::HasMatch(int family, const char* name) const {
  xt_get_revision revision = {};
  std::string(name).copy(revision.name, sizeof revision.name - 1);
  socklen_t length = sizeof revision;
  const int option = family == 4 ? IPT_SO_GET_REVISION_MATCH : IP6T_SO_GET_REVISION_MATCH;
  return getsockopt(SocketOf(family).get(), LevelOf(family), option, &revision, &length) == 0;
}

Status Validate(const TableJob& table, const TableBytes& bytes) {
  const Failure none{EINVAL, "table"};
  if (bytes.size() < sizeof(ipt_getinfo)) return none;
  const ipt_getinfo info = InfoOf(bytes);
  uint32_t count = 0;
  const size_t size = bytes.size() - sizeof(ipt_getinfo);
  const bool whole =
      info.size == size && table.name == std::string(info.name, strnlen(info.name, sizeof info.name)) &&
      EachEntry(LayoutOf(table.family), EntriesOf(bytes), size, [&](const uint8_t*, size_t) { count++; });
  return whole && count == info.num_entries ? Status() : none;
}

bool SameRules(const TableJob& table, const TableBytes& a, const TableBytes& b) {
  if (a.size() != b.size() || std::memcmp(a.data(), b.data(), sizeof(ipt_getinfo)) != 0) return false;
  const Layout layout = LayoutOf(table.family);
  const uint8_t* const other = EntriesOf(b);
  const uint8_t* const first = EntriesOf(a);
  bool same = true;
  const bool whole =
      EachEntry(layout, first, a.size() - sizeof(ipt_getinfo), [&](const uint8_t* entry, size_t size) {
        const uint8_t* const twin = other + (entry - first);
        const size_t behind = layout.counters + sizeof(xt_counters);
        same = same && std::memcmp(entry, twin, layout.counters) == 0 &&
               std::memcmp(entry + behind, twin + behind, size - behind) == 0;
      });
  return whole && same;
}

}  // namespace rampart
