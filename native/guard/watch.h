#pragma once

#include <cstdint>

#include "../core/failure.h"
#include "../core/unique_fd.h"
#include "job.h"
#include "state.h"

namespace rampart {

/** The clock that goes on while the machine sleeps, and that nobody sets. */
int64_t BootMilliseconds();
/** When a process began, in clock ticks since the boot; 0 if there is none. */
uint64_t StartOf(pid_t pid);

/** What the guard waits for: its deadline, files in its directory, the end of its caller. */
class Watch {
 public:
  /** ESRCH where the caller is gone already. */
  static Result<Watch> Begin(const GuardJob& job, const StateDirectory& state);

  /** From now on. */
  void Rearm(int64_t within_ms);
  /** In `BootMilliseconds`. */
  int64_t deadline() const { return deadline_; }
  bool IsOver() const { return BootMilliseconds() >= deadline_; }
  bool IsCallerGone() const;
  /** Until something may have happened. `with_deadline`: that too. */
  void Wait(bool with_deadline);

 private:
  Watch() = default;

  UniqueFd timer_;
  UniqueFd files_;
  UniqueFd caller_;
  int64_t deadline_ = 0;
  bool caller_told_ = false;
};

}  // namespace rampart
