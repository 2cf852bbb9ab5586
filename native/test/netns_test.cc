#include "../core/netns.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "../core/iptc/table.h"
#include "check.h"
#include "patch_builder.h"

namespace rampart::test {
namespace {

/** Which namespace a thread is in: the inode of its own view of it. */
ino_t Here(const char* path = "/proc/thread-self/ns/net") {
  struct stat file = {};
  Check(stat(path, &file) == 0, "the namespace has an inode");
  return file.st_ino;
}

class Ask : public Job {
 public:
  Status Run() override {
    answer = Here();
    return std::nullopt;
  }
  ino_t answer = 0;
};
class FailingJob : public Job {
 public:
  Status Run() override { return Failure{ENOLCK, "job", 7}; }
};

/** A process that sleeps in a network namespace of its own. */
class Elsewhere {
 public:
  Elsewhere() {
    int ready[2];
    Check(pipe(ready) == 0, "there is a pipe");
    child_ = fork();
    if (child_ == 0) {
      const char done = unshare(CLONE_NEWNET) == 0 ? 'y' : 'n';
      if (write(ready[1], &done, 1) == 1) pause();
      _exit(1);
    }
    char done = 0;
    Check(read(ready[0], &done, 1) == 1 && done == 'y', "the child has its namespace");
    close(ready[0]);
    close(ready[1]);
  }
  ~Elsewhere() { End(); }
  void End() {
    if (child_ <= 0) return;
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    child_ = 0;
  }
  std::string Path() const { return "/proc/" + std::to_string(child_) + "/ns/net"; }

 private:
  pid_t child_ = 0;
};

const Test kByPid("a job runs in the namespace of a process, and the caller stays where it is", [] {
  const ino_t mine = Here();
  Elsewhere elsewhere;
  const ino_t there = Here(elsewhere.Path().c_str());
  Check(mine != there, "they are two");
  auto network = OpenNamespace(elsewhere.Path());
  if (!Fine(StatusOf(network))) return;
  // The descriptor is the namespace, whatever becomes of the process.
  elsewhere.End();
  Ask ask;
  Fine(RunInNamespace(network.value(), ask));
  Equal(ask.answer, there);
  Equal(Here(), mine);
  Fine(RunInNamespace(UniqueFd(), ask));
  Equal(ask.answer, mine);
  FailingJob failing;
  Fails(RunInNamespace(network.value(), failing), ENOLCK, "job", 7);
});

class WriteThere : public Job {
 public:
  Status Run() override {
    PatchBuilder patch;
    patch.Header().Create("there");
    if (auto failure = CommitTable(Family::kIpv4, "filter", patch.Build())) return failure;
    auto table = ReadTable(Family::kIpv4, "filter");
    Check(table.ok() && table.value(), "it is there");
    auto names = TableNames(Family::kIpv4);
    Equal(names.ok() ? names.value() : "", "filter\n");
    return std::nullopt;
  }
};

const Test kNew("a new namespace is another one, has no tables, and goes with its descriptor", [] {
  const ino_t mine = Here();
  auto made = NewNamespace();
  if (!Fine(StatusOf(made))) return;
  Ask ask;
  Fine(RunInNamespace(made.value(), ask));
  Check(ask.answer != mine && ask.answer != 0, "it is another one");
  Equal(Here(), mine);
  WriteThere job;
  Fine(RunInNamespace(made.value(), job));
});

const Test kByPath("a namespace that a path keeps, as those of ip netns are", [] {
  char file[] = "/tmp/rampart-netns-XXXXXX";
  close(mkstemp(file));
  // In a mount namespace of our own: no mount may outlive the tests.
  Check(unshare(CLONE_NEWNS) == 0 && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0,
        "there is a mount namespace");
  ino_t there = 0;
  {
    const Elsewhere elsewhere;
    there = Here(elsewhere.Path().c_str());
    Check(mount(elsewhere.Path().c_str(), file, nullptr, MS_BIND, nullptr) == 0, "it is mounted");
  }
  auto network = OpenNamespace(file);
  if (Fine(StatusOf(network))) {
    Ask ask;
    Fine(RunInNamespace(network.value(), ask));
    Equal(ask.answer, there);
  }
  umount2(file, MNT_DETACH);
  unlink(file);
});

const Test kTables("a table is read and written in the namespace, and nowhere else", [] {
  Elsewhere elsewhere;
  auto network = OpenNamespace(elsewhere.Path());
  WriteThere job;
  Fine(RunInNamespace(network.value(), job));
  auto here = ReadTable(Family::kIpv4, "filter");
  Check(here.ok() && !here.value(), "here is none");
  Equal(TableNames(Family::kIpv4).value(), "");
});

const Test kNone("paths that are no network namespace", [] {
  Fails(StatusOf(OpenNamespace("/nonexistent")), ENOENT, "open");
  Fails(StatusOf(OpenNamespace("/dev/null")), EINVAL, "fstatfs");
  Fails(StatusOf(OpenNamespace("/tmp")), EINVAL, "fstatfs");
  Fails(StatusOf(OpenNamespace("/proc/self/status")), EINVAL, "fstatfs");
  Fails(StatusOf(OpenNamespace("/proc/self/ns/mnt")), EINVAL, "ioctl");
  Fails(StatusOf(OpenNamespace("/proc/self/ns/user")), EINVAL, "ioctl");
  const UniqueFd nothing(open("/dev/null", O_RDONLY | O_CLOEXEC));
  Ask ask;
  Fails(RunInNamespace(nothing, ask), EINVAL, "setns");
  Equal(ask.answer, 0u);
});

const Test kRights("without rights a thread goes to where it is, and nowhere else", [] {
  const Elsewhere elsewhere;
  auto there = OpenNamespace(elsewhere.Path()), here = OpenNamespace("/proc/self/ns/net");
  const pid_t child = fork();
  if (child == 0) {
    // Root of a user namespace that owns neither of them; where there can be none, as in a chroot, nothing is
    // shown.
    if (unshare(CLONE_NEWUSER) != 0) _exit(0);
    Ask ask, other;
    const ino_t own = Here();
    if (RunInNamespace(here.value(), ask) || ask.answer != own) _exit(2);
    const Status refused = RunInNamespace(there.value(), other);
    _exit(refused && refused->error == EPERM && other.answer == 0 ? 0 : 3);
  }
  int status = 0;
  waitpid(child, &status, 0);
  Equal(status, 0);
});

}  // namespace
}  // namespace rampart::test
