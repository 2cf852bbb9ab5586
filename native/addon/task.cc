#include "task.h"

#include <cerrno>

#include "result.h"
#include "settler.h"

namespace rampart {
namespace {

struct Queued {
  Queued(napi_env env, std::unique_ptr<Task> job, UniqueFd where)
      : task(std::move(job)), network(std::move(where)), settler(env) {}

  const std::unique_ptr<Task> task;
  const UniqueFd network;
  Status status;
  Settler settler;
  napi_async_work work = nullptr;
};

void Execute(napi_env, void* data) {
  auto& queued = *static_cast<Queued*>(data);
  queued.status = RunInNamespace(queued.network, *queued.task);
}

/** Also called while a worker or the process is being torn down, when every call into JavaScript fails. */
void Complete(napi_env raw_env, napi_status status, void* data) {
  const Napi::Env env(raw_env);
  const Napi::HandleScope scope(env);
  const std::unique_ptr<Queued> queued(static_cast<Queued*>(data));
  napi_delete_async_work(env, queued->work);
  if (status == napi_cancelled) queued->status = Failure{ECANCELED, "cancel"};
  if (!queued->status) {
    const Napi::Value value = queued->task->Value(env);
    if (!value.IsEmpty()) return queued->settler.Resolve(value);
    queued->status = Failure{ENOMEM, "napi_create_arraybuffer"};
    if (env.IsExceptionPending()) env.GetAndClearPendingException();
  }
  const Napi::Error error = ToError(env, *queued->status);
  if (!error.IsEmpty()) queued->settler.Reject(error.Value());
}

}  // namespace

Napi::Value Queue(Napi::Env env, std::unique_ptr<Task> task, UniqueFd network) {
  auto queued = std::make_unique<Queued>(env, std::move(task), std::move(network));
  const napi_value promise = queued->settler.Promise();
  const Napi::String name = Napi::String::New(env, "rampart");
  if (promise == nullptr ||
      napi_create_async_work(env, nullptr, name, Execute, Complete, queued.get(), &queued->work) != napi_ok)
    return Throw(env, Failure{ECANCELED, "napi_create_async_work"});
  if (napi_queue_async_work(env, queued->work) != napi_ok) {
    napi_delete_async_work(env, queued->work);
    return Throw(env, Failure{ECANCELED, "napi_queue_async_work"});
  }
  queued.release();
  return Napi::Value(env, promise);
}

}  // namespace rampart
