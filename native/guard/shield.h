#pragma once

#include <string>

namespace rampart {

/** What keeps the guard alive, and whether it could be had. */
struct Shield {
  bool memory_locked = false;
  /** The kernel's last choice when memory runs out. */
  bool spared_by_oom = false;
  /** In no cgroup that is killed with its session, its service or its container's. */
  bool own_cgroup = false;
};

/**
 * Session of its own, no signal, no descriptor of whoever started it, memory that is never paged out. What
 * cannot be had is left out, and said. `in_unit`: systemd has given it a service of its own.
 */
Shield RaiseShield(bool in_unit);

}  // namespace rampart
