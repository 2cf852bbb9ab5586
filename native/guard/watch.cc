#include "watch.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

#include "../core/file.h"

namespace rampart {
namespace {

/** Where the kernel has no inotify to spare; and for whatever it may not tell. */
constexpr int kSlowly = 1'000;
constexpr int kOften = 50;
/** What a commit may take on a slow machine; the time to confirm it is counted from its end. */
constexpr int64_t kCommit = 5'000;

void Drain(const UniqueFd& fd) {
  std::array<char, 4096> buffer;
  while (read(fd.get(), buffer.data(), buffer.size()) > 0) continue;
}

}  // namespace

int64_t BootMilliseconds() {
  timespec now = {};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

uint64_t StartOf(pid_t pid) {
  auto stat = ReadFile(("/proc/" + std::to_string(pid) + "/stat").c_str());
  if (!stat.ok()) return 0;
  // The name in parentheses may hold anything; 19 fields behind it comes the 22nd, starttime.
  size_t at = stat.value().rfind(')');
  for (int field = 0; field < 20 && at != std::string::npos; field++) at = stat.value().find(' ', at + 1);
  return at == std::string::npos ? 0 : strtoull(stat.value().c_str() + at, nullptr, 10);
}

Result<Watch> Watch::Begin(const GuardJob& job, const StateDirectory& state) {
  Watch watch;
  watch.caller_ = UniqueFd(static_cast<int>(syscall(SYS_pidfd_open, job.caller, 0)));
  if (!watch.caller_) return LastFailure("pidfd_open");
  if (StartOf(job.caller) != job.caller_start) return Failure{ESRCH, "pidfd_open"};
  watch.timer_ = UniqueFd(timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!watch.timer_) return LastFailure("timerfd_create");
  watch.files_ = UniqueFd(inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  const std::string path = "/proc/self/fd/" + std::to_string(state.fd());
  if (watch.files_ && inotify_add_watch(watch.files_.get(), path.c_str(), IN_MOVED_TO | IN_CREATE) < 0)
    watch.files_.Close();
  watch.Rearm(std::max(job.within_ms, kCommit));
  return watch;
}

void Watch::Rearm(int64_t within_ms) {
  deadline_ = BootMilliseconds() + within_ms;
  itimerspec at = {};
  at.it_value.tv_sec = deadline_ / 1000;
  at.it_value.tv_nsec = deadline_ % 1000 * 1'000'000;
  timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &at, nullptr);
}

bool Watch::IsCallerGone() const {
  pollfd caller{caller_.get(), POLLIN, 0};
  return poll(&caller, 1, 0) > 0;
}

void Watch::Wait(bool with_deadline) {
  // Once the caller is gone, its descriptor would wake us for ever.
  std::array<pollfd, 3> wanted{{{files_.get(), POLLIN, 0},
                                {with_deadline ? timer_.get() : -1, POLLIN, 0},
                                {caller_told_ ? -1 : caller_.get(), POLLIN, 0}}};
  poll(wanted.data(), wanted.size(), files_ ? kSlowly : kOften);
  if (files_) Drain(files_);
  if ((wanted[2].revents & POLLIN) != 0) caller_told_ = true;
}

}  // namespace rampart
