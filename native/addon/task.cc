#include "task.h"

#include "result.h"

namespace rampart {
namespace {

struct Queued {
  std::unique_ptr<Task> task;
  UniqueFd network;
  Status status;
  napi_deferred promise = nullptr;
  napi_async_work work = nullptr;
};

void Execute(napi_env, void* data) {
  auto& queued = *static_cast<Queued*>(data);
  queued.status = RunInNamespace(queued.network, *queued.task);
}

/**
 * Also called while a worker or the process is being torn down, when every call into JavaScript fails: the
 * statuses are not looked at because nobody is left to tell.
 */
void Complete(napi_env raw_env, napi_status status, void* data) {
  const std::unique_ptr<Queued> queued(static_cast<Queued*>(data));
  const Napi::Env env(raw_env);
  const Napi::HandleScope scope(env);
  napi_delete_async_work(env, queued->work);
  if (status == napi_cancelled) queued->status = Failure{ECANCELED, "cancel"};
  if (queued->status) {
    const Napi::Error error = ToError(env, *queued->status);
    if (!error.IsEmpty()) napi_reject_deferred(env, queued->promise, error.Value());
  } else {
    const Napi::Value value = queued->task->Value(env);
    if (!value.IsEmpty()) napi_resolve_deferred(env, queued->promise, value);
  }
}

}  // namespace

Napi::Value Queue(Napi::Env env, std::unique_ptr<Task> task, UniqueFd network) {
  auto queued = std::make_unique<Queued>();
  queued->task = std::move(task);
  queued->network = std::move(network);
  napi_value promise = nullptr;
  const Napi::String name = Napi::String::New(env, "rampart");
  if (napi_create_promise(env, &queued->promise, &promise) != napi_ok ||
      napi_create_async_work(env, nullptr, name, Execute, Complete, queued.get(), &queued->work) != napi_ok ||
      napi_queue_async_work(env, queued->work) != napi_ok)
    return Throw(env, Failure{ECANCELED, "napi_queue_async_work"});
  queued.release();
  return Napi::Value(env, promise);
}

}  // namespace rampart
