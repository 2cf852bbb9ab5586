#pragma once

#include <napi.h>

#include <memory>

#include "../core/netns.h"
#include "../core/unique_fd.h"

namespace rampart {

/**
 * One call that runs off the JavaScript thread and settles a promise. It owns all that it works on: nothing
 * that it touches can be closed, collected or torn down with a worker while it runs.
 */
class Task : public Job {
 public:
  /** Runs on a pool thread, or on a thread of its own if there is a namespace to enter. No JavaScript. */
  Status Run() override = 0;
  /** What the promise is fulfilled with, on the JavaScript thread, after Run went well. */
  virtual Napi::Value Value(Napi::Env env) = 0;
};

/** Queues the task; returns its promise. `network` is empty for the process's own namespace. */
Napi::Value Queue(Napi::Env env, std::unique_ptr<Task> task, UniqueFd network);

}  // namespace rampart
