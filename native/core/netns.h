#pragma once

#include <string>

#include "failure.h"
#include "unique_fd.h"

namespace rampart {

/** Opens a network namespace by path and makes sure that it is one. */
Result<UniqueFd> OpenNamespace(const std::string& path);

/** Makes a network namespace with nothing in it; it is gone when nobody holds a descriptor of it any more. */
Result<UniqueFd> NewNamespace();

/** The calling thread goes there. To where it is already it may go without rights: setns would want
 * CAP_SYS_ADMIN. */
Status EnterNamespace(const UniqueFd& network);

/** Something to do that cannot be seen from JavaScript. */
class Job {
 public:
  virtual ~Job() = default;
  virtual Status Run() = 0;
};

/**
 * Runs the job in the namespace, or in the process's own if there is none. A thread that has entered a
 * namespace is never used again: it ends, so no other work can find itself in the wrong place.
 */
Status RunInNamespace(const UniqueFd& network, Job& job);

}  // namespace rampart
