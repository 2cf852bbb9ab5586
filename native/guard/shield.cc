#include "shield.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../core/unique_fd.h"

namespace rampart {
namespace {

bool Put(const char* path, const std::string& text) {
  const UniqueFd fd(open(path, O_WRONLY | O_CLOEXEC));
  return fd && write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

/** Whoever started us may be waiting for the end of a pipe. */
void LetGoOfDescriptors() {
  const int nothing = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2 && nothing >= 0; fd++) dup2(nothing, fd);
  if (syscall(SYS_close_range, 3U, ~0U, 0U) == 0) return;
  for (int fd = 3; fd < 4096; fd++) close(fd);
}

void RefuseSignals() {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, nullptr);
}

/** The first cgroup of cgroup v2, or of systemd's own hierarchy in v1: nobody kills all of that one. */
bool MoveToFirstCgroup() {
  const std::string self = std::to_string(getpid());
  return Put("/sys/fs/cgroup/cgroup.procs", self) || Put("/sys/fs/cgroup/systemd/cgroup.procs", self);
}

}  // namespace

Shield RaiseShield(bool in_unit) {
  RefuseSignals();
  LetGoOfDescriptors();
  setsid();
  umask(077);
  prctl(PR_SET_NAME, "rampart-guard");
  setpriority(PRIO_PROCESS, 0, -10);
  Shield shield;
  shield.own_cgroup = in_unit || MoveToFirstCgroup();
  shield.spared_by_oom = Put("/proc/self/oom_score_adj", "-1000");
  shield.memory_locked = mlockall(MCL_CURRENT | MCL_FUTURE) == 0;
  return shield;
}

}  // namespace rampart
