#include "../core/lock.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "check.h"

namespace rampart::test {
namespace {

/** A directory of its own for each test: nobody's xtables lock is touched. */
class Folder {
 public:
  Folder() { Check(mkdtemp(name_.data()) != nullptr, "there is a temporary folder"); }
  ~Folder() {
    unlink(File().c_str());
    rmdir(name_.data());
  }
  std::string File() const { return std::string(name_.data()) + "/lock"; }

 private:
  std::array<char, 32> name_{"/tmp/rampart-lock-XXXXXX"};
};

bool IsFree(const std::string& path) {
  auto lock = TryLock(path);
  return Fine(StatusOf(lock)) && static_cast<bool>(lock.value());
}
/** What a program that we start would find. */
int StatusOfCommand(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const Test kExclusive("a lock has one holder, within a process and between processes", [] {
  const Folder folder;
  auto lock = TryLock(folder.File());
  if (!Fine(StatusOf(lock)) || !Check(static_cast<bool>(lock.value()), "it was free")) return;
  struct stat file = {};
  Check(stat(folder.File().c_str(), &file) == 0 && (file.st_mode & 0777) == 0600, "only root may open it");
  const auto before = std::chrono::steady_clock::now();
  Check(!IsFree(folder.File()), "it is taken");
  Check(std::chrono::steady_clock::now() - before < std::chrono::seconds(1), "nobody waited");
  Equal(StatusOfCommand("flock -n " + folder.File() + " true"), 1);
  lock.value().Close();
  Equal(StatusOfCommand("flock -n " + folder.File() + " true"), 0);
  Check(IsFree(folder.File()), "it is free again");
});

const Test kOwner("a lock goes with its owner, and not to the programs that it starts", [] {
  const Folder folder;
  Check(IsFree(folder.File()), "it is free");
  Check(IsFree(folder.File()), "it is free again behind the scope of whoever had it");
  auto lock = TryLock(folder.File());
  const pid_t child = fork();
  if (child == 0) {
    execlp("sleep", "sleep", "30", nullptr);
    _exit(127);
  }
  // The child has it too until exec closes it.
  const std::string cmdline = "/proc/" + std::to_string(child) + "/comm";
  for (int i = 0; i < 500 && StatusOfCommand("grep -q sleep " + cmdline) != 0; i++)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  lock.value().Close();
  Check(IsFree(folder.File()), "a program does not keep it");
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
});

const Test kIptables("iptables itself waits for it", [] {
  const Folder folder;
  auto lock = TryLock(folder.File());
  const std::string list =
      "XTABLES_LOCKFILE=" + folder.File() + " iptables-legacy -w 1 -A INPUT >/dev/null 2>&1";
  // Exit code 4: RESOURCE_PROBLEM, "Another app is currently holding the xtables lock".
  Equal(StatusOfCommand(list), 4);
  lock.value().Close();
  Equal(StatusOfCommand(list), 0);
});

const Test kNoFile("a lock file that cannot be", [] {
  Fails(StatusOf(TryLock("/nonexistent/lock")), ENOENT, "open");
  Fails(StatusOf(TryLock("/proc/self/cmdline/lock")), ENOTDIR, "open");
  Fails(StatusOf(TryLock("")), ENOENT, "open");
});

}  // namespace
}  // namespace rampart::test
