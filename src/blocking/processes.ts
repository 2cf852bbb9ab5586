import type { Processes } from "../blocklist/set-engine.js";

export const systemProcesses: Processes = {
  pid: process.pid,
  lives(pid) {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      // One of another user lives too.
      return (error as NodeJS.ErrnoException).code === "EPERM";
    }
  },
};
