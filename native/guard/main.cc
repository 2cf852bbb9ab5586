/**
 * Puts firewall tables back unless somebody confirms them in time. Started before a commit, outlives whoever
 * started it. It moves bytes and knows no rules; README.md has the files that it reads and writes.
 *
 *   guard DIRECTORY                      arms itself, and watches
 *   guard DIRECTORY unit                 the same, as a service of systemd's
 *   guard DIRECTORY restore NAMESPACE    puts back at once what a guard has kept that is no longer there
 */
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "../core/netns.h"
#include "announce.h"
#include "job.h"
#include "rollback.h"
#include "shield.h"
#include "state.h"
#include "watch.h"

namespace rampart {
namespace {

/** In the file `guard`. */
constexpr const char* kNamespace = "namespace ";

Status EnterNamespaceAt(const std::string& path) {
  if (path.empty()) return {};
  auto network = OpenNamespace(path);
  return network.ok() ? EnterNamespace(network.value()) : network.failure();
}

/** The namespace's number, by which the kernel tells it from others. */
Result<ino_t> NumberOfNamespace() {
  struct stat network = {};
  if (stat("/proc/self/ns/net", &network) != 0) return LastFailure("stat");
  return network.st_ino;
}

/** One commit at a time in a network namespace: beside the directory lies a file for each, which is locked.
 */
Result<UniqueFd> ClaimNamespace(const StateDirectory& state, ino_t number) {
  const std::string name = "../netns-" + std::to_string(number) + ".lock";
  UniqueFd fd(openat(state.fd(), name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!fd) return LastFailure("open");
  if (flock(fd.get(), LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK ? Failure{EBUSY, "flock"} : LastFailure("flock");
  return fd;
}

std::string About(const Shield& shield, const Xtables& xtables, ino_t network) {
  const auto flag = [](const char* name, bool is) { return std::string(name) + (is ? " 1\n" : " 0\n"); };
  return "pid " + std::to_string(getpid()) + "\nstart " + std::to_string(StartOf(getpid())) + "\n" +
         kNamespace + std::to_string(network) + "\n" + flag("memory-locked", shield.memory_locked) +
         flag("oom-spared", shield.spared_by_oom) + flag("own-cgroup", shield.own_cgroup) +
         flag("time4", xtables.HasMatch(4, "time")) + flag("time6", xtables.HasMatch(6, "time"));
}

/** Everything is put back; whoever has renamed the state's mark to ROLLINGBACK does this. */
void RollBack(const GuardJob& job, const StateDirectory& state, Rollback& rollback, const char* reason) {
  std::string report = std::string("reason ") + reason + "\n";
  const bool all = rollback.Run(report);
  state.Write("report", report);
  state.Rename(mark::kRollingBack, all ? mark::kRolledBack : mark::kFailed);
  const char* const outcome = all ? "The firewall was rolled back to what it was before the last change"
                                  : "The firewall could not be rolled back wholly";
  Announce(std::string(outcome) + " (" + reason + ").", job.announce);
}

void WriteDeadline(const Watch& watch, const StateDirectory& state) {
  state.Write("deadline", std::to_string(watch.deadline()) + "\n");
}

/** Somebody has committed. The first time the clock begins anew: only now is there something to confirm. */
void NoteCommit(const GuardJob& job, const StateDirectory& state, Rollback& rollback, Watch& watch,
                bool& committed) {
  rollback.NoteCommit();
  if (!committed) watch.Rearm(job.within_ms);
  committed = true;
  WriteDeadline(watch, state);
  state.Remove(mark::kCommitted);
}

void Extend(const StateDirectory& state, Watch& watch) {
  auto text = state.Read("extend");
  const int64_t within = text.ok() ? strtoll(text.value().c_str(), nullptr, 10) : 0;
  if (within > 0) watch.Rearm(within);
  WriteDeadline(watch, state);
  state.Remove("extend");
}

/**
 * Rolled back before the caller has committed: if it only slept, it may commit yet. So the guard stays until
 * the caller says what it did, or is gone.
 */
void OutlastCaller(const StateDirectory& state, Rollback& rollback, Watch& watch) {
  for (;;) {
    const bool gone = watch.IsCallerGone();
    if (state.Has(mark::kAborted)) return;
    if (gone || state.Has(mark::kCommitted)) {
      std::string report = "reason late\n";
      const bool all = rollback.Run(report);
      state.Write("report", report);
      if (!all) state.Rename(mark::kRolledBack, mark::kFailed);
      state.Remove(mark::kCommitted);
      return;
    }
    watch.Wait(false);
  }
}

const char* ReasonToRollBack(const GuardJob& job, const StateDirectory& state, const Watch& watch, bool gone,
                             bool committed) {
  if (state.Rename(mark::kRollback, mark::kRollingBack)) return "request";
  const char* const reason = gone && !committed             ? "caller-died"
                             : gone && job.rollback_on_exit ? "caller-exited"
                             : watch.IsOver()               ? "deadline"
                                                            : nullptr;
  if (reason == nullptr || state.Rename(mark::kArmed, mark::kRollingBack)) return reason;
  // Who has taken the mark away has left another one, unless the directory itself is gone.
  const bool decided = state.Has(mark::kConfirmed) || state.Has(mark::kAborted) || state.Has(mark::kRollback);
  return decided ? nullptr : reason;
}

void Keep(const GuardJob& job, const StateDirectory& state, Rollback& rollback, Watch& watch) {
  for (bool committed = false;;) {
    // In this order: a caller that is gone has left whatever it has to say.
    const bool gone = watch.IsCallerGone();
    if (state.Has(mark::kConfirmed) || state.Has(mark::kAborted)) return;
    if (state.Has(mark::kCommitted)) NoteCommit(job, state, rollback, watch, committed);
    if (state.Has("extend")) Extend(state, watch);
    if (const char* const reason = ReasonToRollBack(job, state, watch, gone, committed)) {
      RollBack(job, state, rollback, reason);
      if (!committed && !gone) OutlastCaller(state, rollback, watch);
      return;
    }
    watch.Wait(true);
  }
}

Status Arm(const GuardJob& job, const StateDirectory& state, const Shield& shield) {
  if (auto failure = EnterNamespaceAt(job.name_space)) return failure;
  auto network = NumberOfNamespace();
  if (!network.ok()) return network.failure();
  auto claim = ClaimNamespace(state, network.value());
  if (!claim.ok()) return claim.failure();
  Rollback rollback(job, state);
  if (auto failure = rollback.Prepare()) return failure;
  auto watch = Watch::Begin(job, state);
  if (!watch.ok()) return watch.failure();
  const std::string about = About(shield, rollback.xtables(), network.value());
  if (auto failure = state.Write("guard", about)) return failure;
  WriteDeadline(watch.value(), state);
  if (auto failure = state.Write(mark::kArmed, "")) return failure;
  Keep(job, state, rollback, watch.value());
  return {};
}

/** In the namespace that the first guard was in, by whatever path it can be reached now. */
Status Restore(const GuardJob& job, const StateDirectory& state, const char* path) {
  if (auto failure = EnterNamespaceAt(path)) return failure;
  auto network = NumberOfNamespace();
  auto about = state.Read("guard");
  if (!network.ok() || !about.ok()) return network.ok() ? about.failure() : network.failure();
  const std::string ours = kNamespace + std::to_string(network.value()) + "\n";
  if (about.value().find(ours) == std::string::npos) return Failure{ESTALE, "namespace"};
  auto claim = ClaimNamespace(state, network.value());
  if (!claim.ok()) return claim.failure();
  Rollback rollback(job, state);
  if (auto failure = rollback.Reload()) return failure;
  if (!state.Rename(mark::kRollback, mark::kRollingBack) && !state.Has(mark::kRollingBack)) return {};
  RollBack(job, state, rollback, "request");
  return {};
}

int Main(const char* directory, const std::string& mode, const char* argument) {
  const Shield shield = RaiseShield(mode == "unit");
  auto state = StateDirectory::Open(directory);
  if (!state.ok()) return 1;
  auto text = state.value().Read("job");
  auto job = text.ok() ? ParseJob(text.value()) : Result<GuardJob>(text.failure());
  const Status failure = !job.ok()           ? Status(job.failure())
                         : mode == "restore" ? Restore(job.value(), state.value(), argument)
                                             : Arm(job.value(), state.value(), shield);
  if (!failure) return 0;
  state.value().Write("refused", std::to_string(failure->error) + " " + failure->call + "\n");
  return 1;
}

}  // namespace
}  // namespace rampart

int main(int count, char** arguments) {
  if (count < 2) return 2;
  return rampart::Main(arguments[1], count > 2 ? arguments[2] : "", count > 3 ? arguments[3] : "");
}
