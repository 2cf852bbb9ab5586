#include "netns.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>

namespace rampart {
namespace {

bool IsHere(const UniqueFd& network) {
  struct stat here = {}, there = {};
  return stat("/proc/thread-self/ns/net", &here) == 0 && fstat(network.get(), &there) == 0 &&
         here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

struct Visit {
  const UniqueFd& network;
  Job& job;
  Status status;
};

void* Enter(void* argument) {
  auto& visit = *static_cast<Visit*>(argument);
  visit.status = EnterNamespace(visit.network);
  if (!visit.status) visit.status = visit.job.Run();
  return nullptr;
}

struct Making {
  UniqueFd made;
  Status status;
};

void* Make(void* argument) {
  auto& making = *static_cast<Making*>(argument);
  if (unshare(CLONE_NEWNET) != 0) {
    making.status = LastFailure("unshare");
    return nullptr;
  }
  auto own = OpenNamespace("/proc/thread-self/ns/net");
  if (own.ok())
    making.made = std::move(own.value());
  else
    making.status = own.failure();
  return nullptr;
}

/**
 * Runs it on a thread that ends afterwards. Not std::thread: that one throws when there is no room for a
 * thread, and we are compiled without exceptions.
 */
Status OnOwnThread(void* (*run)(void*), void* argument) {
  pthread_t thread;
  const int error = pthread_create(&thread, nullptr, run, argument);
  if (error != 0) return Failure{error, "pthread_create"};
  pthread_join(thread, nullptr);
  return std::nullopt;
}

}  // namespace

Result<UniqueFd> NewNamespace() {
  Making making;
  if (auto failure = OnOwnThread(Make, &making)) return *failure;
  if (making.status) return *making.status;
  return std::move(making.made);
}

Result<UniqueFd> OpenNamespace(const std::string& path) {
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return LastFailure("open");
  struct statfs file_system = {};
  if (fstatfs(fd.get(), &file_system) != 0) return LastFailure("fstatfs");
  if (file_system.f_type != NSFS_MAGIC) return Failure{EINVAL, "fstatfs"};
  const int type = ioctl(fd.get(), NS_GET_NSTYPE);
  if (type < 0) return LastFailure("ioctl");
  if (type != CLONE_NEWNET) return Failure{EINVAL, "ioctl"};
  return fd;
}

Status EnterNamespace(const UniqueFd& network) {
  if (IsHere(network) || setns(network.get(), CLONE_NEWNET) == 0) return std::nullopt;
  return LastFailure("setns");
}

Status RunInNamespace(const UniqueFd& network, Job& job) {
  if (!network) return job.Run();
  Visit visit{network, job, std::nullopt};
  if (auto failure = OnOwnThread(Enter, &visit)) return failure;
  return visit.status;
}

}  // namespace rampart
