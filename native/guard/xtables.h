#pragma once

#include <string>

#include "../core/failure.h"
#include "../core/unique_fd.h"
#include "job.h"

namespace rampart {

/**
 * A table as the kernel gives it: `struct ipt_getinfo`, then the entries. It is what goes into files, and
 * what goes back.
 */
using TableBytes = std::string;

/** The sockets of one network namespace through which xtables tables are read and replaced. */
class Xtables {
 public:
  /** In the namespace that the process is in. A family that the kernel lacks has no socket. */
  static Xtables Open();

  Result<TableBytes> Read(const TableJob& table) const;
  /** Puts the table back, counters included, over whatever is there. */
  Status Restore(const TableJob& table, const TableBytes& bytes) const;
  /** Whether the kernel has that match; asking loads its module. */
  bool HasMatch(int family, const char* name) const;

 private:
  const UniqueFd& SocketOf(int family) const { return family == 4 ? four_ : six_; }

  UniqueFd four_;
  UniqueFd six_;
};

/** EINVAL unless the entries fill their bytes and are as many as is said. */
Status Validate(const TableJob& table, const TableBytes& bytes);
/** Whether both hold the same rules, whatever they have counted. */
bool SameRules(const TableJob& table, const TableBytes& a, const TableBytes& b);

}  // namespace rampart
